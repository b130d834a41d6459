"""Rulings on bounds: what an estimate decides, and what it leaves open."""

from __future__ import annotations

import pytest

from churnsim.checks.bound import Bound
from churnsim.scenario.invariant import parse_invariant
from churnsim.statistics import Estimate


def _bound(text: str) -> Bound:
    return Bound.of(parse_invariant(text))


def _estimate(mean: float | None, low: float | None, high: float | None, method: str = "t") -> Estimate:
    return Estimate(mean, low, high, 10, 0, method)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("availability >= 99.9%", 0.999),
        ("dwell.mean <= 65m", 3900.0),
        ("issuance.rate < 6/min", 0.1),
        ("churn.rate <= 2/h", 2.0),
        ("cost.total <= $12.50", 12.5),
        ("orphan.mean < 3", 3.0),
        ("undertrust.share.clock_skew <= 1%", 0.01),
    ],
)
def test_the_limit_is_read_in_the_unit_of_the_measure(text: str, limit: float) -> None:
    """Shares, durations, rates, money and plain numbers, each as a scenario writes it."""
    assert _bound(text).limit == pytest.approx(limit, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("availability >= 10s", "share"),
        ("dwell.mean <= 50%", "duration"),
        ("orphan.mean < 3m", "plain number"),
        ("cost.total < 5", "money"),
    ],
)
def test_a_limit_in_another_unit_is_refused(text: str, words: str) -> None:
    """A share is no duration; money carries its currency; the error says what is due."""
    with pytest.raises(ValueError, match=words):
        _bound(text)


@pytest.mark.parametrize("text", ["rotation.margin >= -0.25", "rotation.margin >= -25%"])
def test_a_ratio_that_is_no_share_may_be_bounded_like_one(text: str) -> None:
    assert _bound(text).limit == -0.25


@pytest.mark.parametrize(
    ("low", "high", "ruling"),
    [
        (0.991, 0.999, "pass"),
        (0.99, 0.999, "pass"),
        (0.98, 0.989, "fail"),
        (0.98, 0.999, "inconclusive"),
        (0.98, 0.99, "inconclusive"),
    ],
)
def test_the_whole_interval_decides(low: float, high: float, ruling: str) -> None:
    """`>=` holds on its limit: an interval that begins there passes, one that ends there does not fail."""
    found, _ = _bound("availability >= 99%").rule(_estimate((low + high) / 2, low, high), [low, high])
    assert found == ruling


def test_a_strict_bound_does_not_hold_on_its_limit() -> None:
    """`<` against an interval that ends on the limit: not wholly below."""
    found, _ = _bound("orphan.mean < 3").rule(_estimate(2.5, 2.0, 3.0), [2.0, 3.0])
    assert found == "inconclusive"


def test_without_any_run_nothing_is_decided() -> None:
    """All of them failed: that is not the same as a measure that no run defines."""
    found = _bound("dwell.mean <= 1h").rule(_estimate(None, None, None, "undefined"), [])
    assert found == ("inconclusive", "no run went through")


def test_an_undefined_measure_decides_nothing() -> None:
    """No theft happened in any of the runs."""
    found, reason = _bound("dwell.mean <= 1h").rule(_estimate(None, None, None, "undefined"), [None, None])
    assert found == "inconclusive"
    assert "undefined in all 2 runs" in reason


@pytest.mark.parametrize(("value", "ruling"), [(0.0, "pass"), (0.5, "fail")])
def test_identical_values_decide_without_an_interval(value: float, ruling: str) -> None:
    """Zero in every run keeps it; the reason says how much that leaves open: 1 - 0.05 ** (1 / 10) = 26 %."""
    found, reason = _bound("undertrust.share <= 1%").rule(
        _estimate(value, None, None, "all zero"), [value] * 10
    )
    assert found == ruling
    assert "at most 25.9% of runs differ" in reason


def test_one_run_decides_nothing() -> None:
    """A single value is trivially identical to itself."""
    found, reason = _bound("undertrust.share <= 1%").rule(_estimate(0.0, None, None, "one run"), [0.0])
    assert (found, reason) == ("inconclusive", "one run gives no interval; make more replications")


def test_a_maximum_is_broken_by_one_run() -> None:
    """A maximum has no interval; that no run exceeds it is a statement about every run."""
    bound = _bound("undertrust.window.max <= 10m")
    found, reason = bound.rule(_estimate(700.0, None, None, "maximum"), [100.0, None, 700.0, 650.0])
    assert (found, reason) == ("fail", "broken in 2 of 3 runs, first in replication 2")


def test_a_maximum_that_every_run_keeps_passes_with_what_it_leaves_open() -> None:
    """1 - 0.05 ** (1 / 4) = 52.7 %: four runs say little, and the reason says how little."""
    bound = _bound("undertrust.window.max <= 10m")
    found, reason = bound.rule(_estimate(500.0, None, None, "maximum"), [100.0, 200.0, 500.0, 50.0])
    assert found == "pass"
    assert "52.7% of runs" in reason
