"""Batches: so many units at a time, and no more before all of them are ready."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from churnsim.base.errors import refusal
from churnsim.base.quantity import Share
from churnsim.model.rollout import Course, Rollout, Sight, Step, most


class BatchedRollout(Rollout):
    """A batch of new units at a time beside those there are; old ones go once the whole batch is ready."""

    kind: Literal["batched"] = "batched"
    batch: Share = Field(
        "25%", validate_default=True, description="units replaced at a time, of those desired, rounded up"
    )

    @model_validator(mode="after")
    def _moves(self) -> Self:
        if not self.batch:
            raise refusal("standstill", "a batch of 0% replaces no unit", "write one such as 25%")
        return self

    @property
    def surge(self) -> float:
        return self.batch

    @property
    def unavailable(self) -> float:
        return 0.0

    def course(self, is_back: bool) -> Course:
        return _Batches(self.batch)


class _Batches:
    """One rollout, which remembers nothing."""

    def __init__(self, batch: float) -> None:
        self._batch = batch

    def step(self, sight: Sight) -> Step:
        if sight.coming:  # an autoscaler may want fewer than there are
            return Step(is_complete=sight.is_replaced, is_over=sight.is_replaced)
        stop = min(max(sight.there + sight.old - sight.desired, 0), sight.old)
        room = most(sight.desired, self._batch) - (sight.there + sight.old - stop)
        create = max(min(room, sight.desired - sight.there), 0)
        return Step(create, stop, is_complete=sight.is_replaced, is_over=sight.is_replaced)
