"""What many runs say about one measure, kind by kind."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from churnsim.metrics.measurement import Durations, Measurement, Peak, Ratio, Scalar
from churnsim.metrics.range import AMOUNT, ANY, SHARE, Range
from churnsim.statistics import Estimate, share_of_runs, summarise


def scalars(*values: float | None) -> list[Measurement]:
    return [Scalar(value) for value in values]


def test_few_scalars_have_the_student_interval() -> None:
    """Against scipy's one-sample t interval; below eight runs skewness is not corrected."""
    values = [1.0, 2.0, 4.0, 9.0]
    expected = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    found = summarise(scalars(*values))
    assert (found.mean, found.n, found.undefined, found.method) == (4.0, 4, 0, "t")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_a_skewed_mean_has_its_interval_stretched_towards_the_long_tail() -> None:
    """Both ends put back into Hall's cubic give plus and minus the quantile of Student's t."""
    values = np.array([0.1, 0.2, 0.2, 0.3, 0.4, 0.5, 0.9, 1.4, 3.0, 6.0])
    found = summarise(scalars(*values))
    n, mean, scale, skewness = 10, values.mean(), values.std(ddof=1), stats.skew(values)
    assert found.method == "hall"
    assert found.low is not None
    assert found.high is not None
    for end, sign in ((found.low, 1), (found.high, -1)):
        t = (mean - end) / scale
        cubic = t + skewness * t**2 / 3 + skewness**2 * t**3 / 27 + skewness / (6 * n)
        assert math.sqrt(n) * cubic == pytest.approx(sign * stats.t.ppf(0.975, n - 1))
    assert found.high - mean > mean - found.low


def test_symmetric_values_fall_back_to_student() -> None:
    assert summarise(scalars(*range(1, 10))).method == "t"


def test_undefined_runs_are_skipped_and_counted() -> None:
    found = summarise(scalars(None, 1.0, None, 3.0))
    assert (found.mean, found.n, found.undefined) == (2.0, 2, 2)


@pytest.mark.parametrize(
    "kind", [Scalar(None), Ratio(0.0, 0.0), Peak(None), Durations(np.empty(0), np.empty(0), 0.5)]
)
def test_a_measure_no_run_defines_is_undefined(kind: Measurement) -> None:
    assert summarise([kind, kind]) == Estimate(None, None, None, 0, 2, "undefined")


def test_no_runs_at_all_are_undefined() -> None:
    assert summarise([]) == Estimate(None, None, None, 0, 0, "undefined")


@pytest.mark.parametrize(
    "one", [Scalar(2.0), Ratio(1.0, 2.0), Durations(np.array([3.0, 4.0]), np.zeros(2, bool), 0.5)]
)
def test_one_run_has_no_interval(one: Measurement) -> None:
    found = summarise([one])
    assert (found.low, found.high, found.n, found.method) == (None, None, 1, "one run")
    assert found.mean == one.value


def test_equal_values_are_constant() -> None:
    found = summarise(scalars(0.1, 0.1, 0.1))
    assert (found.low, found.high, found.method) == (0.1, 0.1, "constant")


def test_zeros_alone_bound_nothing_but_their_frequency() -> None:
    """0 of 299 runs: the exact one-sided bound is 0.00997."""
    found = summarise(scalars(*[0.0] * 299))
    assert (found.mean, found.low, found.high, found.method, found.nonzero) == (
        0.0,
        None,
        None,
        "all zero",
        0,
    )
    often = share_of_runs(0, 299)
    assert often.low == 0.0
    assert often.high == pytest.approx(0.00997, abs=1e-5)


@pytest.mark.parametrize(("nonzero", "method"), [(14, "few non-zero"), (15, "hall")])
def test_an_incident_driven_measure_needs_fifteen_runs_with_incidents(nonzero: int, method: str) -> None:
    found = summarise(scalars(*[0.0] * 30, *[float(k + 1) for k in range(nonzero)]))
    assert (found.method, found.nonzero) == (method, nonzero)
    assert (found.low is None) == (method == "few non-zero")


def test_ten_runs_that_all_show_it_have_an_interval() -> None:
    assert summarise([Ratio(float(k), 100.0) for k in range(1, 11)], possible=SHARE).low is not None


def test_a_share_near_one_counts_its_complement() -> None:
    """Availability with outages in 3 of 40 runs is as little known as unavailability is."""
    runs = [Ratio(100.0, 100.0)] * 37 + [Ratio(90.0, 100.0)] * 3
    found = summarise(runs, possible=SHARE)
    assert (found.method, found.nonzero) == ("few non-zero", 3)
    assert found.mean == pytest.approx(1 - 30 / 4000)


def test_a_worst_window_that_was_perfect_in_every_run_is_not_certain() -> None:
    """A scalar share of 1 in each of five runs says that nothing was seen, not that nothing can happen."""
    assert summarise(scalars(*[1.0] * 5), possible=SHARE).method == "all zero"


def test_integrals_that_differ_by_rounding_show_nothing() -> None:
    runs = [Ratio(0.1 + 0.2, 0.3)] * 20 + [Ratio(0.3 - 1e-12, 0.3)] * 20
    assert summarise(runs, possible=SHARE).method == "all zero"


def test_a_ratio_is_pooled_not_averaged() -> None:
    """1 of 1 and 0.5 of 99: the runs' own shares would average to more than a half."""
    assert summarise([Ratio(1.0, 1.0), Ratio(0.5, 99.0)]).mean == pytest.approx(1.5 / 100)


