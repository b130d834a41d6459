"""Where a series has settled."""

from __future__ import annotations

import numpy as np
import pytest

from churnsim.statistics.warmup import mser5, welch


def test_a_step_is_cut_off() -> None:
    """Fifty observations of another level, then noise: the cut is where the level changes."""
    noise = np.random.default_rng(1).normal(0.0, 0.1, 500)
    found = mser5(noise + 5.0 * (np.arange(500) < 50))
    assert (found.cut, found.has_settled) == (50, True)


def test_what_is_settled_from_the_start_is_kept_whole() -> None:
    """A constant has no better cut than none."""
    assert mser5(np.ones(100)).cut == 0


def test_a_trend_has_not_settled() -> None:
    """Every further cut is better: run longer."""
    assert not mser5(np.arange(400.0)).has_settled


def test_by_the_formula_written_out() -> None:
    """Against variance over number, cut by cut."""
    series = np.random.default_rng(2).normal(0.0, 1.0, 203) + 8.0 * np.exp(-np.arange(203) / 15)
    batches = series[:200].reshape(40, 5).mean(axis=1)
    errors = [np.var(batches[d:]) / (40 - d) for d in range(21)]
    assert mser5(series).cut == 5 * int(np.argmin(errors))


def test_of_several_runs_the_average_is_cut() -> None:
    """One cut for all."""
    runs = np.random.default_rng(3).normal(0.0, 1.0, (50, 300)) + 5.0 * (np.arange(300) < 40)
    assert mser5(runs) == mser5(runs.mean(axis=0))


def test_welch_averages_as_far_as_there_is_something_on_both_sides() -> None:
    """Two runs whose average is 0, 1, 2, …, 8: of a straight line every centred average is its middle."""
    line = np.arange(9.0)
    smooth = welch(np.stack((line - 1.0, line + 1.0)), 2)
    assert smooth == pytest.approx(line[:7])
    assert welch(np.array([0.0, 9.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]), 1)[:3] == pytest.approx([0.0, 3.0, 3.0])


def test_too_little_and_too_much_is_refused() -> None:
    with pytest.raises(ValueError, match="too short to find where it settles"):
        mser5(np.ones(19))
    with pytest.raises(ValueError, match="a quarter of the series"):
        welch(np.ones(20), 6)
    with pytest.raises(ValueError, match="must be finite"):
        welch(np.array([np.nan] * 20), 1)
