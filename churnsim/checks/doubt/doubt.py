"""What a doubt is, and what those about several things share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeGuard

from churnsim.base.quantity import format_duration
from churnsim.base.readable import readable
from churnsim.model.spell import Spells
from churnsim.scenario.path import Path


@dataclass(frozen=True, slots=True)
class Doubt:
    """A value that causes a doubt, what is questionable about it, and what to do."""

    path: Path
    message: str
    remedy: str


def has_spells(failure: object) -> TypeGuard[Spells]:
    """Whether a failure comes in spells: from an instant to another."""
    return isinstance(failure, Spells)


def about(seconds: float) -> str:
    """A time that was worked out, to three digits."""
    return format_duration(float(f"{seconds:.3g}"))


def rate_text(rate: float, like: float | None = None) -> str:
    """A rate [1/s] in the unit that suits it, or the one that it is to be compared with."""
    return readable(rate, "1/s", like=like)
