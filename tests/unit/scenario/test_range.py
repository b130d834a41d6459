"""Ranges on sweep axes."""

from typing import Any

import pytest
from pydantic import ValidationError

from churnsim.scenario.range import Range


def of(**fields: Any) -> Range:
    return Range.model_validate(fields)


def test_steps_on_a_linear_scale_have_equal_differences() -> None:
    """By hand: 10, 30, 50 minutes."""
    assert of(low="10m", high="50m", steps=3).values == ("10m", "30m", "50m")


def test_steps_on_a_logarithmic_scale_have_equal_ratios() -> None:
    """By hand: a factor of 10 each."""
    assert of(low="1/s", high="1000/s", scale="log", steps=4).values == ("1/s", "10/s", "100/s", "1000/s")


def test_the_ends_stay_as_they_are_written() -> None:
    """60m is not turned into 1h: equal settings have one id."""
    assert of(low="60m", high="300m", steps=2).values == ("60m", "300m")


@pytest.mark.parametrize(
    ("low", "high", "half"),
    [
        ("0%", "50%", "25%"),
        ("$1", "$3", "$2"),
        ("1KiB", "3KiB", "2KiB"),
        (0.5, 1.5, 1.0),
        ("-10ms", "30ms", "10ms"),
    ],
)
def test_what_lies_between_is_written_with_its_unit(low: Any, high: Any, half: Any) -> None:
    """The middle of every sort of quantity."""
    assert of(low=low, high=high).at(0.5) == half


def test_whole_numbers_stay_whole_and_get_equal_parts() -> None:
    """2 to 4: each of the three has a third of the way."""
    axis = of(low=2, high=4)
    assert [axis.at(share) for share in (0.0, 0.32, 0.34, 0.66, 0.67, 0.999)] == [2, 2, 3, 3, 4, 4]
    assert isinstance(axis.at(0.5), int)


def test_values_between_are_rounded_so_that_every_machine_has_the_same() -> None:
    """Four digits of 1 h + (2 h)/3 = 6000 s, and of an e-th root."""
    assert of(low="1h", high="3h").at(1 / 3) == "1h40m"
    assert of(low="1s", high="10s", scale="log").at(0.5) == "3.162s"


def test_steps_that_round_to_one_value_are_one() -> None:
    assert of(low=1, high=3, steps=9).values == (1, 2, 3)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        ("2h", 9, "of one sort .got a duration, 2h, and a number, 9."),
        ("2h", "5%", "of one sort .got a duration, 2h, and a share, 5%."),
        ("2h", "mesh", "a number or a quantity .got 'mesh'."),
        (True, 2, "a number or a quantity .got True."),
        ("2h", "2h", "above the lower"),
    ],
)
def test_ends_that_make_no_range_are_refused(low: Any, high: Any, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        of(low=low, high=high)
