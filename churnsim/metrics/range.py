"""What values a measure can take: an estimate knows no bounds, the measure does."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Range:
    """All numbers from `low` to `high`, both included.

    Parameters
    ----------
    low, high : float
        In the unit of the measure; infinite where there is no bound.

    Raises
    ------
    ValueError
        If `low` is not below `high`.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"a range goes from low to high, got {self.low} to {self.high}")

    @classmethod
    def of(cls, unit: str) -> Range:
        """The range that a unit implies: a share is part of a whole, no other quantity is negative."""
        return SHARE if unit == "share" else AMOUNT

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def nearest(self, value: float) -> float:
        """The number in the range that is nearest to `value`."""
        return min(max(value, self.low), self.high)


SHARE = Range(0.0, 1.0)
AMOUNT = Range(0.0, math.inf)
ANY = Range(-math.inf, math.inf)
