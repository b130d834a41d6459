"""The graph: how often workloads that call each other are asked, solved between any two changes of the world.

Between two changes every chance is constant (`churnsim.model.standing`). With the share `kept` of requests
for which there is capacity, the chance `answered` that all calls of a request are answered, and the chance
`prompt` that its answer comes while the caller waits, a request that is intended fails with the chance

    p = lost + alive - kept right answered prompt,

summed over the paces at which noise lets endpoints work, and its caller tries again accordingly. More
requests let more of them fail, and the more fail the more often callers try again; both grow together, from
what they are when nobody is overloaded up to the least pair that agrees with itself. Where nobody has a
limit and no call comes back to where it began, that takes one round. From where everything fails they fall
together, down to the greatest pair.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from churnsim.model.call import Call
from churnsim.model.standing import Standing

Floats = NDArray[np.float64]
Edge = tuple[int, int]  # rows of a caller and its callee

_AGREED = 1e-13  # relative change below which a solution stands
_ROUNDS = 20_000


@dataclass(frozen=True, eq=False)
class Solution:
    """How often n workloads are asked in s spans, and how they answer.

    Parameters
    ----------
    received : (n, s) array
        Requests that come, from outside and from callers.
    failing : (e, s) array
        Chance that an attempt of each call is intended and not served in time.
    answered : (n, s) array
        Chance that all calls of a request are answered.
    prompt : (e, s) array
        Chance that an answer to each call comes while the caller waits.
    """

    received: Floats
    failing: Floats
    answered: Floats
    prompt: Floats


class Graph:
    """Workloads that call each other.

    Parameters
    ----------
    calls : mapping of pair of int to Call
        By rows of the caller and of the callee.
    capacities : sequence of float
        Requests that one unit of each workload serves [1/s]; NaN: without limit.
    """

    def __init__(self, calls: Mapping[Edge, Call], capacities: Sequence[float]) -> None:
        size = len(capacities)
        self._calls = calls
        self._number = {edge: number for number, edge in enumerate(calls)}
        self._patience = {
            edge: inf if call.timeout is None else call.timeout * capacities[edge[1]]
            for edge, call in calls.items()
        }
        self._callees = [[edge for edge in calls if edge[0] == row] for row in range(size)]
        self._callers = [[edge for edge in calls if edge[1] == row] for row in range(size)]
        self._upwards = list(self._after(range(size), set()))  # callees before their callers

    def solve(self, standing: Standing) -> Solution:
        """Return the least solution: what comes about if nobody was overloaded before."""
        return self._settle(standing, standing.outside.copy(), 0.0)

    def solve_from_above(self, standing: Standing) -> Solution:
        """Return the greatest solution: what stays if nothing was served before."""
        most = np.zeros((len(self._callers),) * 2)
        for (caller, callee), call in self._calls.items():
            most[callee, caller] = call.share * call.most
        received = np.asarray(np.linalg.solve(np.eye(len(most)) - most, standing.outside), np.float64)
        return self._settle(standing, received, 1.0)

    def _settle(self, standing: Standing, received: Floats, failure: float) -> Solution:
        """Go round until nothing moves, from what is received and a chance of every attempt to fail."""
        failing = np.full((len(self._calls), received.shape[1]), failure)
        answered, prompt = np.ones_like(received), np.ones_like(failing)
        open_spans = np.arange(received.shape[1])
        for _ in range(_ROUNDS):
            here = standing.of(open_spans)
            found = self._round(here, received[:, open_spans], failing[:, open_spans])
            moved = (np.abs(found.received - received[:, open_spans]) > _AGREED * found.received).any(axis=0)
            moved |= (np.abs(found.failing - failing[:, open_spans]) > _AGREED).any(axis=0)
            received[:, open_spans], failing[:, open_spans] = found.received, found.failing
            answered[:, open_spans], prompt[:, open_spans] = found.answered, found.prompt
            open_spans = open_spans[moved]
            if not open_spans.size:
                break
        return Solution(received, failing, answered, prompt)

    def first(self, standing: Standing, received: Floats) -> dict[Edge, Floats]:
        """Return the calls of each pair in each span, attempts that repeat one left out."""
        return {edge: self._first(standing, received, edge) for edge in self._calls}

    def _first(self, here: Standing, received: Floats, edge: Edge) -> Floats:
        caller = edge[0]
        passed: Floats = (here.taken(caller, received[caller]) * here.passing[caller]).sum(axis=0)
        return self._calls[edge].share * passed

    def _round(self, here: Standing, received: Floats, failing: Floats) -> Solution:
        """Let failures go up from callees to callers, and requests down."""
        failing, received = failing.copy(), received.copy()
        answered, prompt = np.ones_like(received), np.ones_like(failing)
        kept = here.kept(received)
        for row in self._upwards:
            for edge in self._callees[row]:
                call = self._calls[edge]
                answered[row] *= 1.0 - call.share * call.lost(failing[self._number[edge]])
            served = (kept[row] * here.right[row]).sum(axis=0) * answered[row]
            for edge in self._callers[row]:
                number = self._number[edge]
                prompt[number] = 1.0 - here.late(row, received[row], self._patience[edge])
                failing[number] = here.lost[row] + here.alive[row] - served * prompt[number]
        failing = np.clip(failing, 0.0, 1.0)
        for row in reversed(self._upwards):
            received[row] = here.outside[row]
            for edge in self._callers[row]:
                first = self._first(here, received, edge)
                received[row] += first * self._calls[edge].attempts(failing[self._number[edge]])
        return Solution(received, failing, answered, prompt)

    def _after(self, rows: range | list[int], seen: set[int]) -> Iterator[int]:
        """Yield rows after all that they call, as far as calls do not come round."""
        for row in rows:
            if row not in seen:
                seen.add(row)
                yield from self._after([callee for _, callee in self._callees[row]], seen)
                yield row
