"""Which intervals of two tables meet, row by row."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.intervals import Spans, difference

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Overlap(NamedTuple):
    """Non-empty intersections ``[start, end)`` of row `left` of one table with row `right` of another."""

    left: Ints
    right: Ints
    start: Floats
    end: Floats


def overlap(left: Spans, right: Spans) -> Overlap:
    """Intersect every row on the left with the rows of its group on the right.

    Rows on the left may overlap each other and come in any order; those on the right are disjoint and sorted.
    """
    low = position(right.group, right.end, left.group, left.start, "right")
    high = position(right.group, right.start, left.group, left.end, "left")
    row, item = expand(np.maximum(high - low, 0))
    other = low[row] + item
    start = np.maximum(left.start[row], right.start[other])
    end = np.minimum(left.end[row], right.end[other])
    kept = end > start
    return Overlap(row[kept], other[kept], start[kept], end[kept])


def remainder(left: Spans, right: Spans) -> Spans:
    """What is left of every row when the sets of its group on the right are cut out; `group` is the row."""
    is_met = np.isin(left.group, right.group)
    met, spared = np.flatnonzero(is_met), np.flatnonzero(~is_met & (left.start < left.end))
    if not met.size:
        return Spans(left.start[spared], left.end[spared], spared)
    cut = overlap(left.where(is_met), right)
    rest = difference(Spans.of(left.start[met], left.end[met], met), Spans(cut.start, cut.end, met[cut.left]))
    row = np.concatenate((spared, rest.group))
    order = np.argsort(row, kind="stable")
    start, end = (
        np.concatenate((left.start[spared], rest.start)),
        np.concatenate((left.end[spared], rest.end)),
    )
    return Spans(start[order], end[order], row[order])


def expand(count: Ints) -> tuple[Ints, Ints]:
    """Row and running number within the row, for rows that each stand for `count` items."""
    row = np.repeat(np.arange(count.size), count)
    return row, np.arange(row.size) - np.repeat(np.cumsum(count) - count, count)


def position(
    group: Ints, value: Floats, at_group: Ints, at_value: Floats, side: Literal["left", "right"]
) -> Ints:
    """``np.searchsorted`` in a table that is sorted by group and then value."""
    size = group.size
    # At equal places the table comes first if its equals are to be counted.
    turn = np.repeat([0, 1] if side == "right" else [1, 0], [size, at_group.size])
    order = np.lexsort((turn, np.concatenate((value, at_value)), np.concatenate((group, at_group))))
    is_table = order < size
    found = np.empty(at_group.size, np.int64)
    found[order[~is_table] - size] = np.cumsum(is_table)[~is_table]
    return found


def inside(start: Any, end: Any, low: float, high: float) -> Floats:
    """Length of each interval within ``[low, high)`` [s]; a NaN end is open, a NaN start never happened."""
    length = np.fmin(end, high) - np.maximum(start, low)
    return np.asarray(np.where(length > 0, length, 0.0))
