"""The canary: a share of the units first, and the rest once that has stood its test."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, inf
from typing import Literal, Self

from pydantic import Field, model_validator

from churnsim.base.errors import refusal
from churnsim.base.quantity import PositiveDuration, Share, format_share
from churnsim.model.rollout import Bounds, Course, Rollout, Sight, Step, rolled


class CanaryRollout(Bounds, Rollout):
    """A share of the units first; the rest, a few at a time, once that share has been ready for a while."""

    kind: Literal["canary"] = "canary"
    share: Share = Field("10%", validate_default=True, description="units that go first, rounded up")
    bake: PositiveDuration = Field(
        "10m", validate_default=True, description="time from when they are ready to when the rest follows"
    )

    @model_validator(mode="after")
    def _is_a_part(self) -> Self:
        if not 0 < self.share < 1:
            said = f"the share of a canary must lie between 0% and 100% (got {format_share(self.share)})"
            raise refusal("range", said, "write one such as 10%, or kind: rolling")
        return self

    @property
    def surge(self) -> float:
        return self.max_surge

    @property
    def unavailable(self) -> float:
        return self.max_unavailable

    def course(self, is_back: bool) -> Course:
        return _Canary(self, is_back)


class _Canary:
    """One rollout: when its first part has stood its test. On the way back there is none."""

    def __init__(self, recipe: CanaryRollout, is_back: bool) -> None:
        self._recipe = recipe
        self._ends: float | None = -inf if is_back else None

    def step(self, sight: Sight) -> Step:
        recipe = self._recipe
        few = min(max(ceil(recipe.share * sight.desired - 1e-9), 1), sight.desired)
        if self._ends is None and sight.ready >= few:
            self._ends = sight.now + recipe.bake
        is_on_test = self._ends is None or sight.now < self._ends
        goal = few if is_on_test else sight.desired
        step = rolled(sight, goal, recipe.max_surge, recipe.max_unavailable)
        return replace(step, until=self._ends) if is_on_test and self._ends is not None else step
