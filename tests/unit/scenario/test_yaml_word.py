"""Plain YAML words mean what YAML 1.2 says."""

import math

import pytest

from churnsim.scenario.word import DIGITS_MAX, meaning


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("off", "off"),  # booleans, sexagesimals, octals and dates of YAML 1.1 are words or numbers in 1.2
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("y", "y"),
        ("12:30", "12:30"),
        ("1:00:00", "1:00:00"),
        ("2026-01-01", "2026-01-01"),
        ("1_000", "1_000"),
        ("017", 17),
        ("08", 8),
        ("0o17", 15),
        ("0x1F", 31),
        ("1e3", 1000.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("-0.5e-2", -0.005),
        ("+7", 7),
        ("~", None),
        ("", None),
        ("null", None),
        ("nULL", "nULL"),
        ("true", True),
        ("True", True),
        ("tRUE", "tRUE"),
        ("50%", "50%"),
        ("1/4", "1/4"),
        ("0x", "0x"),
        ("-", "-"),
        (".", "."),
        ("inf", "inf"),
        ("nan", "nan"),
        ("٣", "٣"),  # a digit, but not one of YAML's
    ],
)
def test_a_plain_word_means_what_the_core_schema_says(text: str, value: object) -> None:
    """Table of YAML 1.2.2, section 10.3.2, and the traps of version 1.1."""
    got = meaning(text)
    assert got == value
    assert type(got) is type(value)


def test_numbers_may_be_infinite_or_undefined() -> None:
    """The words of section 10.3.2; the reader refuses them afterwards."""
    assert meaning("-.inf") == -math.inf
    assert meaning("1e400") == math.inf
    nan = meaning(".NaN")
    assert isinstance(nan, float)
    assert math.isnan(nan)


def test_a_number_without_end_is_refused_before_it_is_converted() -> None:
    """Turning n digits into an integer takes time that grows with n squared."""
    with pytest.raises(ValueError, match="too long"):
        meaning("9" * (DIGITS_MAX + 1))
