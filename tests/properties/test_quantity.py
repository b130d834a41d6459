"""Quantities survive being written and read, and nothing without a unit gets in."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from churnsim.base.quantity import (
    Duration,
    Factor,
    Money,
    PositiveDuration,
    Rate,
    Share,
    SignedDuration,
    Size,
    format_duration,
    format_factor,
    format_money,
    format_rate,
    format_share,
    format_size,
    parse_duration,
    parse_factor,
    parse_money,
    parse_rate,
    parse_share,
    parse_size,
)

FINITE = st.floats(min_value=0.0, allow_nan=False, allow_infinity=False)
WAYS: dict[str, tuple[Callable[[float], str], Callable[[str], float], object]] = {
    "duration": (format_duration, parse_duration, Duration),
    "rate": (format_rate, parse_rate, Rate),
    "money": (format_money, parse_money, Money),
    "size": (format_size, parse_size, Size),
    "factor": (format_factor, parse_factor, Factor),
    "share": (format_share, parse_share, Share),
}


@pytest.mark.parametrize("name", [name for name in WAYS if name != "share"])
@given(number=FINITE)
@example(number=0.0)
@example(number=5400.0)
@example(number=5e-324)
@example(number=1.7976931348623157e308)
def test_what_is_written_is_read_back_as_the_same_float(name: str, number: float) -> None:
    """Text to float is exact arithmetic rounded once, so nothing may be lost on the way."""
    write, read, _ = WAYS[name]
    assert read(write(number)) == number


@given(share=st.floats(0.0, 1.0))
def test_a_share_that_is_written_is_read_back_as_the_same_float(share: float) -> None:
    assert parse_share(format_share(share)) == share


@given(seconds=st.floats(allow_nan=False, allow_infinity=False))
def test_a_signed_duration_is_read_back_as_the_same_float(seconds: float) -> None:
    assert parse_duration(format_duration(seconds)) == seconds


@pytest.mark.parametrize("name", WAYS)
@given(number=st.floats(0.0, 1.0) | st.floats(0.0, 1e12))
def test_what_is_written_matches_the_pattern_editors_check(name: str, number: float) -> None:
    """The JSON schema must not call wrong what churnsim itself writes."""
    write, _, annotation = WAYS[name]
    if name == "share":
        number = min(number, 1.0)
    pattern = TypeAdapter(annotation).json_schema()["pattern"]
    assert re.search(pattern, write(number))


@pytest.mark.parametrize(
    "annotation", [Duration, PositiveDuration, SignedDuration, Rate, Share, Money, Size, Factor]
)
@given(number=st.floats() | st.integers() | st.booleans() | st.none())
def test_a_bare_number_is_never_a_quantity(annotation: object, number: object) -> None:
    """Zero, infinities and NaN included."""
    with pytest.raises(ValidationError):
        TypeAdapter(annotation).validate_python(number)


@given(text=st.text(max_size=30))
def test_any_other_text_is_refused_in_words(text: str) -> None:
    """Whatever is written, the answer is a finite number or a refusal, never another error."""
    for _, read, _ in WAYS.values():
        assert _is_number_or_refusal(read, text)


@given(
    hours=st.integers(0, 10_000),
    minutes=st.integers(0, 59),
    seconds=st.integers(0, 59),
    ms=st.integers(0, 999),
)
def test_parts_of_a_duration_add_up(hours: int, minutes: int, seconds: int, ms: int) -> None:
    total = parse_duration(f"{hours}h{minutes}m {seconds}s{ms}ms")
    assert total == (hours * 3_600_000 + minutes * 60_000 + seconds * 1_000 + ms) / 1_000


def _is_number_or_refusal(read: Callable[[str], float], text: str) -> bool:
    try:
        return math.isfinite(read(text))
    except ValueError as error:
        return "; " in str(error)
