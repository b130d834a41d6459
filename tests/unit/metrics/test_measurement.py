"""What one run says about one measure."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from scipy import stats

from churnsim.metrics.measurement import Durations, Peak, Ratio, Scalar, survival_quantile


def test_a_ratio_without_denominator_is_undefined() -> None:
    assert Ratio(0.0, 0.0).value is None
    assert Ratio(1.0, 4.0).value == 0.25


@pytest.mark.parametrize("probability", [0.05, 0.25, 0.5, 0.75, 0.95, 0.96])
def test_without_censoring_the_quantile_is_that_of_the_sample(probability: float) -> None:
    """As numpy's inverse of the empirical distribution, twenty values, probabilities on and off its steps."""
    values = np.random.default_rng(1).exponential(1.0, 20)
    expected = np.quantile(values, probability, method="inverted_cdf")
    assert survival_quantile(values, np.zeros(20, bool), probability) == expected


@pytest.mark.parametrize("probability", [0.1, 0.3, 0.5, 0.6])
def test_with_censoring_the_quantile_is_kaplan_meiers(probability: float) -> None:
    """As scipy's survival function of the same censored sample, ties between both kinds included."""
    rng = np.random.default_rng(2)
    values, censored = rng.integers(1, 30, 80).astype(float), rng.random(80) < 0.3
    data = stats.CensoredData.right_censored(values, censored)
    survival = stats.ecdf(data).sf
    expected = survival.quantiles[np.argmax(survival.probabilities <= 1 - probability)]
    assert survival_quantile(values, censored, probability) == expected


def test_a_quantile_that_censoring_hides_is_undefined() -> None:
    assert Durations(np.array([1.0, 2.0]), np.array([False, True]), 0.9).value is None
    assert Durations(np.array([1.0, 2.0]), np.array([False, True]), 0.5).value == 1.0


def test_no_episodes_have_no_quantile() -> None:
    assert Durations(np.empty(0), np.empty(0, bool), 0.5).value is None


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_number_that_is_not_finite_is_refused(number: float) -> None:
    for wrong in (lambda: Scalar(number), lambda: Peak(number), lambda: Ratio(number, 1.0)):
        with pytest.raises(ValueError, match="must be finite"):
            wrong()
    with pytest.raises(ValueError, match="finite and at least 0"):
        Durations(np.array([number]), np.array([False]), 0.5)


def test_a_negative_denominator_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        Ratio(1.0, -1.0)


@pytest.mark.parametrize("probability", [0.0, 1.0, 1.5])
def test_a_probability_outside_the_open_unit_interval_is_refused(probability: float) -> None:
    with pytest.raises(ValueError, match="Peak"):
        Durations(np.ones(1), np.zeros(1, bool), probability)


def test_lengths_and_censoring_must_match() -> None:
    with pytest.raises(ValueError, match="equal"):
        Durations(np.ones(2), np.zeros(1, bool), 0.5)


def test_measurements_travel_between_processes() -> None:
    lengths = Durations(np.ones(2), np.array([True, False]), 0.5)
    for one in (Scalar(None), Ratio(1.0, 2.0), Peak(3.0), lengths):
        assert pickle.loads(pickle.dumps(one)) == one
