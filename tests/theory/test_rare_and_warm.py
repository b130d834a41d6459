"""Estimators for what is rare and for what does not start stationary, on models whose answer is known."""

from __future__ import annotations

import math

import numpy as np
from scipy import integrate

from churnsim.statistics.incident import Incident, conditioned_mean
from churnsim.statistics.multiple import holm
from churnsim.statistics.warmup import mser5
from tests.theory.coverage import EXPERIMENTS, at_most, is_near

# A lockout as in O19: renewal each R, slack s, outage of exponential length with mean DELTA.
R, SLACK, LIFE, DELTA = 2400.0, 1200.0, 3600.0, 1800.0
RATE = 1 / 12


def lockout(length: float | np.ndarray) -> np.ndarray:
    """Seconds without a credential that an outage of that length costs."""
    length = np.asarray(length, dtype=np.float64)
    grown = (np.clip(length - SLACK, 0.0, R) ** 2) / (2 * R)
    return np.where(length <= LIFE, grown, R / 2 + length - LIFE)


def moment(power: int) -> float:
    """Of the lockout of one outage."""
    density = lambda x: math.exp(-x / DELTA) / DELTA * float(lockout(x)) ** power  # noqa: E731
    return float(integrate.quad(density, SLACK, LIFE)[0] + integrate.quad(density, LIFE, 60 * DELTA)[0])


def test_the_mean_lockout_is_the_known_one() -> None:
    """O19: 510.410478 s for an outage of exponential length."""
    assert math.isclose(moment(1), 510.410478, rel_tol=1e-7)


def test_making_incidents_happen_saves_the_factor_it_should() -> None:
    """At one outage in twelve runs, against plain runs: E[X^2] / (rate Var X), and both ways unbiased.

    A plain run has a Poisson number of outages; what little they overlap adds nothing here, so the two ways
    have one mean. Known as 16 elsewhere, for another law of the impact.
    """
    rng = np.random.default_rng(11)
    n = 40
    counts = rng.poisson(RATE, (EXPERIMENTS, n))
    plain = np.array(
        [sum(float(lockout(rng.exponential(DELTA, k)).sum()) for k in row) / n for row in counts]
    )
    made = lockout(rng.exponential(DELTA, (EXPERIMENTS, n)))
    conditioned = np.array([conditioned_mean([Incident(RATE, row)], np.zeros(2)).mean for row in made])
    truth = RATE * moment(1)
    for found in (plain, conditioned):
        assert abs(found.mean() - truth) < 3.3 * found.std() / math.sqrt(EXPERIMENTS)
    expected = moment(2) / (RATE * (moment(2) - moment(1) ** 2))
    measured = float(plain.var() / conditioned.var())
    assert expected > 12
    # The variance of heavy-tailed means is itself uncertain: kurtosis makes its error some tenth here.
    assert abs(measured / expected - 1) < 0.35


def test_its_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Of nominal 95 %, two points less at most: impacts are skewed, half of all outages cost nothing."""
    rng = np.random.default_rng(12)
    truth, hits = 3.0 + RATE * moment(1), 0
    for _ in range(EXPERIMENTS):
        incident = Incident(RATE, lockout(rng.exponential(DELTA, 100)))
        found = conditioned_mean([incident], np.full(2, 3.0))
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= truth <= found.high
    assert hits / EXPERIMENTS > 0.925


def test_mser5_takes_the_bias_of_a_full_queue_away() -> None:
    """Waits of an M/M/1 at load 0.8 that begins with a wait of 200; the truth is 4.

    Known elsewhere: 12.09 raw and 3.82 after the cut. The cut costs data, so the mean over runs of what is
    left is held to the truth; the raw one is off by the triangle of the wait that drains by 1.25 - 1 from one
    customer to the next: 200 x 800 / 2 / 10,000 = 8.
    """
    rng = np.random.default_rng(13)
    runs, n = 100, 10_000
    wait = np.full(runs, 200.0)
    series = np.empty((runs, n))
    for step in range(n):
        series[:, step] = wait
        wait = np.maximum(wait + rng.exponential(1.0, runs) - rng.exponential(1.25, runs), 0.0)
    truncation = mser5(series)
    assert truncation.has_settled
    assert 500 < truncation.cut < 2_500
    kept, raw = series[:, truncation.cut :].mean(axis=1), series.mean(axis=1)
    assert abs(kept.mean() - 4.0) < 3.3 * kept.std(ddof=1) / math.sqrt(runs)
    assert abs(raw.mean() - 12.0) < 0.5


def test_holm_keeps_the_risk_of_any_false_alarm() -> None:
    """Twenty comparisons without any difference, all sharing one baseline: uncorrected far above 5 %."""
    rng = np.random.default_rng(14)
    alarms = np.zeros(2)
    for _ in range(EXPERIMENTS):
        baseline = rng.normal()
        z = (rng.normal(size=20) - baseline) / math.sqrt(2.0)
        p = [math.erfc(abs(each) / math.sqrt(2.0)) for each in z]
        adjusted = [each for each in holm(p) if each is not None]
        alarms += min(p) <= 0.05, min(adjusted) <= 0.05
    plain, corrected = alarms / EXPERIMENTS
    assert plain > 0.3
    assert at_most(float(corrected), 0.05)


def test_holm_is_exact_where_comparisons_are_independent() -> None:
    """1 - (1 - 0.05 / 10)^10 = 4.89 %."""
    rng = np.random.default_rng(15)
    alarms = sum(
        min(each for each in holm(list(rng.random(10))) if each is not None) <= 0.05
        for _ in range(EXPERIMENTS)
    )
    assert is_near(alarms / EXPERIMENTS, 1 - 0.995**10)
