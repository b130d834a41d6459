"""The graph: how often workloads that call each other are asked, solved between any two changes of the world.

Between two changes every chance is constant (`churnsim.model.standing`). With the share `kept` of requests
for which there is capacity, and the chance `answered` that all calls of a request are answered, a request
that is intended fails with the chance

    p = lost + alive - kept right answered,

and its caller tries again accordingly. More requests let more of them fail, and the more fail the more often
callers try again; both grow together, from what they are when nobody is overloaded up to the least pair that
agrees with itself. Where nobody has a limit and no call comes back to where it began, that takes one round.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
    failing : (n, s) array
        Chance that a request is intended and not served.
    answered : (n, s) array
        Chance that all calls of a request are answered.
    """

    received: Floats
    failing: Floats
    answered: Floats


class Graph:
    """Workloads that call each other.

    Parameters
    ----------
    calls : mapping of pair of int to Call
        By rows of the caller and of the callee.
    size : int
        How many workloads there are.
    """

    def __init__(self, calls: Mapping[Edge, Call], size: int) -> None:
        self._calls = calls
        self._callees = [[edge for edge in calls if edge[0] == row] for row in range(size)]
        self._callers = [[edge for edge in calls if edge[1] == row] for row in range(size)]
        self._upwards = list(self._after(range(size), set()))  # callees before their callers

    def solve(self, standing: Standing) -> Solution:
        """Return the least solution."""
        received = standing.outside.copy()
        failing, answered = np.zeros_like(received), np.ones_like(received)
        open_spans = np.arange(received.shape[1])
        for _ in range(_ROUNDS):
            here = standing.of(open_spans)
            found = self._round(here, received[:, open_spans], failing[:, open_spans])
            moved = np.abs(found.received - received[:, open_spans]) > _AGREED * found.received
            moved |= np.abs(found.failing - failing[:, open_spans]) > _AGREED
            received[:, open_spans], failing[:, open_spans] = found.received, found.failing
            answered[:, open_spans] = found.answered
            open_spans = open_spans[moved.any(axis=0)]
            if not open_spans.size:
                break
        return Solution(received, failing, answered)

    def first(self, standing: Standing, received: Floats) -> dict[Edge, Floats]:
        """Return the calls of each pair in each span, attempts that repeat one left out."""
        return {edge: self._first(standing, received, edge) for edge in self._calls}

    def _first(self, here: Standing, received: Floats, edge: Edge) -> Floats:
        caller = edge[0]
        passed: Floats = np.minimum(received[caller], here.able[caller]) * here.passing[caller]
        return self._calls[edge].share * passed

    def _round(self, here: Standing, received: Floats, failing: Floats) -> Solution:
        """Let failures go up from callees to callers, and requests down."""
        failing, received = failing.copy(), received.copy()
        answered = np.ones_like(received)
        kept = here.kept(received)
        for row in self._upwards:
            for edge in self._callees[row]:
                call = self._calls[edge]
                answered[row] *= 1.0 - call.share * call.lost(failing[edge[1]])
            failing[row] = here.lost[row] + here.alive[row] - kept[row] * here.right[row] * answered[row]
        failing = np.clip(failing, 0.0, 1.0)
        for row in reversed(self._upwards):
            received[row] = here.outside[row]
            for edge in self._callers[row]:
                first = self._first(here, received, edge)
                received[row] += first * self._calls[edge].attempts(failing[row])
        return Solution(received, failing, answered)

    def _after(self, rows: range | list[int], seen: set[int]) -> Iterator[int]:
        """Yield rows after all that they call, as far as calls do not come round."""
        for row in rows:
            if row not in seen:
                seen.add(row)
                yield from self._after([callee for _, callee in self._callees[row]], seen)
                yield row
