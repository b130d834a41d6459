"""Traffic in steps."""

from functools import cached_property
from itertools import pairwise
from math import inf
from typing import Literal, Self

from pydantic import Field, model_validator

from churnsim.base.errors import refusal
from churnsim.base.quantity import Duration, PositiveDuration, Rate, format_duration
from churnsim.base.recipe import Recipe
from churnsim.engine.stream import Stream
from churnsim.model.staircase import Staircase
from churnsim.model.traffic import Floats, Load, Traffic


class Step(Recipe):
    """A rate from an instant on."""

    at: Duration = Field(description="when it begins", examples=["0s"])
    rate: Rate = Field(description="requests per time from then on")


class StepsTraffic(Traffic):
    """Poisson requests at a rate that changes at fixed times, once or in a circle; before 0 as if at 0."""

    kind: Literal["steps"] = "steps"
    steps: tuple[Step, ...] = Field(
        min_length=1, max_length=10_000, description="rates, each from an instant on, in order of time"
    )
    every: PositiveDuration | None = Field(
        None, description="time after which it begins anew; never by default"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        times = [step.at for step in self.steps]
        if times[0] != 0:
            said = f"the first step must begin at 0s (got {format_duration(times[0])})"
            raise refusal("order", said, "say at which rate it begins")
        for before, after in pairwise(times):
            if after <= before:
                found = f"{format_duration(after)} after {format_duration(before)}"
                raise refusal(
                    "order", f"steps must be in order of time ({found})", "sort them, each instant once"
                )
        if self.every is not None and times[-1] >= self.every:
            said = (
                f"the last step must begin before all begins anew (got {format_duration(times[-1])} >= "
                f"{format_duration(self.every)})"
            )
            raise refusal("order", said, "lengthen every, or drop the step")
        return self

    @cached_property
    def _stairs(self) -> Staircase:
        period = inf if self.every is None else self.every
        return Staircase([step.at for step in self.steps], [step.rate for step in self.steps], period)

    @property
    def mean_rate(self) -> float:
        return self._stairs.mean

    def between(self, start: Floats, end: Floats) -> Floats:
        return self._stairs.between(start, end)

    def load(self, stream: Stream, start: float, end: float) -> Load:
        return Load(self.between, self._stairs.jumps(start, end))
