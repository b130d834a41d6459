"""What was made: artefacts made steadily over stretches of time, or one by one at instants."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.intervals import Spans, cut, rank
from churnsim.trace.pace import Pace

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Made:
    """Outcomes, by unit and time.

    Parameters
    ----------
    unit : ndarray of int, shape (n,)
        Row in `units`; sorted, and by start within it.
    start, end : ndarray, shape (n,)
        Stretches [s] that do not overlap for one unit; single instants (end = start) where `pace` is None.
    weight : ndarray, shape (n,)
        Share of the requests to one listed unit; 1 for single instants.
    pace : Pace or None
        Requests to one listed unit; None for single instants.
    """

    unit: Indices
    start: Floats
    end: Floats
    weight: Floats
    pace: Pace | None

    def where(self, chosen: Mask | Indices) -> Made:
        """Return some of it."""
        return Made(self.unit[chosen], self.start[chosen], self.end[chosen], self.weight[chosen], self.pace)

    def times(self, share: float | Floats) -> Made:
        """Return a share of all of it, or one of each stretch."""
        return replace(self, weight=self.weight * share)

    def within(self, row: Indices, start: Floats, end: Floats) -> Made:
        """Return parts of its stretches: of which, from when to when [s]."""
        return replace(self.where(row), start=start, end=end)

    def since(self, time: float) -> Made:
        """Return all of it, with nothing from before an instant [s] in one piece with what came later."""
        each = np.arange(self.unit.size)
        return self.within(*cut(each, self.start, self.end, each, np.full(each.size, time)))

    @property
    def number(self) -> Floats:
        """Expected outcomes in each stretch, shape (n,)."""
        if self.pace is None:
            return self.weight
        return self.weight * (self.pace.at(self.end) - self.pace.at(self.start))

    def divided(self, spans: Spans) -> tuple[Made, Made]:
        """Return what was made within the spans of its unit, and what was made outside of them."""
        bounds = np.concatenate([spans.start, spans.end])
        row, start, end = cut(
            self.unit, self.start, self.end, np.concatenate([spans.group, spans.group]), bounds
        )
        parts = self.within(row, start, end)
        inside = spans.contains(start, parts.unit)
        return parts.where(inside), parts.where(~inside)


def joined(parts: list[Made]) -> Made:
    """Return all of several, of one pace."""
    return Made(
        unit=np.concatenate([part.unit for part in parts]),
        start=np.concatenate([part.start for part in parts]),
        end=np.concatenate([part.end for part in parts]),
        weight=np.concatenate([part.weight for part in parts]),
        pace=parts[0].pace,
    )


class Content:
    """What has come to holders by any time, counted in outcomes.

    Parameters
    ----------
    holder : ndarray of int, shape (n,)
        To whom each piece of `made` comes.
    made : Made
        Stretches or instants; those of a holder may overlap.
    holders : int
        How many there are.
    """

    def __init__(self, holder: Indices, made: Made, holders: int) -> None:
        self._pace = made.pace
        if made.pace is None:
            order = np.lexsort((made.start, holder))
            self._holder, self._start = holder[order], made.start[order]
            self._sums = np.arange(len(holder) + 1, dtype=float)
        else:
            self._stack(holder, made)
        everyone = np.arange(holders)
        self._first = self._sums[np.searchsorted(self._holder, everyone, side="left")]
        self.total: Floats = self._sums[np.searchsorted(self._holder, everyone, side="right")] - self._first

    @property
    def is_counted(self) -> bool:
        """Whether outcomes come one by one, and not as a mean."""
        return self._pace is None

    @cached_property
    def has_ties(self) -> bool:
        """Whether outcomes that come one by one ever come to a holder at the same instant."""
        if self._pace is not None:
            return False
        same = (self._holder[1:] == self._holder[:-1]) & (self._start[1:] == self._start[:-1])
        return bool(same.any())

    @property
    def fastest(self) -> float:
        """Most outcomes per time that come to any holder [1/s]; 0 where they come one by one."""
        if self._pace is None:
            return 0.0
        return self._pace.fastest * float(self._weight.max(initial=0.0))

    def level(self, holder: Indices, time: Floats) -> Floats:
        """Return how many have come to each holder before an instant [s]."""
        if self._pace is None:
            row = rank(self._holder, self._start, holder, time, side="left")
            return np.asarray(self._sums[row] - self._first[holder])
        before = rank(self._holder, self._start, holder, time)
        row = np.maximum(before - 1, 0)
        mine = (self._holder[row] == holder) & (before > 0) if before.any() else np.zeros(len(holder), bool)
        reached = np.minimum(time[mine], self._end[row[mine]])
        level = np.zeros(len(holder))
        level[mine] = self._sums[row[mine]] - self._first[holder[mine]]
        level[mine] += self._weight[row[mine]] * (
            self._pace.at(reached) - self._pace.at(self._start[row[mine]])
        )
        return level

    def when(self, holder: Indices, level: Floats) -> Floats:
        """Return the instant [s] at which so many have come to each holder; infinite if they never do."""
        found = np.full(len(holder), np.inf)
        some = np.flatnonzero(level <= self.total[holder])
        if not len(some) or not len(self._holder):
            return found
        wanted = self._first[holder[some]] + level[some]
        row = np.maximum(np.searchsorted(self._sums, wanted, side="left") - 1, 0)
        # Nothing wanted of a holder that begins where the one before it ended.
        row = np.maximum(row, np.searchsorted(self._holder, holder[some], side="left"))
        if self._pace is None:
            found[some] = self._start[row]
            return found
        more = np.divide(
            wanted - self._sums[row], self._weight[row], out=np.zeros(len(row)), where=self._weight[row] > 0
        )
        instant = self._pace.when(self._pace.at(self._start[row]) + more)
        found[some] = np.clip(instant, self._start[row], self._end[row])
        return found

    def _stack(self, holder: Indices, made: Made) -> None:
        """Add up stretches of one holder that overlap."""
        assert made.pace is not None
        time = np.concatenate([made.start, made.end])
        change = np.concatenate([made.weight, -made.weight])
        whose = np.concatenate([holder, holder])
        order = np.lexsort((time, whose))
        time, whose, weight = time[order], whose[order], np.cumsum(change[order])
        follows = np.append(whose[1:] == whose[:-1], False)[: len(whose)]
        end = np.where(follows, np.append(time[1:], 0.0)[: len(whose)], time)
        kept = (end > time) & (weight > 1e-12)
        self._holder, self._start, self._end = whose[kept], time[kept], end[kept]
        self._weight = weight[kept]
        number = self._weight * (made.pace.at(self._end) - made.pace.at(self._start))
        self._sums = np.append(0.0, np.cumsum(number))
