"""How often intervals hold the true value, over 2,000 synthetic experiments each.

Reference coverages were themselves measured on about as many experiments, so both sides are random: agreement
is within 3.3 standard errors of a difference of two binomial shares.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from churnsim.metrics.measurement import Durations, Ratio, Scalar
from churnsim.metrics.range import SHARE
from churnsim.statistics import difference, share_of_runs, summarise
from churnsim.statistics.mean import student_quantile
from churnsim.statistics.ratio import influence, ratio_interval
from tests.theory.coverage import EXPERIMENTS, agrees, at_least, at_most

Array = NDArray[np.float64]


def errors(rng: np.random.Generator, n: int) -> tuple[Array, Array, float]:
    """Errors and requests of n runs, 30 % of them with an exponential outage; and the true share."""
    outage = (rng.random(n) < 0.3) * rng.exponential(0.05, n)
    return outage + rng.gamma(10.0, 5e-5, n), rng.normal(1.0, 0.05, n), 0.3 * 0.05 + 10 * 5e-5


@pytest.mark.parametrize(
    ("n", "plain", "log"), [(10, 0.777, 0.867), (20, 0.834, 0.907), (50, 0.902, 0.934), (200, 0.933, 0.941)]
)
def test_error_ratio_coverage(n: int, plain: float, log: float) -> None:
    """Against measured coverages of nominal 95 % intervals: plain delta, and the scale `summarise` uses."""
    rng = np.random.default_rng([1, n])
    hits = np.zeros(2)
    for _ in range(EXPERIMENTS):
        up, down, truth = errors(rng, n)
        ratio, pull = up.sum() / down.sum(), influence(up, down)
        half = student_quantile(0.95, n - 1) * math.sqrt(pull @ pull / (n - 1) / n)
        low, high, _ = ratio_interval(up, down, 0.95, SHARE)
        hits += abs(ratio - truth) <= half, low <= truth <= high
    covered = hits / EXPERIMENTS
    assert agrees(covered[0], plain)
    assert agrees(covered[1], log)


def normal(rng: np.random.Generator, n: int) -> Array:
    return rng.normal(1.0, 1.0, n)


def exponential(rng: np.random.Generator, n: int) -> Array:
    return rng.exponential(1.0, n)


@pytest.mark.parametrize(
    ("draw", "n", "expected"), [(normal, 10, 0.95), (normal, 50, 0.95), (exponential, 50, 0.95)]
)
def test_mean_coverage_is_nominal(
    draw: Callable[[np.random.Generator, int], Array], n: int, expected: float
) -> None:
    rng = np.random.default_rng([2, n])
    hits = 0
    for _ in range(EXPERIMENTS):
        found = summarise([Scalar(value) for value in draw(rng, n)])
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= 1.0 <= found.high
    assert agrees(hits / EXPERIMENTS, expected)


def test_hall_misses_less_on_the_dangerous_side() -> None:
    """Twenty exponential values: Student's upper end lies below the mean far more often than Hall's."""
    rng = np.random.default_rng(3)
    misses = np.zeros(2)
    for _ in range(EXPERIMENTS):
        values = rng.exponential(1.0, 20)
        found = summarise([Scalar(value) for value in values])
        assert found.high is not None
        student = values.mean() + student_quantile(0.95, 19) * values.std(ddof=1) / math.sqrt(20)
        misses += found.high < 1.0, student < 1.0
    hall, student_t = misses / EXPERIMENTS
    assert hall < 0.65 * student_t
    assert hall < 0.05


def test_with_an_incident_in_a_tenth_of_runs_the_guard_withholds_the_interval() -> None:
    """At 32 and 64 runs nearly no experiment has 15 runs with an incident; a false pass needs an interval."""
    rng = np.random.default_rng(4)
    false_passes = 0
    for _ in range(EXPERIMENTS):
        values = (rng.random(64) < 0.1) * rng.exponential(1.0, 64)
        for n in (32, 64):
            found = summarise([Scalar(value) for value in values[:n]], 0.9)
            if found.high is not None and found.high < 0.1:
                false_passes += 1
                break
    assert false_passes / EXPERIMENTS < 0.005


@pytest.mark.parametrize(("n", "expected"), [(50, 0.95), (100, 0.955)])
def test_sectioned_quantile_coverage(n: int, expected: float) -> None:
    """p95 of windows that share their run's level: lengths exponential around a gamma level of mean 1.

    The true quantile solves ``E[exp(-q / level)] = 0.05``; found here by integrating over the level.
    """
    from scipy import integrate, optimize, stats

    level = stats.gamma(20.0, scale=1 / 20.0)

    def exceeds(q: float) -> float:
        return float(integrate.quad(lambda x: level.pdf(x) * math.exp(-q / x), 0.01, 5.0)[0]) - 0.05

    truth = optimize.brentq(exceeds, 1.0, 10.0)
    rng = np.random.default_rng([5, n])
    alive = np.zeros(40, bool)
    hits = 0
    for _ in range(EXPERIMENTS):
        lengths = rng.gamma(20.0, 1 / 20.0, (n, 1)) * rng.exponential(1.0, (n, 40))
        found = summarise([Durations(row, alive, 0.95) for row in lengths])
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= truth <= found.high
    assert agrees(hits / EXPERIMENTS, expected)


def test_difference_of_ratios_coverage() -> None:
    """Two designs that share outages, one of which feels them half as much: the true difference is 0.75 %."""
    rng = np.random.default_rng(6)
    hits = 0
    for _ in range(EXPERIMENTS):
        outage = (rng.random(100) < 0.5) * rng.exponential(0.03, 100)
        down = rng.normal(1.0, 0.05, (2, 100))
        a = [Ratio(x, y) for x, y in zip(outage + 1e-3, down[0], strict=True)]
        b = [Ratio(x, y) for x, y in zip(outage / 2 + 1e-3, down[1], strict=True)]
        found = difference(a, b)
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= 0.0075 <= found.high
    assert agrees(hits / EXPERIMENTS, 0.95)


@pytest.mark.parametrize(("n", "p"), [(20, 0.1), (60, 0.02), (300, 0.01), (300, 0.0095)])
def test_each_end_of_a_share_of_runs_misses_no_more_often_than_it_says(n: int, p: float) -> None:
    """Clopper and Pearson: the upper end lies below the truth in 5 % at most, the lower one above in 2.5 %.

    The upper end is that of the rule of three where nothing was seen, so it is not 2.5 % for both.
    """
    rng = np.random.default_rng([9, n])
    misses = np.zeros(2)
    for happened in rng.binomial(n, p, EXPERIMENTS):
        found = share_of_runs(int(happened), n)
        assert found.low is not None
        assert found.high is not None
        misses += found.low > p, found.high < p
    assert at_most(float(misses[0]) / EXPERIMENTS, 0.025)
    assert at_most(float(misses[1]) / EXPERIMENTS, 0.05)


def test_hall_between_eight_and_twenty_skewed_values_is_no_worse_than_student() -> None:
    """Twelve exponential values: both fall short of 95 %, Hall's by less."""
    rng = np.random.default_rng(10)
    hits = np.zeros(2)
    for _ in range(EXPERIMENTS):
        values = rng.exponential(1.0, 12)
        found = summarise([Scalar(value) for value in values])
        assert found.low is not None
        assert found.high is not None
        half = student_quantile(0.95, 11) * values.std(ddof=1) / math.sqrt(12)
        hits += found.low <= 1.0 <= found.high, abs(values.mean() - 1.0) <= half
    hall, student_t = hits / EXPERIMENTS
    assert hall > student_t
    assert at_least(float(hall), 0.92)


def test_a_censored_quantile_is_held_as_often_as_it_says() -> None:
    """Medians of exponential lengths of which a quarter is cut off: 100 runs of 20, truth ln 2."""
    rng = np.random.default_rng(11)
    hits = 0
    for _ in range(EXPERIMENTS):
        lengths = rng.exponential(1.0, (100, 20))
        cut = rng.exponential(3.0, (100, 20))
        runs = [Durations(np.minimum(x, c), x > c, 0.5) for x, c in zip(lengths, cut, strict=True)]
        found = summarise(runs)
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= math.log(2.0) <= found.high
    assert agrees(hits / EXPERIMENTS, 0.95)
