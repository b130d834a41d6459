"""The interval algebra against a brute-force model: instants on a small grid, one boolean each."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churnsim.trace.intervals import (
    InverseCount,
    Spans,
    Steps,
    at_least,
    bridge,
    clip,
    clipped_length,
    complement,
    difference,
    intersection,
    steps,
    union,
)

GRID = 12  # cells [k, k + 1), k = 0..11: whole-number bounds make a cell entirely in or entirely out
GROUPS = 3

bounds = st.tuples(st.integers(0, GRID), st.integers(0, GRID)).map(sorted)
pieces = st.lists(st.tuples(bounds, st.integers(0, GROUPS - 1)), max_size=12)


def columns(drawn):
    """Drawn pieces as arrays (start, end, group)."""
    start = np.array([low for (low, _), _ in drawn], float)
    end = np.array([high for (_, high), _ in drawn], float)
    return start, end, np.array([group for _, group in drawn], np.int64)


def depth(start, end, group):
    """How many pieces hold in each cell of each group, cell by cell."""
    grid = np.zeros((GROUPS, GRID), int)
    for low, high, whose in zip(start, end, group, strict=True):
        for cell in range(int(low), int(high)):
            grid[whose, cell] += 1
    return grid


def cells(spans):
    """The set as booleans on the grid."""
    return depth(spans.start, spans.end, spans.group) > 0


def assert_normal(spans):
    """Sorted by group and start, none empty, none overlapping or touching."""
    assert (spans.start < spans.end).all()
    same = spans.group[1:] == spans.group[:-1]
    assert (spans.group[1:] >= spans.group[:-1]).all()
    assert (spans.start[1:][same] > spans.end[:-1][same]).all()


@given(pieces)
def test_a_set_of_any_pieces_holds_exactly_the_cells_any_piece_holds(drawn):
    """The grid counts pieces cell by cell."""
    spans = Spans.of(*columns(drawn))
    assert_normal(spans)
    assert (cells(spans) == (depth(*columns(drawn)) > 0)).all()


@given(pieces, pieces)
def test_union_intersection_and_difference_are_those_of_the_cells(first, second):
    """Booleans on the grid obey the same algebra."""
    a, b = Spans.of(*columns(first)), Spans.of(*columns(second))
    for result, expected in (
        (union(a, b), cells(a) | cells(b)),
        (intersection(a, b), cells(a) & cells(b)),
        (difference(a, b), cells(a) & ~cells(b)),
    ):
        assert_normal(result)
        assert (cells(result) == expected).all()


@given(pieces, pieces, pieces)
def test_three_sets_join_and_meet_as_two_by_two(first, second, third):
    """Union and intersection are associative."""
    a, b, c = (Spans.of(*columns(drawn)) for drawn in (first, second, third))
    assert (cells(union(a, b, c)) == cells(union(union(a, b), c))).all()
    assert (cells(intersection(a, b, c)) == cells(intersection(intersection(a, b), c))).all()


@given(pieces, bounds)
def test_the_complement_in_a_window_holds_the_cells_the_set_leaves_out(drawn, window):
    """Every group is named, so that a group without pieces is all left out."""
    spans = Spans.of(*columns(drawn))
    low, high = window
    result = complement(spans, low, high, np.arange(GROUPS))
    inside = (np.arange(GRID) >= low) & (np.arange(GRID) < high)
    assert_normal(result)
    assert (cells(result) == (~cells(spans) & inside)).all()


@given(pieces, bounds)
def test_clipping_keeps_the_cells_of_the_window(drawn, window):
    """A cell is kept iff it lies in the window."""
    spans = Spans.of(*columns(drawn))
    low, high = window
    inside = (np.arange(GRID) >= low) & (np.arange(GRID) < high)
    assert_normal(clip(spans, low, high))
    assert (cells(clip(spans, low, high)) == (cells(spans) & inside)).all()


@given(pieces, st.integers(1, 4))
def test_depth_counts_overlapping_pieces(drawn, least):
    """The grid counts pieces cell by cell."""
    result = at_least(least, *columns(drawn))
    assert_normal(result)
    assert (cells(result) == (depth(*columns(drawn)) >= least)).all()


@given(pieces, st.integers(0, GRID))
def test_bridging_fills_exactly_the_inner_gaps_shorter_than_asked(drawn, gap):
    """A run of empty cells between full ones is filled iff it is shorter than the gap."""
    spans = Spans.of(*columns(drawn))
    expected = cells(spans)
    for row in expected:
        full = np.flatnonzero(row)
        for left, right in itertools.pairwise(full):
            if right - left - 1 < gap:
                row[left:right] = True
    result = bridge(spans, gap)
    assert (cells(result) == expected).all()
    if gap > 0:
        assert_normal(result)


@given(pieces)
def test_lengths_count_cells(drawn):
    """Every cell is one second long."""
    spans = Spans.of(*columns(drawn))
    assert spans.total == cells(spans).sum()
    assert (spans.total_by_group(GROUPS) == cells(spans).sum(axis=1)).all()


@given(pieces, st.lists(st.tuples(st.integers(-1, 2 * GRID + 1), st.integers(0, GROUPS - 1)), max_size=10))
def test_an_instant_is_contained_iff_its_cell_is(drawn, asked):
    """Half seconds lie inside cells; whole seconds belong to the cell they begin."""
    spans = Spans.of(*columns(drawn))
    time = np.array([half / 2 for half, _ in asked])
    group = np.array([whose for _, whose in asked], np.int64)
    inside = cells(spans)
    expected = [0 <= t < GRID and inside[g, int(np.floor(t))] for t, g in zip(time, group, strict=True)]
    assert spans.contains(time, group).tolist() == expected


@given(pieces, bounds)
def test_steps_count_pieces_and_integrate_to_their_clipped_lengths(drawn, window):
    """The integral of the count is the sum of clipped durations; at each cell it is the depth."""
    start, end, group = columns(drawn)
    count = steps(start, end)
    assert (count.at(np.arange(GRID)) == depth(start, end, group).sum(axis=0)).all()
    assert (np.diff(count.times) > 0).all()
    low, high = window
    assert count.integral(low, high) == clipped_length(start, end, low, high).sum()
    if low < high:
        assert count.maximum(low, high) == depth(start, end, group).sum(axis=0)[low:high].max()
        busy = count.spans(lambda n: n > 0, low, high)
        assert (cells(busy)[0][low:high] == (depth(start, end, group).sum(axis=0)[low:high] > 0)).all()


@given(pieces, st.integers(1, 5))
def test_weights_add_up(drawn, weight):
    """A weight of w counts w times."""
    start, end, _ = columns(drawn)
    assert (
        steps(start, end, weight).at(np.arange(GRID)) == weight * steps(start, end).at(np.arange(GRID))
    ).all()


@given(pieces, bounds)
def test_the_inverse_count_integral_adds_up_the_share_of_each_cell(drawn, window):
    """Each cell adds 1/n, an empty cell nothing; half a cell adds half of it."""
    start, end, group = columns(drawn)
    shared = InverseCount(steps(start, end))
    count = depth(start, end, group).sum(axis=0)
    low, high = window
    expected = sum(1 / n for n in count[low:high] if n)
    assert shared.between(low, high) == pytest.approx(expected, abs=1e-12)
    half = 0.5 / count[low] if low < GRID and count[low] else 0.0
    assert shared.between(low, low + 0.5) == pytest.approx(half, abs=1e-12)


@given(pieces)
def test_all_sharers_together_get_the_time_in_which_there_is_one(drawn):
    """Sum over pieces of the integral of 1/n over the piece = length of their union."""
    start, end, _ = columns(drawn)
    shared = InverseCount(steps(start, end))
    assert shared.between(start, end).sum() == pytest.approx(Spans.of(start, end).total, abs=1e-9)


def test_touching_intervals_are_one_and_an_interval_excludes_its_end():
    """[0, 1) and [1, 2) make [0, 2), which holds 0 but not 2."""
    spans = Spans.of([0.0, 1.0], [1.0, 2.0])
    assert (spans.start.tolist(), spans.end.tolist()) == ([0.0], [2.0])
    assert spans.contains([0.0, 1.0, 2.0]).tolist() == [True, True, False]


def test_steps_of_nothing_are_zero_everywhere():
    """No interval, no count."""
    nothing = steps([], [])
    assert isinstance(nothing, Steps)
    assert nothing.integral(0.0, 5.0) == 0.0
    assert nothing.at([1.0, 2.0]).tolist() == [0.0, 0.0]
    assert InverseCount(nothing).between(0.0, 5.0) == 0.0
