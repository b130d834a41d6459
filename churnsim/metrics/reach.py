"""Reach: when each commit of a policy comes to each of its enforcement points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from churnsim.metrics.gap.policy import decisions, enforcement
from churnsim.metrics.overlap import Floats, Ints, Mask
from churnsim.trace import Trace
from churnsim.trace.intervals import Steps, steps

_CELLS = 1 << 17  # commits times points that are looked at together


@dataclass(frozen=True, eq=False, slots=True)
class Reach:
    """When some commits come to the points that lack them.

    Parameters
    ----------
    committed : ndarray of float, shape (k,)
        When they were committed [s].
    times : ndarray of float, shape (k, points)
        When the points that lack a commit have it, or a later one, or are gone [s]; sorted, filled up by inf.
    count : ndarray of int, shape (k,)
        How many points lack it at any time.
    late : list of ndarray of float
        Of those the points that were ready only after the commit: since when they lack it [s]; sorted.
    """

    committed: Floats
    times: Floats
    count: Ints
    late: list[Floats]

    def lacking(self, commit: int, time: Floats) -> Ints:
        """How many points lack a commit at some instants from it on; same shape."""
        reached = np.searchsorted(self.times[commit, : self.count[commit]], time, "right")
        late = self.late[commit]
        return np.asarray(self.count[commit] - late.size + np.searchsorted(late, time, "right") - reached)


@dataclass(frozen=True, eq=False, slots=True)
class Points:
    """The enforcement points of one policy: units of all workloads that use it.

    Parameters
    ----------
    ready, gone : ndarray of float, shape (n,)
        From when to when each is one [s].
    first, past : ndarray of int, shape (n,)
        Its rows in `adoptions`, the last one exclusive.
    """

    ready: Floats
    gone: Floats
    first: Ints
    past: Ints

    @classmethod
    def of(cls, trace: Trace, policy: int) -> Points:
        """Find the enforcement points of `policy`."""
        users = [number for number, info in enumerate(trace.meta.workloads) if info.policy == policy]
        alive = [enforcement(trace, workload) for workload in users]
        unit = np.concatenate([np.empty(0, np.int64), *(spans.group for spans in alive)])
        ready, gone = (
            np.concatenate([np.empty(0), *(getattr(spans, name) for spans in alive)])
            for name in ("start", "end")
        )
        known = trace["adoptions"]["unit"]
        bounds = unit.astype(known.dtype)
        return cls(ready, gone, np.searchsorted(known, bounds), np.searchsorted(known, bounds, "right"))

    @property
    def live(self) -> Steps:
        """How many there are."""
        return steps(self.ready, self.gone)

    def where(self, chosen: Mask) -> Points:
        """Return the points that a mask picks."""
        return Points(self.ready[chosen], self.gone[chosen], self.first[chosen], self.past[chosen])


def reaches(trace: Trace, policy: int, points: Points) -> Iterator[Reach]:
    """Yield when the commits of `policy` in the window come to its points, some commits at a time."""
    meta, table = trace.meta, trace["adoptions"]
    committed = decisions(trace, policy).committed
    low, high = np.searchsorted(committed, (meta.t0, meta.t1))
    known = points.first < points.past
    begins_with = np.zeros(known.size, np.int64)  # what serves before its first policy lacks every version
    at_once = known.copy()
    at_once[known] = table["applied"][points.first[known]] <= points.ready[known]
    begins_with[at_once] = table["version"][points.first[at_once]]
    while low < high:
        # Versions count from 1: commit number `low` made version low + 1.
        alive = points.gone > committed[low]
        size = max(_CELLS // max(int(np.count_nonzero(alive & (begins_with <= low + 1))), 1), 1)
        past = min(low + size, high)
        concerned = alive & (begins_with <= past)
        yield _reach(trace, points.where(concerned), committed[low:past], int(low) + 1)
        low = past


def _reach(trace: Trace, points: Points, committed: Floats, version: int) -> Reach:
    """When commits in a row, the first of which made `version`, come to some points."""
    table, n, k = trace["adoptions"], points.ready.size, committed.size
    low = _rows_below(table["version"], points, version)
    high = _rows_below(table["version"], points, version + k)
    # Each row brings the versions after those of the row before, and the end of the unit what no row brings.
    count = high - low + 1
    point = np.repeat(np.arange(n), count)
    is_last = np.append(np.diff(point) > 0, np.ones(min(n, 1), bool))
    row = np.arange(point.size) - np.repeat(np.cumsum(count) - count, count) + low[point]
    there = row < points.past[point]
    upto = np.full(point.size, version + k - 1)
    upto[~is_last] = table["version"][row[~is_last]]
    when = points.gone[point]
    when[there] = np.fmin(table["applied"][row[there]], when[there])
    before = np.where(np.diff(point, prepend=-1) > 0, version - 1, np.append(0, upto[:-1])[: point.size])
    times = np.repeat(when, upto - before).reshape(n, k).T
    begin = np.maximum(committed[:, None], points.ready)
    lacked = times > begin
    late = lacked & (begin > committed[:, None])
    return Reach(
        committed,
        np.sort(np.where(lacked, times, np.inf), axis=1),
        lacked.sum(axis=1),
        [np.sort(begin[commit][late[commit]]) for commit in range(k)],
    )


def _rows_below(known: Ints, points: Points, version: int) -> Ints:
    """Row of the first version of each point that is not below `version`; past its last if there is none."""
    low, high = points.first.copy(), points.past.copy()
    while (open_ := low < high).any():
        middle = (low + high) // 2
        below = open_ & (known[np.minimum(middle, known.size - 1)] < version)
        low = np.where(below, middle + 1, low)
        high = np.where(open_ & ~below, middle, high)
    return low