def test_a_share_and_its_complement_have_mirrored_intervals() -> None:
    rng = np.random.default_rng(5)
    down, all_ = rng.exponential(1e-4, 40), rng.uniform(0.9, 1.1, 40)
    lost = summarise([Ratio(x, y) for x, y in zip(down, all_, strict=True)], possible=SHARE)
    served = summarise([Ratio(y - x, y) for x, y in zip(down, all_, strict=True)], possible=SHARE)
    assert lost.method == served.method == "logit"
    assert (lost.low, lost.high) == pytest.approx((1 - served.high, 1 - served.low))  # type: ignore[operator]
    assert served.high is not None
    assert served.high < 1.0


def test_a_rate_has_an_interval_on_the_log_scale() -> None:
    """Both ends are the same factor away from the estimate."""
    found = summarise([Ratio(x, 1.0) for x in (3.0, 5.0, 9.0, 30.0)], possible=AMOUNT)
    assert found.method == "log"
    assert found.mean is not None
    assert found.low is not None
    assert found.high is not None
    assert found.mean / found.low == pytest.approx(found.high / found.mean)
    assert found.low > 0.0


def test_a_ratio_of_either_sign_keeps_its_own_scale() -> None:
    assert summarise([Ratio(x, 1.0) for x in (-3.0, 5.0, 9.0)]).method == "delta"


def test_a_rate_that_stays_below_one_is_no_share() -> None:
    """Issuances of 0.9 to 0.99 a second: what is missing to 1 means nothing."""
    runs: list[Measurement] = [Ratio(x, 1.0) for x in (0.9, 0.95, 0.99, 1.0)]
    assert summarise(runs, possible=AMOUNT).method == "log"
    assert summarise(runs, possible=SHARE).method == "few non-zero"


def test_the_worst_window_is_never_better_than_perfect() -> None:
    """Student's interval of these four shares goes on above 1; below it is the same."""
    values = scalars(0.999, 0.98, 0.95, 0.9)
    student, found = summarise(values), summarise(values, possible=SHARE)
    assert student.high is not None
    assert student.high > 1.0
    assert (found.low, found.high) == (student.low, 1.0)


def test_slack_that_is_used_up_may_be_negative_but_never_more_than_all() -> None:
    found = summarise(scalars(0.9, 0.99, -0.5), possible=Range(-math.inf, 1.0))
    assert found.high == 1.0
    assert found.low is not None
    assert found.low < -0.5


def test_a_range_that_a_run_leaves_is_not_believed() -> None:
    """A share declared by mistake cuts nothing off and hides nothing."""
    values = (0.5, 1.5, 0.9)
    assert summarise(scalars(*values), possible=SHARE) == summarise(scalars(*values), possible=ANY)
    assert summarise([Ratio(x, 1.0) for x in values], possible=SHARE).method == "delta"


def test_the_largest_peak_is_reported_without_interval() -> None:
    found = summarise([Peak(3.0), Peak(None), Peak(7.0)])
    assert (found.mean, found.low, found.high, found.n, found.undefined) == (7.0, None, None, 2, 1)
    assert found.method == "maximum"


def episodes(
    rng: np.random.Generator, runs: int, each: int = 20, probability: float = 0.5
) -> list[Measurement]:
    return [Durations(rng.exponential(1.0, each), np.zeros(each, bool), probability) for _ in range(runs)]


@pytest.mark.parametrize(("runs", "method"), [(49, "few runs"), (50, "sectioning")])
def test_a_quantile_needs_fifty_runs_for_an_interval(runs: int, method: str) -> None:
    found = summarise(episodes(np.random.default_rng(2), runs))
    assert (found.method, found.low is None) == (method, method == "few runs")


def test_a_far_quantile_needs_enough_episodes() -> None:
    """A distribution-free upper bound of p99 needs 368 of them."""
    assert summarise(episodes(np.random.default_rng(3), 52, 7, 0.99)).method == "few episodes"
    assert summarise(episodes(np.random.default_rng(3), 53, 7, 0.99)).method == "sectioning"


def test_a_quantile_behind_the_censoring_is_not_determined() -> None:
    run = Durations(np.array([1.0, 2.0, 2.0]), np.array([False, True, True]), 0.9)
    assert summarise([run] * 60) == Estimate(None, None, None, 60, 0, "censored")


def test_runs_of_one_measure_must_be_of_one_kind() -> None:
    with pytest.raises(ValueError, match="must agree"):
        summarise([Scalar(1.0), Peak(1.0)])
    with pytest.raises(ValueError, match="must agree"):
        summarise([Durations(np.ones(1), np.zeros(1, bool), p) for p in (0.5, 0.9)])


@pytest.mark.parametrize(("happened", "n"), [(1, 30), (7, 30), (29, 30)])
def test_a_share_of_runs_has_the_exact_interval(happened: int, n: int) -> None:
    expected = stats.binomtest(happened, n).proportion_ci(0.95, method="exact")
    found = share_of_runs(happened, n)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_every_run_bounds_the_share_from_below() -> None:
    found = share_of_runs(30, 30)
    assert (found.low, found.high) == pytest.approx((0.05 ** (1 / 30), 1.0))


def test_more_than_all_runs_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot have shown it"):
        share_of_runs(3, 2)
