"""Paired differences under common random numbers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from churnsim.metrics.measurement import Durations, Peak, Ratio, Scalar
from churnsim.statistics import difference


def test_a_difference_of_means_is_the_paired_t() -> None:
    """Against scipy's paired t interval."""
    a, b = [1.0, 5.0, 2.0, 8.0, 3.0], [0.5, 4.0, 2.5, 6.0, 2.0]
    expected = stats.ttest_rel(a, b).confidence_interval()
    found = difference([Scalar(x) for x in a], [Scalar(x) for x in b])
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.mean == pytest.approx(np.mean(a) - np.mean(b))
    assert found.correlation == pytest.approx(np.corrcoef(a, b)[0, 1])
    assert found.warning is None


def test_shared_randomness_narrows_the_difference() -> None:
    rng = np.random.default_rng(1)
    shared, own = rng.exponential(1.0, 60), rng.normal(0.0, 0.05, 60)
    a = [Scalar(x) for x in shared]
    paired = difference(a, [Scalar(x) for x in shared + own])
    unpaired = difference(a, [Scalar(x) for x in rng.permutation(shared) + own])
    assert paired.half_width is not None
    assert unpaired.half_width is not None
    assert paired.half_width < unpaired.half_width / 5
    assert paired.correlation == pytest.approx(1.0, abs=0.01)


def test_a_difference_of_ratios_is_that_of_the_pooled_ratios_with_a_jackknife_interval() -> None:
    """The pseudo-values written out run by run; few runs, so the interval is Student's."""
    a = [Ratio(1.0, 10.0), Ratio(4.0, 11.0), Ratio(2.0, 7.0), Ratio(3.0, 9.0)]
    b = [Ratio(1.0, 12.0), Ratio(3.0, 11.0), Ratio(2.0, 9.0), Ratio(1.0, 9.0)]

    def contrast(kept: list[int]) -> float:
        return float(
            sum(a[i].numerator for i in kept) / sum(a[i].denominator for i in kept)
            - sum(b[i].numerator for i in kept) / sum(b[i].denominator for i in kept)
        )

    whole = contrast([0, 1, 2, 3])
    pseudo = [4 * whole - 3 * contrast([i for i in range(4) if i != left]) for left in range(4)]
    half = stats.t.ppf(0.975, 3) * np.std(pseudo, ddof=1) / 2
    found = difference(a, b)
    assert found.mean == pytest.approx(whole)
    assert (found.low, found.high) == pytest.approx((whole - half, whole + half))
    assert found.method == "jackknife"


def test_a_pair_with_one_side_undefined_is_left_out() -> None:
    found = difference([Scalar(1.0), Scalar(None), Scalar(3.0)], [Scalar(0.0), Scalar(5.0), Scalar(1.0)])
    assert (found.mean, found.n, found.undefined) == (1.5, 2, 1)


def test_pairs_that_do_not_differ_have_no_interval() -> None:
    same = [Ratio(float(k), 10.0) for k in range(1, 9)]
    found = difference(same, same)
    assert (found.mean, found.low, found.method, found.correlation) == (
        0.0,
        None,
        "all zero",
        pytest.approx(1.0),
    )


def test_few_pairs_that_differ_have_no_interval() -> None:
    a = [Scalar(float(k)) for k in range(40)]
    b = [*[Scalar(k + 1.0) for k in range(14)], *a[14:]]
    assert difference(a, b).method == "few non-zero"


def test_one_pair_has_no_interval() -> None:
    found = difference([Ratio(1.0, 2.0)], [Ratio(1.0, 4.0)])
    assert (found.mean, found.low, found.method) == (0.25, None, "one run")


def test_negative_correlation_is_warned_of() -> None:
    up, down = [Scalar(float(k)) for k in range(10)], [Scalar(float(-(k**2))) for k in range(10)]
    found = difference(up, down)
    assert found.warning is not None
    assert "negatively correlated" in found.warning


def test_a_correlation_that_chance_alone_makes_negative_is_not_warned_of() -> None:
    """Of 400 pairs without anything in common half are below 0; one in a hundred is warned of, binomially."""
    rng = np.random.default_rng(8)
    found = [
        difference([Scalar(x) for x in a], [Scalar(x) for x in b]) for a, b in rng.normal(size=(400, 2, 30))
    ]
    assert sum(one.correlation is not None and one.correlation < 0 for one in found) > 150
    assert sum(one.warning is not None for one in found) <= stats.binom.ppf(0.999, 400, 0.01)


def test_quantiles_are_compared_section_by_section() -> None:
    """The same episodes, one second longer: the difference is a second, without spread."""
    rng = np.random.default_rng(4)
    values = [rng.exponential(5.0, 20) for _ in range(50)]
    a = [Durations(x + 1.0, np.zeros(20, bool), 0.9) for x in values]
    b = [Durations(x, np.zeros(20, bool), 0.9) for x in values]
    found = difference(a, b)
    assert found.method == "sectioning"
    assert (found.mean, found.low, found.high) == pytest.approx((1.0, 1.0, 1.0))


def test_maxima_are_compared_without_interval() -> None:
    found = difference([Peak(3.0), Peak(9.0)], [Peak(4.0), Peak(5.0)])
    assert (found.mean, found.low, found.high, found.method) == (4.0, None, None, "maximum")


def test_sides_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="equally many"):
        difference([Scalar(1.0)], [])


def test_sides_of_unequal_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="must agree"):
        difference([Scalar(1.0)], [Peak(1.0)])
