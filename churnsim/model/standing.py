"""The standing: what becomes of a request to each of some workloads in spans in which nothing changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np
from numpy.typing import NDArray

from churnsim.model.history import History
from churnsim.model.worker import Workers

Floats = NDArray[np.float64]

_ARRAYS = ("outside", "lost", "alive", "right", "passing", "able")
_NOBODY = 0.5  # endpoints listed, below which it is none
_SUMS = (
    ("dead",),
    ("alive",),
    ("able", "opened"),
    ("opened",),
    ("under", "held_under"),
    ("over", "held_over"),
    ("failing",),
    ("failing_under",),
)


@dataclass(frozen=True, eq=False)
class Standing:
    """What becomes of requests to n workloads in s spans; chances that concern one request sent.

    Endpoints are at one of p paces each (`churnsim.trace.noise`).

    Parameters
    ----------
    outside : (n, s) array
        Requests from outside.
    lost : (n, s) array
        Chance that it is intended and meets no living endpoint.
    alive : (n, s) array
        Chance that it is intended and meets a living endpoint.
    right : (n, p, s) array
        Chance that it is intended and answered by an endpoint at each pace, if there is capacity left and
        nobody has to be called.
    passing : (n, p, s) array
        Chance that it is answered by one, intended or not.
    able : (n, p, s) array
        Requests that listed endpoints would have the capacity for at each pace; infinite without limit.
    workers : sequence of Workers
        Who works on them in each unit; None where they take no time.
    """

    outside: Floats
    lost: Floats
    alive: Floats
    right: Floats
    passing: Floats
    able: Floats
    workers: Sequence[Workers | None]

    def of(self, spans: NDArray[np.int64]) -> Standing:
        """Return that in some of the spans."""
        return replace(self, **{name: getattr(self, name)[..., spans] for name in _ARRAYS})

    def kept(self, received: Floats) -> Floats:
        """Return the share of requests for which there is capacity at each pace; shape (n, p, s).

        So many come to each workload as `received`, shape (n, s), says.
        """
        every = np.broadcast_to(received[:, None, :], self.able.shape)
        kept = np.divide(self.able, every, out=np.ones_like(self.able), where=every > self.able)
        for row, workers in enumerate(self.workers):
            if workers is not None:
                kept[row] = workers.kept(_load(self.able[row], received[row]))
        return kept

    def taken(self, row: int, received: Floats) -> Floats:
        """Return requests to one workload taken if all its units were at a pace; shape (p, s)."""
        workers = self.workers[row]
        if workers is None:
            taken: Floats = np.minimum(received, self.able[row])
        else:
            taken = received * workers.kept(_load(self.able[row], received))
        return taken

    def late(self, row: int, received: Floats, patience: float) -> Floats:
        """Return the chance that one that is taken takes too long, where so many come; shape (s,).

        `patience` is how many requests a busy unit of the workload serves while a caller waits.
        """
        workers = self.workers[row]
        if workers is None or patience == inf:
            return np.zeros_like(received)
        # Nothing slows units in which requests queue.
        return workers.late(_load(self.able[row, 0], received), patience)


class Changes:
    """When what is true of the units of one workload changes, and what is true from then on.

    Parameters
    ----------
    history : History
        Of these units.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        shape = len(_SUMS), history.paces.size
        times, parts = [np.empty(0)], [np.empty((*shape, 0))]
        for pace, time, changes in history.lots():
            part = np.zeros((*shape, time.size))
            for row, names in enumerate(_SUMS):
                part[row, pace] = sum(changes.get(name, np.zeros(time.size)) for name in names)
            times.append(time)
            parts.append(part)
        time, jumps = np.concatenate(times), np.concatenate(parts, axis=-1)
        order = np.argsort(time, kind="stable")
        self._time = time[order]
        self._level = np.append(np.zeros((*shape, 1)), np.cumsum(jumps[..., order], axis=-1), axis=-1)

    @property
    def instants(self) -> Floats:
        """Instants [s] at which chances change, in any order."""
        return np.concatenate([self._time, self._history.head.committed])

    def standing(self, outside: Floats, begins: Floats, lengths: Floats) -> Sequence[Floats]:
        """Return a row of each array of `Standing`.

        Parameters
        ----------
        outside : (s,) array
            Requests from outside in each span.
        begins, lengths : (s,) arrays
            Where spans begin, and how long they last [s].
        """
        history, head = self._history, self._history.head
        info = history.trace.meta.workloads[history.workload]
        level = self._level[..., np.searchsorted(self._time, begins, side="right")]
        wished = head.share[np.searchsorted(head.committed, begins, side="right")]
        listed = level[0].sum(axis=0) + level[1].sum(axis=0)
        nobody = listed < _NOBODY
        each = np.where(nobody, 0.0, np.maximum(level, 0.0) / np.where(nobody, 1.0, listed))
        dead, alive = each[0].sum(axis=0), each[1].sum(axis=0)
        positive, opened, under, over, failing, failing_under = each[2:]
        refused = 1.0 / head.principals * (under - failing_under)
        right = np.maximum(wished * (positive - failing) - refused, 0.0)
        passing = right + 1.0 / head.principals * over + (1.0 - wished) * opened
        limit = np.where(nobody, 0.0, info.capacity * history.paces[:, None] * listed * lengths)
        able = limit if np.isfinite(info.capacity) else np.full(limit.shape, np.inf)
        return outside, np.where(nobody, wished, wished * dead), wished * alive, right, passing, able


def _load(able: Floats, received: Floats) -> Floats:
    """Requests over what there is capacity for; shape of `able`."""
    idle = np.where(received > 0, inf, np.zeros_like(able))  # nobody to serve any
    load: Floats = np.divide(received, able, out=idle, where=able > 0)
    return load
