"""The same mistake at many points, folded into one row with the weight of them all."""

from __future__ import annotations

from typing import Any

import numpy as np

from churnsim.metrics.gap.policy import enforcement
from churnsim.metrics.gap.table import GapFamily, Gaps, rows
from churnsim.metrics.overlap import Floats, Ints, position
from churnsim.trace import Trace
from churnsim.trace.intervals import InverseCount, Spans, steps


class Fold:
    """Stretches in which units of one workload are wrong about the same thing, added up lot by lot.

    However many units are wrong at once, what is kept is one row for each maximal stretch in which some
    unit is. All units weigh the same at an instant: 1 over the number of enforcement points.

    Parameters
    ----------
    trace : Trace
        The run.
    workload : int
        Whose units.
    """

    def __init__(self, trace: Trace, workload: int) -> None:
        points = enforcement(trace, workload)
        self._share = InverseCount(steps(points.start, points.end))
        self._window = self._share.at([trace.meta.t0, trace.meta.t1])
        self._spans = Spans.of([], [], [])
        self._sums = np.zeros((2, 0))  # weighted seconds, whole and within the window

    def add(self, wrong: Spans, thing: Ints) -> None:
        """Add stretches of single units, each about a `thing` (a whole number); shapes (n,)."""
        if not len(wrong):
            return
        sums = np.stack(self.weigh(wrong.start, wrong.end))
        # Nearly all begin at one instant, the commit, and then the last to end tells.
        key, first, which = np.unique(thing, return_index=True, return_inverse=True)
        begin = wrong.start[first]
        late = wrong.start != begin[which]
        end = begin.copy()
        np.maximum.at(end, which[~late], wrong.end[~late])
        whole, inside = (np.bincount(which[~late], each[~late], key.size) for each in sums)
        columns = [(self._spans.start, begin, wrong.start[late]), (self._spans.end, end, wrong.end[late])]
        start, end = map(np.concatenate, columns)
        group = np.concatenate((self._spans.group, key, thing[late]))
        sums = np.concatenate((self._sums, np.stack((whole, inside)), sums[:, late]), axis=1)
        self._spans = Spans.of(start, end, group)
        member = position(self._spans.group, self._spans.start, group, start, "right") - 1
        self._sums = np.stack([np.bincount(member, each, len(self._spans)) for each in sums])

    def weigh(self, start: Floats, end: Floats) -> tuple[Floats, Floats]:
        """Weighted seconds of stretches of single units, whole and within the measured window."""
        low, high = self._share.at(start), self._share.at(end)
        return high - low, np.clip(high, *self._window) - np.clip(low, *self._window)

    def rows(self, trace: Trace, side: Any, cause: Any, principal: Ints, **columns: Any) -> Gaps:
        """Build gaps about principals; `side`, `cause` and `principal` by thing."""
        spans, (whole, inside) = self._spans, self._sums
        thing = spans.group
        return rows(
            side[thing],
            GapFamily.POLICY,
            cause=cause[thing],
            principal=principal[thing],
            start=spans.start,
            end=spans.end,
            open=spans.end >= trace.meta.t1,
            weight=whole / spans.length,
            seconds=inside,
            **columns,
        )
