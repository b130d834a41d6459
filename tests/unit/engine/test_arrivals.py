"""Renewal processes laid down ahead: stationary from the first instant on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy import stats

from churnsim.base.distribution import Distribution, Law
from churnsim.engine import Streams
from churnsim.engine.arrivals import alternating, arrivals

RUNS = 400
LAWS = {
    "constant": "60s",
    "exponential": {"kind": "exponential", "mean": "60s"},
    "uniform": {"kind": "uniform", "low": "30s", "high": "90s"},
    "bursty": {"kind": "gamma", "mean": "60s", "shape": 0.3},
}
LEVEL = 0.01 / (3 * len(LAWS) + 3)


def law(written: Any) -> Distribution:
    return TypeAdapter(Law).validate_python(written)


@pytest.mark.parametrize("name", LAWS)
def test_as_many_points_come_at_the_start_as_ever_after(name: str) -> None:
    """A stationary renewal process has its mean rate in every window, the very first included (O07)."""
    every, counts = law(LAWS[name]), []
    for run in range(RUNS):
        stream = Streams(3, run).named("x")
        points = arrivals(every, stream, stream.lane(0), -100.0, 1000.0)
        counts.append(
            [np.count_nonzero((points >= low) & (points < low + 100.0)) for low in (-100.0, 0.0, 850.0)]
        )
    for column in np.array(counts).T:
        error = column.std(ddof=1) / np.sqrt(RUNS)
        assert abs(column.mean() - 100 / 60) <= stats.norm.isf(LEVEL / 2) * error


def test_points_are_sorted_within_the_window_and_gaps_follow_the_law() -> None:
    """Gap k comes from uniform k; the first point from uniform 0."""
    every, stream = law(LAWS["uniform"]), Streams(1).named("x")
    points = arrivals(every, stream, stream.lane(4), 0.0, 100_000.0)
    assert points[0] == every.equilibrium(stream.uniform(stream.lane(4), 0))
    assert np.allclose(
        np.diff(points), every.inverse(stream.uniform(stream.lane(4), np.arange(1, points.size))), atol=1e-9
    )
    assert np.all(np.diff(points) >= 30.0 - 1e-9)
    assert points[-1] < 100_000.0


def test_a_longer_run_begins_like_a_shorter_one() -> None:
    """What is laid down does not depend on how far."""
    every, stream = law(LAWS["exponential"]), Streams(1).named("x")
    short, long = (arrivals(every, stream, stream.lane(0), -50.0, end) for end in (5000.0, 50_000.0))
    np.testing.assert_array_equal(long[: short.size], short)


def test_alternating_spells_are_apart_and_as_often_down_as_theory_says() -> None:
    """Down for the share d/(u+d) of the time at every instant; spells in order, with time between (O01)."""
    up, down = (
        law({"kind": "exponential", "mean": "300s"}),
        law({"kind": "uniform", "low": "50s", "high": "150s"}),
    )
    at_start, at_end, begun = [], [], []
    for run in range(RUNS * 5):
        spells = np.array(alternating(up, down, Streams(5, run).named("x"), -1000.0, 1000.0)).reshape(-1, 2)
        assert np.all(spells[:, 0] < spells[:, 1])
        assert np.all(spells[1:, 0] > spells[:-1, 1])
        assert spells.size == 0 or spells[0, 0] >= -1000.0
        assert np.all(spells[:, 0] < 1000.0)
        at_start.append(np.any((spells[:, 0] <= -1000.0) & (spells[:, 1] > -1000.0)))
        at_end.append(np.any((spells[:, 0] <= 999.0) & (spells[:, 1] > 999.0)))
        begun.append(np.count_nonzero(spells[:, 0] > -1000.0))
    for sample, known in ((at_start, 0.25), (at_end, 0.25), (begun, 2000 / 400)):
        values = np.array(sample, float)
        error = values.std(ddof=1) / np.sqrt(values.size)
        assert abs(values.mean() - known) <= stats.norm.isf(LEVEL / 2) * error
