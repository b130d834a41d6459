"""Renewal with jitter drawn at every check: the spread that SPIRE's agent really has."""

from __future__ import annotations

import numpy as np
import pytest

from churnsim.model.renewal.per_check import PerCheckRenewal

RULE = PerCheckRenewal.model_validate({"low": "45%", "high": "55%", "check": "5s"})
HOUR = 3600.0
U = (np.arange(200_000) + 0.5) / 200_000


def test_an_hour_s_cohort_spreads_over_114_seconds() -> None:
    """F101: p1 to p99 = 114 s, a third of the 361 s that the range seems to promise; checks are 5 s apart."""
    early, late = np.quantile(RULE.interval(HOUR, U), [0.01, 0.99])
    assert abs((late - early) - 114.0) <= 5.0
    assert np.std(RULE.interval(HOUR, U)) == pytest.approx(26.0, abs=0.5)


def test_it_renews_at_46_percent_of_its_life() -> None:
    """F101: mean at 46.4 % of the lifetime, close to the earliest possible."""
    assert RULE.mean(HOUR) / HOUR == pytest.approx(0.464, abs=5e-4)


def test_a_day_s_cohort_spreads_over_596_seconds() -> None:
    """F101: not 8,641 s."""
    early, late = np.quantile(RULE.interval(24 * HOUR, U), [0.01, 0.99])
    assert abs((late - early) - 596.0) <= 10.0


def test_the_law_is_that_of_looking_again_and_again() -> None:
    """Simulated as the agent does it: at every check draw a share anew, renew if the age has passed it."""
    random, ages = np.random.default_rng(1), np.full(20_000, 5.0)
    waiting = np.full(20_000, True)
    while waiting.any():
        waiting &= ages < random.uniform(0.45, 0.55, 20_000) * HOUR
        ages[waiting] += 5.0
    drawn = RULE.interval(HOUR, U)
    assert np.mean(ages) == pytest.approx(np.mean(drawn), abs=4 * 26 / np.sqrt(20_000))
    assert np.quantile(ages, [0.1, 0.5, 0.9]) == pytest.approx(np.quantile(drawn, [0.1, 0.5, 0.9]), abs=5.0)


def test_renewals_fall_on_checks_within_the_range() -> None:
    """Whole checks after the issue, from the first at which it can happen to the one that is sure."""
    ages = RULE.interval(HOUR, U)
    assert np.all(ages % 5.0 == 0.0)
    assert ages.min() == RULE.least(HOUR) > 0.45 * HOUR
    assert ages.max() <= 0.55 * HOUR


def test_a_check_that_is_longer_than_the_range_is_the_renewal() -> None:
    """Nothing between 45 % and 55 %: the first look after is certain."""
    rule = PerCheckRenewal.model_validate({"low": "45%", "high": "55%", "check": "40m"})
    assert set(rule.interval(HOUR, U).tolist()) == {2400.0}
