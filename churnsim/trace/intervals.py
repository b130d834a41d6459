"""Algebra of half-open intervals ``[start, end)`` as sorted arrays, for many groups at once.

`Spans` are sets of instants, one for each group (a unit, a pair of unit and point...): disjoint intervals
that do not touch. `Steps` are counts over time. All of it is exact: no instant given is shifted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Spans:
    """One set of instants for each group: sorted by group and start, disjoint, not touching, none empty.

    Parameters
    ----------
    start, end : ndarray, shape (n,)
        Bounds [s].
    group : ndarray of int, shape (n,)
        Whose set each interval belongs to.
    """

    start: Floats
    end: Floats
    group: NDArray[np.int64]

    @classmethod
    def of(cls, start: ArrayLike, end: ArrayLike, group: ArrayLike = 0) -> Spans:
        """Make sets of any intervals in any order: overlapping and touching ones join, empty ones go."""
        low, high, whose = np.broadcast_arrays(
            np.atleast_1d(np.asarray(start, float)), np.asarray(end, float), np.asarray(group, np.int64)
        )
        full = low < high
        return _sweep(lambda a: a > 0, cls(low[full], high[full], whose[full]))

    def __len__(self) -> int:
        """Return the number of intervals."""
        return len(self.start)

    @property
    def length(self) -> Floats:
        """Length of each interval [s], shape (n,)."""
        return self.end - self.start

    @property
    def total(self) -> float:
        """Length of all intervals of all groups [s]."""
        return float(self.length.sum())

    def total_by_group(self, groups: int) -> Floats:
        """Return the length of the set of each group 0 to `groups` - 1 [s], shape (groups,)."""
        return np.bincount(self.group, weights=self.length, minlength=groups).astype(np.float64)

    def where(self, mask: Mask) -> Spans:
        """Return the intervals that `mask`, shape (n,), picks."""
        return Spans(self.start[mask], self.end[mask], self.group[mask])

    def contains(self, time: ArrayLike, group: ArrayLike = 0) -> Mask:
        """Tell for each instant whether it lies in the set of its group; broadcast shape of both."""
        instant, whose = np.broadcast_arrays(np.asarray(time, float), np.asarray(group, np.int64))
        shape = instant.shape
        if not len(self):
            return np.zeros(shape, bool)
        instant, whose = instant.ravel(), whose.ravel()
        # Sort starts and questions together: the last start at or before a question is its only candidate.
        count = len(self)
        order = np.lexsort(
            (
                np.arange(count + len(instant)) >= count,
                np.concatenate([self.start, instant]),
                np.concatenate([self.group, whose]),
            )
        )
        asked = order >= count
        candidate = np.cumsum(~asked)[asked] - 1
        inside = np.zeros(len(instant), bool)
        question = order[asked] - count
        inside[question] = (
            (candidate >= 0)
            & (self.group[candidate] == whose[question])
            & (instant[question] < self.end[candidate])
        )
        return inside.reshape(shape)


def union(*sets: Spans) -> Spans:
    """Return the instants that lie in any of the sets, group by group."""
    return _sweep(lambda *held: np.logical_or.reduce([count > 0 for count in held]), *sets)


def intersection(*sets: Spans) -> Spans:
    """Return the instants that lie in all of the sets, group by group."""
    return _sweep(lambda *held: np.logical_and.reduce([count > 0 for count in held]), *sets)


def difference(kept: Spans, taken: Spans) -> Spans:
    """Return the instants of `kept` that do not lie in `taken`, group by group."""
    return _sweep(lambda a, b: (a > 0) & (b == 0), kept, taken)


def complement(spans: Spans, low: ArrayLike, high: ArrayLike, group: ArrayLike = 0) -> Spans:
    """Return what `spans` leave out of the window ``[low, high)`` of each group.

    `group` names the groups (an empty one is left out in whole, so it must be named); windows may differ by
    group and may be several.
    """
    return difference(Spans.of(low, high, group), spans)


def at_least(depth: int, start: ArrayLike, end: ArrayLike, group: ArrayLike = 0) -> Spans:
    """Return the instants at which at least `depth` >= 1 of any intervals hold, group by group."""
    low, high, whose = np.broadcast_arrays(
        np.atleast_1d(np.asarray(start, float)), np.asarray(end, float), np.asarray(group, np.int64)
    )
    full = low < high
    return _sweep(lambda a: a >= depth, Spans(low[full], high[full], whose[full]))


def clip(spans: Spans, low: float, high: float) -> Spans:
    """Return the part of every set within ``[low, high)``."""
    start, end = np.maximum(spans.start, low), np.minimum(spans.end, high)
    full = start < end
    return Spans(start[full], end[full], spans.group[full])


def bridge(spans: Spans, gap: float) -> Spans:
    """Join neighbours of a group that are less than `gap` [s] apart."""
    if not len(spans):
        return spans
    apart = (spans.group[1:] != spans.group[:-1]) | (spans.start[1:] - spans.end[:-1] >= gap)
    first, last = np.append(True, apart), np.append(apart, True)
    return Spans(spans.start[first], spans.end[last], spans.group[first])


def clipped_length(start: ArrayLike, end: ArrayLike, low: float, high: float) -> Floats:
    """Return the length of each interval within ``[low, high)`` [s]; same shape, NaN bounds give NaN."""
    inside = np.minimum(np.asarray(end, float), high) - np.maximum(np.asarray(start, float), low)
    return np.asarray(np.maximum(inside, 0.0))


@dataclass(frozen=True, eq=False)
class Steps:
    """A piecewise-constant function: 0 before ``times[0]``, ``counts[k]`` from ``times[k]`` on.

    Parameters
    ----------
    times : ndarray, shape (n,)
        Strictly increasing [s].
    counts : ndarray, shape (n,)
        Values; the last one is 0 where every interval ends.
    """

    times: Floats
    counts: Floats

    def at(self, time: ArrayLike) -> Floats:
        """Return the value at each instant; same shape."""
        padded = np.append(0.0, self.counts)
        return np.asarray(padded[np.searchsorted(self.times, np.asarray(time, float), side="right")])

    def within(self, low: float, high: float) -> Steps:
        """Return the function on ``[low, high)``: first time `low`, last time `high` with value 0."""
        inside = (self.times > low) & (self.times < high)
        times = np.concatenate([[low], self.times[inside], [high]])
        return Steps(times, np.concatenate([[float(self.at(low))], self.counts[inside], [0.0]]))

    def integral(self, low: float, high: float) -> float:
        """Return the integral over ``[low, high)`` [value x s]."""
        part = self.within(low, high)
        return float(np.dot(part.counts[:-1], np.diff(part.times)))

    def maximum(self, low: float, high: float) -> float:
        """Return the largest value on ``[low, high)``."""
        return float(self.within(low, high).counts[:-1].max())

    def spans(self, holds: Callable[[Floats], Mask], low: float, high: float) -> Spans:
        """Return when in ``[low, high)`` the value is one that `holds` accepts."""
        part = self.within(low, high)
        chosen = holds(part.counts[:-1])
        return Spans.of(part.times[:-1][chosen], part.times[1:][chosen])


def steps(start: ArrayLike, end: ArrayLike, weight: ArrayLike = 1.0) -> Steps:
    """Count the intervals that hold at each instant, or add up their weights.

    Parameters
    ----------
    start, end : array_like, shape (n,)
        Bounds [s]; may overlap; empty ones count nowhere.
    weight : array_like, shape (n,) or a number
        What each adds while it holds.
    """
    low, high, each = np.broadcast_arrays(
        np.atleast_1d(np.asarray(start, float)), np.asarray(end, float), np.asarray(weight, float)
    )
    full = low < high
    times = np.concatenate([low[full], high[full]])
    jumps = np.concatenate([each[full], -each[full]])
    order = np.argsort(times, kind="stable")
    times, counts = times[order], np.cumsum(jumps[order])
    last = np.append(times[1:] != times[:-1], np.ones(min(len(times), 1), bool))
    return Steps(times[last], counts[last])


class InverseCount:
    """Integral of 1/n(t) for a step function n: what one of n equal sharers gets of something shared.

    Where n is 0 nobody shares, and the integral stands still.

    Parameters
    ----------
    count : Steps
        The function n, with values >= 0.
    """

    def __init__(self, count: Steps) -> None:
        self._times = count.times
        shared = count.counts[:-1] > 0
        rate = np.divide(1.0, count.counts[:-1], out=np.zeros(len(shared)), where=shared)
        self._sums = (
            np.append(0.0, np.cumsum(rate * np.diff(count.times))) if len(count.times) else np.zeros(0)
        )

    def at(self, time: ArrayLike) -> Floats:
        """Return the integral from the first step to each instant [s]; same shape."""
        instant = np.asarray(time, float)
        if not len(self._times):
            return np.zeros(instant.shape)
        return np.asarray(np.interp(instant, self._times, self._sums))

    def between(self, start: ArrayLike, end: ArrayLike) -> Floats:
        """Return the integral over each interval ``[start, end)`` [s]; same shape."""
        return np.asarray(self.at(end) - self.at(start))


def _sweep(rule: Callable[..., Mask], *sets: Spans) -> Spans:
    """Return the instants at which `rule` holds of the number of intervals that each set then has.

    `rule` takes one integer array a set and must not hold of zeros. Intervals may overlap here.
    """
    sizes = [len(spans.start) for spans in sets]
    time: NDArray[Any] = np.concatenate([bound for spans in sets for bound in (spans.start, spans.end)])
    group = np.concatenate([spans.group for spans in sets for _ in range(2)])
    order = np.lexsort((time, group))
    time, group = time[order], group[order]
    # All that happens at one instant happens together: look at the counts after the last of it.
    last = np.ones(len(time), bool)
    last[:-1] = (time[1:] != time[:-1]) | (group[1:] != group[:-1])
    held = []
    first = 0
    for size in sizes:
        jump = np.zeros(len(time), np.int64)
        jump[first : first + size], jump[first + size : first + 2 * size] = 1, -1
        held.append(np.cumsum(jump[order])[last])
        first += 2 * size
    time, group = time[last], group[last]
    inside = rule(*held)
    before = np.append(False, inside[:-1])[: len(inside)]  # no set is open where the next group begins
    begins, finishes = inside & ~before, before & ~inside
    return Spans(time[begins], time[finishes], group[begins])


def rank(
    group: NDArray[Any], time: Floats, at_group: NDArray[Any], at_time: Floats, *, side: str = "right"
) -> NDArray[np.int64]:
    """Return how many of the rows `group`, `time` come before each of `at_group`, `at_time`.

    Rows are in order of group and time, shape (n,); "right" counts those at the very instant of the same
    group too. Shape (m,).
    """
    size = len(time)
    asks = np.arange(size + len(at_time)) >= size
    tie = asks if side == "right" else ~asks
    order = np.lexsort((tie, np.concatenate([time, at_time]), np.concatenate([group, at_group])))
    found = np.empty(len(order), np.int64)
    found[order] = np.cumsum(~asks[order])
    return found[size:]


def cut(
    group: NDArray[Any], start: Floats, end: Floats, at_group: NDArray[Any], at_time: Floats
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Cut intervals in pieces at all instants (NaN: none) of their group that lie within them.

    Returns
    -------
    (k,) arrays
        Which interval each piece is of, its start and end [s]; in order of interval and start.
    """
    order = np.lexsort((at_time, at_group))
    order = order[~np.isnan(at_time[order])]
    at_group, at_time = at_group[order], at_time[order]
    new = np.append(True, (at_group[1:] != at_group[:-1]) | (at_time[1:] != at_time[:-1]))[: len(order)]
    at_group, at_time = at_group[new], at_time[new]
    low = rank(at_group, at_time, group, start)
    count = np.maximum(rank(at_group, at_time, group, end, side="left") - low, 0)
    which = np.repeat(np.arange(len(start)), count)
    first = np.cumsum(count) - count
    inner = at_time[np.arange(len(which)) - first[which] + low[which]]
    whose = np.concatenate([np.arange(len(start)), which])
    begin = np.concatenate([start, inner])
    place = np.lexsort((begin, whose))
    whose, begin = whose[place], begin[place]
    last = np.append(whose[1:] != whose[:-1], np.ones(min(len(whose), 1), bool))
    return whose, begin, np.where(last, end[whose], np.append(begin[1:], 0.0)[: len(whose)])
