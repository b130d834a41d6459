"""Numbers as people read them."""

from __future__ import annotations

import math

import pytest

from churnsim.base.readable import counted, readable, setting, span, usual


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.99987, "share", "99.987%"),
        (0.9999871, "share", "99.99871%"),
        (1.0, "share", "100%"),
        (0.0, "share", "0%"),
        (1.2e-9, "share", "1.2e-07%"),
        (4500.0, "s", "1.25 h"),
        (0.09, "s", "90 ms"),
        (0.0, "s", "0 s"),
        (25.0, "1/s", "25/s"),
        (0.0011, "1/s", "3.96/h"),
        (0.53, "1/h", "0.53/h"),
        (12.3, "USD", "$12.30"),
        (0.00012, "USD", "$0.0001200"),
        (1234567.0, "1", "1,234,567"),
        (3.2, "pairs", "3.2 pairs"),
        (1.0, "requests", "1 request"),
        (1.0, "pair s", "1 pair s"),
        (-1.44, "share", "-144%"),
    ],
)
def test_a_number_alone_has_four_digits_and_its_unit(value: float, unit: str, text: str) -> None:
    """A share near 1 shows four digits of what is missing to it; money two decimals at least."""
    assert readable(value, unit) == text


def test_an_estimate_has_two_digits_of_its_half_width() -> None:
    """Half-width 100 s = 0.028 h, so three decimals of an hour."""
    assert readable(4500.123, "s", 4400.0, 4600.0) == "1.250 h [1.222, 1.278]"


def test_numbers_to_be_compared_share_one_unit() -> None:
    """A usual one of 40 s, 20 min and 1 h is 20 min; what is zero or undefined has no say."""
    like = usual([40.0, 1200.0, 3600.0, 0.0, None, math.nan])
    assert like == 1200.0
    assert readable(40.0, "s", like=like) == "0.6667 min"
    assert usual([0.0, None]) is None


def test_value_and_interval_share_one_unit() -> None:
    """A value of 0 takes the unit that its interval reaches."""
    assert readable(0.0, "s", 0.0, 4000.0) == "0.00 h [0.00, 1.11]"


@pytest.mark.parametrize("nothing", [None, math.nan])
def test_what_is_undefined_is_a_dash(nothing: float | None) -> None:
    """Never 0 and never 1; an interval that is undefined is left out."""
    assert readable(nothing, "s") == "–"
    assert readable(0.5, "share", nothing, nothing) == "50%"


@pytest.mark.parametrize(("seconds", "text"), [(7.4, "7 s"), (125.0, "2 min 5 s"), (7260.0, "2 h 1 min")])
def test_a_span_has_at_most_two_units(seconds: float, text: str) -> None:
    """For time left: nobody needs the seconds of an hour."""
    assert span(seconds) == text


def test_a_number_may_take_the_unit_of_another() -> None:
    """So that a column of a table keeps to one: 90 s beside hours, half an hour beside seconds."""
    assert readable(90.0, "s", like=7200.0) == "0.025 h"
    assert readable(1800.0, "s", 1790.0, 1810.0, like=5.0) == "1,800 s [1,790, 1,810]"
    assert readable(0.0, "1/s", like=0.1) == "0/min"


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 runs"), (1, "1 run"), (20, "20 runs"), (4000, "4,000 runs")]
)
def test_one_of_a_thing_is_not_several(number: int, text: str) -> None:
    """English has one singular."""
    assert counted(number, "run") == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("15m", "15m"),
        (None, "none"),
        (True, "true"),
        (3, "3"),
        ({"kind": "once", "low": "45%", "high": "55%"}, "once, low 45%, high 55%"),
        ({"signers": 2, "queue": {"kind": "lifo", "most": 9}}, "signers 2, queue (lifo, most 9)"),
        (["1h", {"kind": "none"}], "[1h, (none)]"),
    ],
)
def test_a_value_of_a_scenario_fits_a_line(value: object, text: str) -> None:
    """As a person would say it, not as Python would."""
    assert setting(value) == text
