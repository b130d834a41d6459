"""The autoscaler by the length of a queue of KEDA."""

from __future__ import annotations

from math import ceil, inf
from typing import ClassVar, Literal

from pydantic import Field

from churnsim.base.quantity import Duration, PositiveDuration
from churnsim.model.autoscaler import Decider, Periodic, Sight

_SLACK = 1e-9


class QueueLengthAutoscaler(Periodic):
    """KEDA on a queue: a unit for so many jobs that wait or are in flight; down to no unit at all."""

    kind: Literal["queue-length"] = "queue-length"
    needs_traffic: ClassVar[bool] = False
    needs_jobs: ClassVar[bool] = True
    floor: int = Field(0, strict=True, ge=0, description="fewest units it wants")
    ceiling: int = Field(100, strict=True, ge=1, le=1_000_000, description="most units it wants (F208)")
    target: float = Field(5.0, gt=0, description="jobs that one unit should have, waiting ones included")
    poll: PositiveDuration = Field("30s", validate_default=True, description="time between two looks (F207)")
    cooldown: Duration = Field(
        "5m", validate_default=True, description="time without jobs before the last unit goes (F208)"
    )

    @property
    def period(self) -> float:
        return self.poll

    @property
    def memory(self) -> float:
        return self.cooldown + 2 * self.poll

    def decider(self) -> Decider:
        return _QueueLength(self)


class _QueueLength:
    """One run's memory of the queue: when there was last something in it, or else the first look."""

    def __init__(self, recipe: QueueLengthAutoscaler) -> None:
        self._recipe = recipe
        self._active = -inf

    def decide(self, sight: Sight) -> int:
        recipe = self._recipe
        if sight.jobs > 0 or self._active == -inf:
            self._active = sight.now
        is_active = sight.jobs > 0 or sight.now - self._active < recipe.cooldown
        wish = max(ceil(sight.jobs / recipe.target - _SLACK), int(is_active))
        return min(max(wish, recipe.floor), recipe.ceiling)
