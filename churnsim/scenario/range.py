"""A range of values on a sweep axis."""

from __future__ import annotations

import math
from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from churnsim.base.errors import refusal
from churnsim.base.recipe import Recipe
from churnsim.scenario.magnitude import Magnitude


class Range(Recipe):
    """All values between two ends."""

    low: Any = Field(description="lower end, written as the value itself, such as 5m")
    high: Any = Field(description="upper end")
    scale: Literal["linear", "log"] = Field(
        "linear", description="linear: equal differences are alike; log: equal ratios are"
    )
    steps: int | None = Field(
        None,
        strict=True,
        ge=2,
        le=100_000,
        description="how many values, ends included, where a design takes listed ones",
    )

    @field_validator("low")
    @classmethod
    def _is_a_magnitude(cls, low: Any) -> Any:
        _magnitude(low)
        return low

    @field_validator("high")
    @classmethod
    def _of_the_same_sort_and_above(cls, high: Any, info: ValidationInfo) -> Any:
        end, low = _magnitude(high), Magnitude.of(info.data.get("low"))
        if low is None:
            return high  # its own mistake is told already
        if low.name != end.name:
            raise refusal(
                "range",
                f"the ends of a range are of one sort (got a {low.name}, {info.data['low']}, and "
                f"a {end.name}, {high})",
                "write both with the same kind of unit",
            )
        if low.number >= end.number:
            said = f"the upper end of a range lies above the lower (got {high} after {info.data['low']})"
            raise refusal("range", said, "swap them, or write one value in a list")
        return high

    @field_validator("scale")
    @classmethod
    def _positive_where_logarithmic(cls, scale: str, info: ValidationInfo) -> str:
        low = Magnitude.of(info.data.get("low"))
        if scale == "log" and low is not None and low.number <= 0:
            said = f"a logarithmic range begins above 0 (got {info.data['low']})"
            raise refusal("range", said, "begin it higher, or write 'scale: linear'")
        return scale

    @property
    def values(self) -> tuple[Any, ...]:
        """`steps` values, the ends as written among them."""
        count = self.steps or 2
        inner = [self.at(step / (count - 1)) for step in range(1, count - 1)]
        return tuple(dict.fromkeys([self.low, *inner, self.high]))

    def at(self, share: float) -> Any:
        """The value that has `share`, in [0, 1], of the range below it, as a scenario writes it."""
        low, high = _magnitude(self.low), _magnitude(self.high)
        if self.scale == "log":
            number = math.exp(math.log(low.number) * (1 - share) + math.log(high.number) * share)
        elif low.is_whole and high.is_whole:
            # Every whole number owns an equal part of the range, those at the ends included.
            number = low.number - 0.5 + share * (high.number - low.number + 1)
        else:
            number = low.number * (1 - share) + high.number * share
        sort = low if not low.is_whole or high.is_whole else high
        return sort.written(min(max(number, low.number), high.number))


def _magnitude(word: Any) -> Magnitude:
    found = Magnitude.of(word)
    if found is None:
        raise refusal(
            "range",
            f"an end of a range is a number or a quantity (got {word!r})",
            "write such as 'low: 5m', or list the values: [a, b]",
        )
    return found
