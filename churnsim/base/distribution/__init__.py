"""Probability laws of durations: one file per kind, all read through `Law`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from churnsim.base.distribution.distribution import Distribution, Numbers
from churnsim.base.registry import Kinds

__all__ = ["LAWS", "Distribution", "Law", "Numbers"]


def _always(value: Any) -> Mapping[str, Any] | None:
    """A plain duration is the law that always gives it; numbers go through to be told about units."""
    is_plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return {"kind": "constant", "value": value} if is_plain else None


LAWS: Kinds[Distribution] = Kinds(
    "law",
    "churnsim.base.distribution",
    Distribution,
    shorthand=_always,
    shorthand_schema={"type": "string", "pattern": r"^\s*[+.\d]", "examples": ["4s", "90ms", "1h30m"]},
)

Law: TypeAlias = Annotated[Distribution, LAWS]
