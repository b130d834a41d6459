"""How quantities are written, and what is said where they are not."""

from __future__ import annotations

import jsonschema
import pytest
from pydantic import Field, TypeAdapter, ValidationError

from churnsim.base.quantity import (
    Duration,
    Factor,
    PositiveDuration,
    Rate,
    Share,
    SignedDuration,
    Size,
    format_duration,
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
from churnsim.base.recipe import Recipe


class Renewal(Recipe):
    """A recipe with quantities."""

    after: PositiveDuration = Field("90s", validate_default=True, description="when")
    jitter: Share = Field("10%", validate_default=True, gt=0, description="how much")
    grace: Duration | None = Field(None, description="how long")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90.0),
        ("1.5m", 90.0),
        ("1m30s", 90.0),
        ("1h 30min", 5400.0),
        ("90ms", 0.09),
        ("250us", 250e-6),
        ("250µs", 250e-6),
        ("20ns", 20e-9),
        ("1d", 86_400.0),
        ("2w", 1_209_600.0),
        ("0s", 0.0),
        ("1.25e7s", 1.25e7),
        ("-20ms", -0.02),
        (" +5s ", 5.0),
        (".5s", 0.5),
    ],
)
def test_a_duration_is_read_in_its_unit(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (5400.0, "1h30m"),
        (0.09, "90ms"),
        (86_400.0, "1d"),
        (90.5, "1m30.5s"),
        (0.0, "0s"),
        (-0.02, "-20ms"),
        (2.5e-7, "250ns"),
    ],
)
def test_a_duration_is_written_as_people_write_it(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


def test_the_other_quantities_are_read_and_written_in_their_units() -> None:
    assert [parse_rate(text) for text in ("2000/s", "6/min", "9 / h", "1/d")] == [
        2000,
        0.1,
        0.0025,
        1 / 86_400,
    ]
    assert [parse_share(text) for text in ("25%", "1/4", "250‰", "99.95%")] == [0.25, 0.25, 0.25, 0.9995]
    assert [parse_money(text) for text in ("$0.04", "0.04 USD", "4 cents")] == [0.04, 0.04, 0.04]
    assert [parse_size(text) for text in ("512B", "4KiB", "1.5MB", "2 GiB")] == [512, 4096, 1.5e6, 2**31]
    assert (format_rate(0.1), format_share(0.9995), format_money(0.04)) == ("0.1/s", "99.95%", "$0.04")
    assert [parse_factor(text) for text in ("x2", "2x", "× 0.5")] == [2.0, 2.0, 0.5]
    assert (format_rate(5 / 60), format_size(4096.0)) == ("5/min", "4KiB")


@pytest.mark.parametrize(
    ("annotation", "value", "said"),
    [
        (Duration, 90, "a duration needs a unit (got 90); write 90s, 1.5m or 1m30s"),
        (Duration, 5, "a duration needs a unit (got 5); write 5s, 5m or 5h"),
        (Duration, "5", "a duration needs a unit (got '5'); write 5s, 5m or 5h"),
        (Duration, 0, "a duration needs a unit (got 0); write 0s, 0m or 0h"),
        (Duration, -5, "a duration must not be negative (got -5)"),
        (Duration, "-5s", "a duration must not be negative (got -5s)"),
        (Duration, float("nan"), "a duration must be a finite number (got nan)"),
        (Duration, "inf", "a duration must be a finite number (got 'inf')"),
        (Duration, "1e999s", "this duration is too large"),
        (Duration, "1m1h", "units go from large to small"),
        (Duration, "5 minutes", "unknown unit 'minutes' in '5 minutes'; units are ns, us, ms, s, m, h, d, w"),
        (Duration, "12:30", "not a duration: '12:30'"),
        (Duration, True, "a duration is a number with a unit (got true)"),
        (Duration, None, "a duration is a number with a unit (got nothing)"),
        (Duration, ["5s"], "a duration is a number with a unit (got a list)"),
        (PositiveDuration, "0s", "this duration must be more than 0 (got 0s)"),
        (SignedDuration, -1, "a duration needs a unit (got -1); write -1s, -1m or -1h"),
        (Share, 0.25, "a share needs a unit (got 0.25); write 25%, 1/4 or 250‰"),
        (Share, "150%", "a share is at most 100% (got 150%)"),
        (Share, "1/0", "a share cannot be divided by 0"),
        (Rate, 5, "a rate needs a unit (got 5); write 5/s, 5/min or 5/h"),
        (Rate, "5/y", "unknown unit 'y'"),
        (Size, "5KB", "unknown unit 'KB'"),
        (Factor, 2, "a factor needs a unit (got 2); write x2, 2x or ×2"),
        (Factor, "x0", "this factor must be more than 0 (got x0)"),
        (Factor, "twice", "not a factor: 'twice'; write x2, x0.5 or x1"),
    ],
)
def test_a_wrong_quantity_is_told_what_would_be_right(annotation: object, value: object, said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(annotation).validate_python(value)
    (error,) = caught.value.errors()
    assert error["msg"].startswith(said)
    assert error["msg"] == f"{error['ctx']['message']}; {error['ctx']['remedy']}"


def test_a_field_may_narrow_a_quantity() -> None:
    with pytest.raises(ValidationError, match="greater than 0"):
        Renewal(jitter="0%")


def test_a_recipe_is_written_as_text_and_read_back() -> None:
    renewal = Renewal(after="1h30m", grace="5s")
    assert renewal.after == 5400.0
    assert renewal.model_dump(mode="json") == {"after": "1h30m", "jitter": "10%", "grace": "5s"}
    assert Renewal.model_validate(renewal.model_dump(mode="json")) == renewal
    assert Renewal.model_validate_json(renewal.model_dump_json()) == renewal


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_every_default_obeys_the_json_schema(mode: str) -> None:
    """An editor inserts the default; it must be the text of a quantity."""
    schema = Renewal.model_json_schema(mode=mode)
    jsonschema.validate({}, schema)
    for field in schema["properties"].values():
        jsonschema.validate(field["default"], field)
