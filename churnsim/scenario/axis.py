"""A sweep axis: the values that a study tries at one path, listed or as a range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, ValidationInfo

from churnsim.base.errors import refusal
from churnsim.scenario.range import Range


def _read(value: Any, info: ValidationInfo) -> Any:
    """Make the axis here, so that a mistake in a range is told once and at its place."""
    if isinstance(value, Mapping):
        return Range.model_validate(value, context=info.context)
    if not isinstance(value, list | tuple | Range):
        said = f"an axis is a list of values or a range (got {value!r:.60})"
        raise refusal("axis", said, "write [5m, 1h] or {low: 5m, high: 1h}")
    return value


Axis: TypeAlias = Annotated[tuple[Any, ...] | Range, BeforeValidator(_read)]
Axes: TypeAlias = Mapping[str, tuple[Any, ...] | Range]
"""Axis by dotted path, in the order of the study."""


def listed(axis: tuple[Any, ...] | Range) -> tuple[Any, ...]:
    """The values of an axis one by one; a range has as many as its ``steps``."""
    return axis.values if isinstance(axis, Range) else axis


def at(axis: tuple[Any, ...] | Range, share: float) -> Any:
    """The value of an axis that has `share`, in [0, 1), of the others before it."""
    return axis.at(share) if isinstance(axis, Range) else axis[int(share * len(axis))]
