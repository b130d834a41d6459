"""Retry once per window, at a uniform point of it."""

from math import floor
from typing import Literal

from pydantic import Field

from churnsim.base.quantity import PositiveDuration
from churnsim.model.retry import Retry


class WindowRetry(Retry):
    """Ask again in the next window, at a uniform point of it; windows count from when it first asked.

    However many ask, the load is the same in every window and falls only as they are answered: nobody has
    to know how many there are. Source: F106.
    """

    kind: Literal["window"] = "window"
    every: PositiveDuration = Field(description="length of a window; each holds one attempt")

    def delay(self, tries: int, waited: float, left: float, u: float) -> float:
        return (floor(waited / self.every) + 1.0 + u) * self.every - waited
