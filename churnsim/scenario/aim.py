"""The precision at which a study has runs enough."""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from churnsim.base.errors import refusal
from churnsim.base.recipe import Recipe

_TEXT = re.compile(r"\s*(?P<measure>[A-Za-z_][\w.-]*)\s*(?:\+-|\+/-|±)\s*(?P<width>[^\s±].*?)\s*")


class Aim(Recipe):
    """Go on until the interval of a measure is so short, at every point."""

    measure: str = Field(description="name of the measure")
    half_width: str | float = Field(
        description="how far an end of its interval may lie from it; percent of what is no share is relative"
    )
    first: int = Field(
        32, strict=True, ge=2, le=1_000_000, description="runs of each point at the first look"
    )
    most: int = Field(
        4096, strict=True, ge=2, le=1_000_000, description="runs of each point at the last look"
    )

    @field_validator("most")
    @classmethod
    def _not_before_the_first(cls, most: int, info: ValidationInfo) -> int:
        first = info.data.get("first", 2)
        if most < first:
            said = f"the last look comes after the first (got {most} after {first} runs)"
            raise refusal("precision", said, "raise 'most', or lower 'first'")
        return most

    def __str__(self) -> str:
        return f"{self.measure} ± {self.half_width}"


def _read(value: Any) -> Any:
    """A text in place of the mapping, one aim in place of a list."""
    if isinstance(value, list | tuple):
        return tuple(map(_aim, value))
    return (_aim(value),)


def _aim(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    found = _TEXT.fullmatch(value)
    if found is None:
        said = f"{value!r} is no precision"
        raise refusal("precision", said, "write one as in 'availability +- 0.01%'")
    return {"measure": found["measure"], "half_width": found["width"]}


_Written: TypeAlias = str | Aim
Aims: TypeAlias = Annotated[
    tuple[Aim, ...], BeforeValidator(_read, json_schema_input_type=_Written | tuple[_Written, ...])
]
