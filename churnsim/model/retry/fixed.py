"""Retry after a fixed pause."""

from typing import Literal

from pydantic import Field

from churnsim.base.quantity import PositiveDuration
from churnsim.model.retry import Retry


class FixedRetry(Retry):
    """Ask again after the same pause each time."""

    kind: Literal["fixed"] = "fixed"
    every: PositiveDuration = Field(description="pause between attempts")

    def delay(self, tries: int, waited: float, left: float, u: float) -> float:
        return self.every
