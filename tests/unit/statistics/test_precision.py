"""When runs are enough for a stated precision."""

from __future__ import annotations

import numpy as np
import pytest

from churnsim.metrics.measurement import Measurement, Peak, Ratio, Scalar
from churnsim.metrics.range import SHARE
from churnsim.statistics import Look, Precision, look, together


def runs(n: int, spread: float = 1.0) -> list[Scalar]:
    """Values around 10 that are not skewed."""
    return [Scalar(10.0 + spread * (-1) ** k) for k in range(n)]


def test_enough_when_both_ends_lie_within_the_half_width() -> None:
    """32 values of 10 plus or minus 1: Student's half width is 2.04 x 1.016 / sqrt(32) = 0.366."""
    assert look(runs(32), Precision(0.37)).state == "enough"
    more = look(runs(32), Precision(0.36))
    assert (more.state, more.runs) == ("more", 48)
    assert more.half_width == pytest.approx(0.3663, abs=1e-4)


def test_a_relative_half_width_is_a_share_of_the_estimate() -> None:
    """0.366 is 3.7 % of 10."""
    assert look(runs(32), Precision(0.037, is_relative=True)).state == "enough"
    assert look(runs(32), Precision(0.036, is_relative=True)).state == "more"


def test_looks_are_fixed_beforehand_and_the_forecast_passes_some_over() -> None:
    """A half width twice too long takes four times the runs; believed are three times, the look after 96."""
    asked = Precision(0.18, most=1000)
    assert asked.looks == (32, 48, 72, 108, 162, 243, 365, 548, 822, 1000)
    assert look(runs(32), asked).runs == 108
    assert look(runs(108), asked).runs == 162


def test_before_the_first_look_nothing_is_enough() -> None:
    """Eight runs that are all alike prove little."""
    assert look(runs(8, 0.0), Precision(1.0)) == Look(
        "more", 32, 0.0, "8 runs are fewer than the first look takes"
    )
    assert look([], Precision(1.0)).runs == 32


def test_the_last_look_is_the_end() -> None:
    asked = Precision(0.01, most=40)
    assert look(runs(32), asked).runs == 40
    last = look(runs(40), asked)
    assert (last.state, last.runs) == ("exhausted", 40)
    assert last.reason.endswith("40 runs are as many as allowed")


def test_what_never_happened_is_not_precise() -> None:
    """Zeros alone have no interval; neither have fourteen runs that show something."""
    zeros: list[Measurement] = [Scalar(0.0)] * 32
    assert look(zeros, Precision(1.0)).reason.startswith("no interval yet: all zero, nothing of it in any")
    few = [*[Scalar(float(k + 1)) for k in range(14)], *[Scalar(0.0)] * 18]
    assert look(few, Precision(100.0)).state == "more"


def test_what_is_the_same_in_every_run_is_precise() -> None:
    assert look(runs(32, 0.0), Precision(0.001)).state == "enough"


def test_the_farther_end_of_a_skewed_interval_counts() -> None:
    """On the logit scale the arm away from 0 is longer: half the length of the interval would be too kind."""
    rng = np.random.default_rng(1)
    errors = [Ratio(float(each), 1.0) for each in rng.exponential(0.01, 40)]
    found = look(errors, Precision(1.0), possible=SHARE)
    mean = sum(each.numerator for each in errors) / 40
    assert found.half_width is not None
    assert look(errors, Precision(found.half_width * 0.99), possible=SHARE).state == "more"
    assert found.half_width > 0.2 * mean


def test_a_maximum_is_refused() -> None:
    """Its interval would never come."""
    with pytest.raises(ValueError, match="a maximum has no interval"):
        look([Peak(1.0)], Precision(1.0))


def test_all_that_run_together_must_be_enough() -> None:
    """The next look is that of whoever needs most."""
    enough, more = Look("enough", 32, 0.1, ""), Look("more", 48, 0.3, "")
    most, exhausted = Look("more", 162, 0.9, ""), Look("exhausted", 32, 0.9, "")
    assert together([enough, more, most]) is most
    assert together([enough, exhausted]) is exhausted
    assert together([enough]) is enough


@pytest.mark.parametrize(
    ("text", "unit", "half_width", "is_relative"),
    [
        ("0.01%", "share", 0.0001, False),
        ("5s", "s", 5.0, False),
        ("5%", "s", 0.05, True),
        ("$2", "USD", 2.0, False),
        ("10/h", "1/h", 10.0, False),
        ("0.1", "1", 0.1, False),
        ("10%", "1", 0.1, True),
    ],
)
def test_a_precision_is_read_in_the_unit_of_its_measure(
    text: str, unit: str, half_width: float, is_relative: bool
) -> None:
    """Percent of a share is itself a share; of anything else it is relative."""
    found = Precision.read(text, unit)
    assert (found.half_width, found.is_relative) == (pytest.approx(half_width), is_relative)


@pytest.mark.parametrize(
    ("text", "unit", "said"),
    [
        ("5", "s", "needs a unit"),
        ("0%", "share", "a precision is positive"),
        ("-1", "1", "a precision is positive"),
        ("nan", "1", "a precision is positive"),
        ("lots", "1", "neither a number nor percent"),
    ],
)
def test_a_wrong_precision_is_refused(text: str, unit: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Precision.read(text, unit)


def test_looks_must_go_upwards() -> None:
    with pytest.raises(ValueError, match=r"looks go from 2 runs or more upwards \(got 32 to 10\)"):
        Precision(1.0, most=10)
