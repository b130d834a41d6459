"""Checkpoints: how much of a job's work outlasts the unit that did it."""

from __future__ import annotations

from math import ceil

from pydantic import Field

from churnsim.base.quantity import Duration, PositiveDuration
from churnsim.base.recipe import Recipe


class Checkpoints(Recipe):
    """Work saved so often, at a cost; whoever continues a job begins where the last checkpoint left it."""

    every: PositiveDuration = Field(description="work between two checkpoints")
    cost: Duration = Field("0s", validate_default=True, description="time that a checkpoint takes")
    restore: Duration = Field(
        "0s", validate_default=True, description="time that it takes to go on from a checkpoint"
    )

    def number(self, work: float) -> int:
        """How many checkpoints `work` [s] has; none at its end, where it is committed."""
        return max(ceil(work / self.every - 1e-9) - 1, 0)

    def instant(self, start: float, number: int) -> float:
        """When a checkpoint is complete [s], counted from 1, of work that began at `start`."""
        return start + number * (self.every + self.cost)

    def complete(self, start: float, now: float, most: int) -> int:
        """How many of at most so many checkpoints are complete at `now` [s], that instant included."""
        number = min(max(int((now - start) / (self.every + self.cost)) + 1, 0), most)
        while number and self.instant(start, number) > now:
            number -= 1
        return number
