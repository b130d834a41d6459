"""A schedule of how many units there should be."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from math import floor, inf
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from churnsim.base.errors import refusal
from churnsim.base.quantity import Duration, PositiveDuration, format_duration
from churnsim.base.recipe import Recipe
from churnsim.model.autoscaler import Autoscaler, Decider, Sight


class Appointment(Recipe):
    """A number of units from an instant on."""

    at: Duration = Field(description="when it begins", examples=["0s"])
    units: int = Field(strict=True, ge=0, le=1_000_000, description="units wanted from then on")


class ScheduleAutoscaler(Autoscaler):
    """So many units from fixed times on, once or in a circle, whatever comes; before 0 as if at 0."""

    kind: Literal["schedule"] = "schedule"
    needs_traffic: ClassVar[bool] = False
    steps: tuple[Appointment, ...] = Field(
        min_length=1, max_length=10_000, description="units, each number from an instant on, in order of time"
    )
    every: PositiveDuration | None = Field(
        None, description="time after which it begins anew; never by default"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        times = [step.at for step in self.steps]
        if times[0] != 0:
            said = f"the first step must begin at 0s (got {format_duration(times[0])})"
            raise refusal("order", said, "say how many units it begins with")
        for before, after in pairwise([*times, *([] if self.every is None else [self.every])]):
            if after <= before:
                found = f"{format_duration(after)} after {format_duration(before)}"
                raise refusal("order", f"steps must be in order of time, within every ({found})", "sort them")
        return self

    @property
    def lowest(self) -> int:
        return min(step.units for step in self.steps)

    @property
    def highest(self) -> int:
        return max(step.units for step in self.steps)

    @property
    def memory(self) -> float:
        return 0.0

    def first(self, start: float, u: float) -> float:
        return start

    def following(self, now: float) -> float:
        turn, phase = self._phase(now)
        later = [step.at for step in self.steps if step.at > phase]
        if later:
            return self._instant(turn, later[0])
        return inf if self.every is None else self._instant(turn + 1, 0.0)

    def decider(self) -> Decider:
        return _Schedule(self)

    def units(self, now: float) -> int:
        """How many units it wants at an instant [s]."""
        _, phase = self._phase(now)
        return self.steps[max(bisect_right([step.at for step in self.steps], phase) - 1, 0)].units

    def _instant(self, turn: int, at: float) -> float:
        return at if self.every is None else turn * self.every + at

    def _phase(self, now: float) -> tuple[int, float]:
        if self.every is None:
            return 0, now
        turn = floor(now / self.every)
        return turn, now - turn * self.every


class _Schedule:
    """One run's schedule, which remembers nothing."""

    def __init__(self, recipe: ScheduleAutoscaler) -> None:
        self._recipe = recipe

    def decide(self, sight: Sight) -> int:
        return self._recipe.units(sight.now)
