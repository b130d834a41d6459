"""The chance of a difference agrees with its interval."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from churnsim.metrics.measurement import Durations, Measurement, Ratio, Scalar
from churnsim.statistics import difference
from churnsim.statistics.mean import mean_p_value


def test_of_few_values_it_is_that_of_the_paired_t() -> None:
    a, b = [1.0, 5.0, 2.0, 8.0, 3.0], [0.5, 4.0, 2.5, 6.0, 2.0]
    found = difference([Scalar(x) for x in a], [Scalar(x) for x in b])
    assert found.p_value == pytest.approx(stats.ttest_rel(a, b).pvalue)


def scalars(rng: np.random.Generator) -> list[Measurement]:
    return [Scalar(float(each)) for each in rng.exponential(1.0, 60)]


def ratios(rng: np.random.Generator) -> list[Measurement]:
    return [Ratio(float(each), 1.0) for each in rng.exponential(1.0, 60)]


def lengths(rng: np.random.Generator) -> list[Measurement]:
    return [Durations(each, np.zeros(20, bool), 0.5) for each in rng.exponential(1.0, (60, 20))]


@pytest.mark.parametrize("draw", [scalars, ratios, lengths])
def test_it_is_what_is_left_outside_the_interval_that_ends_at_zero(draw: object) -> None:
    """At the confidence 1 - p one end of the interval lies at 0."""
    assert callable(draw)
    rng = np.random.default_rng(5)
    a, b = draw(rng), draw(rng)
    p = difference(a, b).p_value
    assert p is not None
    ends = difference(a, b, 1.0 - p)
    assert ends.low is not None
    assert ends.high is not None
    assert min(abs(ends.low), abs(ends.high)) == pytest.approx(0.0, abs=1e-9)


def test_of_a_constant_difference_it_is_that_of_a_coin() -> None:
    """Five differences of the same sign: 2 of 32 ways a coin can fall."""
    assert mean_p_value(np.full(5, 3.0), 0.0) == 2 / 32
    assert mean_p_value(np.full(5, 3.0), 3.0) == 1.0


def test_without_an_interval_there_is_none() -> None:
    same: list[Measurement] = [Scalar(float(each)) for each in range(20)]
    assert difference(same, same).p_value is None
