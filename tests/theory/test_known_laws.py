"""Whole laws, not only means, follow theory: class X of methods 2.0, each test at its share of the level."""

from __future__ import annotations

import numpy as np
from scipy import stats

from tests.theory import credential, policy, reliability
from tests.theory.oracle import ALPHA, exp, run, world

TESTS = 6
LEVEL = ALPHA / TESTS


def test_the_number_of_pods_starting_is_poisson() -> None:
    """O06: M/G/∞ at instants far apart; 2,000 slots make it binomial, next to Poisson."""
    scenario = reliability.starting({"kind": "lognormal", "mean": "20s", "cv": 0.5})
    counts = []
    for replication in range(12):
        spells = run(scenario, replication).intervals(0, 1)
        for instant in np.arange(0.0, 7200.0, 300.0):  # fifteen start-ups apart
            counts.append(int(((spells["start"] <= instant) & (instant < spells["end"])).sum()))
    edges = np.array([-1, 5, 7, 8, 9, 10, 11, 12, 14, 2000])
    expected = np.diff(stats.binom.cdf(edges, 2000, 20 / 4000)) * len(counts)
    observed = np.histogram(counts, edges + 0.5)[0]
    assert stats.chisquare(observed, expected * observed.sum() / expected.sum()).pvalue >= LEVEL


def test_the_age_found_at_a_random_instant_follows_the_equilibrium_law() -> None:
    """O07: density (1 - F) / mean, for the fleet as it stands at 0."""
    lifetime = {"kind": "weibull", "mean": "20m", "shape": 0.7}
    scenario = world(horizon="1h", workloads=reliability.service(replicas=2000, lifetime=lifetime))
    trace = run(scenario, 0)
    law = scenario.workloads["web"].lifetime  # type: ignore[attr-defined]
    ready = trace.intervals(0, 2)
    for instant in (0.0, 3000.0):
        there = (ready["start"] <= instant) & (instant < ready["end"])
        ages = instant - ready["start"][there]
        uniform = 1.0 - law.excess(ages) / law.mean
        assert stats.kstest(uniform, "uniform").pvalue >= LEVEL


def test_the_residual_validity_at_a_random_instant_is_uniform() -> None:
    """O13: U(τ(1-f), τ), at the start and long after."""
    scenario = credential.identified(credential.RENEWED_AT_HALF, {"replicas": 2000}, horizon="5h")
    residual = credential.newest_at(run(scenario, 0), 4 * 3600.0 + 17.0)
    assert stats.kstest(residual, "uniform", args=(1800.0, 1800.0)).pvalue >= LEVEL


def test_the_second_wave_of_a_synchronised_fleet_is_triangular() -> None:
    """O20: issue times of wave 2 are the sum of two uniforms."""
    table = credential.synchronised(0)["credentials"]
    cycles = table["issued"][table["serial"] == 3] / credential.CYCLE
    assert stats.kstest(cycles, "triang", args=(0.5, 1.8, 0.4)).pvalue >= LEVEL


def test_the_window_after_a_change_is_the_residual_of_the_poll_period() -> None:
    """O23: for polls 60 to 120 s apart half are over in 45 s, 95 % in 96.76 s, 99 % in 109.61 s."""
    scenario = policy.enforced(
        policy.pull(policy.OPA), replicas=1, changes={"every": exp("600s")}, horizon="20d"
    )
    windows = policy.lags(run(scenario, 0)).ravel()
    period = scenario.policies["authz"].refresh.every  # type: ignore[attr-defined]
    assert stats.kstest(1.0 - period.excess(windows) / period.mean, "uniform").pvalue >= LEVEL
    for share, known in ((0.5, 45.0), (0.95, 96.76), (0.99, 109.61)):
        assert abs(float(period.equilibrium(share)) - known) < 0.01


def test_the_variance_of_a_unit_s_availability_is_that_of_a_stationary_start() -> None:
    """O01, class V: (n-1)s²/σ² within chi-squared bounds."""
    values = [reliability.alternating(1000 + replication) for replication in range(200)]
    ratio = 199 * np.var(values, ddof=1) / 0.00928986**2
    low, high = stats.chi2.ppf([LEVEL / 2, 1 - LEVEL / 2], 199)
    assert low <= ratio <= high
