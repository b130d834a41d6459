"""Probability laws of durations: one file per kind, all read through `Law`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator

from churnsim.base.distribution.distribution import Distribution, Numbers
from churnsim.base.errors import refusal
from churnsim.base.quantity import format_duration
from churnsim.base.registry import Kinds

__all__ = ["LAWS", "Distribution", "Law", "Numbers", "SignedLaw"]


def _always(value: Any) -> Mapping[str, Any] | None:
    """A plain duration is the law that always gives it; numbers go through to be told about units."""
    is_plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return {"kind": "constant", "value": value} if is_plain else None


LAWS: Kinds[Distribution] = Kinds(
    "law",
    "churnsim.base.distribution",
    Distribution,
    shorthand=_always,
    shorthand_schema={"type": "string", "pattern": r"^\s*[-+.\d]", "examples": ["4s", "90ms", "1h30m"]},
)

SignedLaw: TypeAlias = Annotated[Distribution, LAWS]
"""Field type of a law that may be negative, such as a clock's error."""


def _duration(law: Distribution) -> Distribution:
    if law.low < 0:
        low = format_duration(law.low) if math.isfinite(law.low) else "any depth"
        said = f"a duration must not be negative (this law goes down to {low})"
        raise refusal("negative", said, "truncate it")
    return law


Law: TypeAlias = Annotated[Distribution, LAWS, AfterValidator(_duration)]
"""Field type of the law of a duration."""
