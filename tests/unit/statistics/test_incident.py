"""Means of rare incidents, from runs in which each is made to happen."""

from __future__ import annotations

import numpy as np
import pytest

from churnsim.statistics.incident import Incident, conditioned_mean
from churnsim.statistics.mean import mean_interval


def test_the_mean_is_quiet_plus_rate_times_impact() -> None:
    """1 + 0.1 x 20 + 0.01 x 300."""
    rare = Incident(0.1, np.array([10.0, 30.0])), Incident(0.01, np.array([200.0, 400.0]))
    found = conditioned_mean(rare, np.array([0.5, 1.5]))
    assert (found.mean, found.n, found.method) == (pytest.approx(6.0), 6, "welch")


def test_of_one_class_over_a_constant_the_interval_is_that_of_its_mean() -> None:
    """Scaled by the rate, moved by the constant."""
    impacts = np.random.default_rng(1).exponential(10.0, 40)
    found = conditioned_mean([Incident(0.1, impacts)], np.array([2.0, 2.0, 2.0]))
    low, high, _ = mean_interval(impacts, 0.95)
    assert (found.low, found.high) == pytest.approx((2.0 + 0.1 * low, 2.0 + 0.1 * high))
    assert found.method == "hall"


def test_what_is_left_out_is_two_at_once() -> None:
    """0.2 squared, halved, times the impact of 50."""
    found = conditioned_mean([Incident(0.2, np.array([50.0, 50.0]))], np.zeros(2))
    assert found.overlap == pytest.approx(1.0)
    assert (found.mean, found.low, found.method) == (pytest.approx(10.0), pytest.approx(10.0), "constant")


def test_an_impact_that_hardly_ever_shows_has_no_interval() -> None:
    """Three of 30: the rule of 15 runs holds here as everywhere."""
    impacts = np.array([5.0, 6.0, 7.0, *[0.0] * 27])
    assert conditioned_mean([Incident(0.1, impacts)], np.zeros(2)).method == "few non-zero"


def test_a_rate_of_zero_takes_its_class_out() -> None:
    """Whatever an incident would do."""
    found = conditioned_mean([Incident(0.0, np.array([0.0, 9.0]))], np.array([1.0, 1.0]))
    assert (found.mean, found.low, found.overlap) == (1.0, 1.0, 0.0)


@pytest.mark.parametrize(("rate", "impacts"), [(-0.1, [1.0, 2.0]), (0.1, [1.0])])
def test_wrong_incidents_are_refused(rate: float, impacts: list[float]) -> None:
    with pytest.raises(ValueError, match=r"rate of 0 or more|two runs or more"):
        Incident(rate, np.array(impacts))


def test_the_quiet_part_needs_runs() -> None:
    with pytest.raises(ValueError, match="the quiet part needs two runs"):
        conditioned_mean([], np.array([1.0]))
