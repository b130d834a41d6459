"""Arrivals: how jobs come to a queue, and how much work each brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import Field, model_validator

from churnsim.base.errors import refusal
from churnsim.base.quantity import Duration
from churnsim.base.recipe import Recipe
from churnsim.engine.arrivals import arrivals
from churnsim.model.gap import Gap

if TYPE_CHECKING:
    from churnsim.engine import World
    from churnsim.engine.arrivals import Times


_WAYS = "either 'every: ...' (time from one job to the next) or 'count: ...' (that many at once)"


class Jobs(Recipe):
    """Jobs that come `every` so often, or a `count` of them at once."""

    every: Gap | None = Field(None, description="time from one job to the next")
    count: int | None = Field(
        None, strict=True, ge=1, le=10_000_000, description="that many at once, as an alternative to every"
    )
    at: Duration = Field("0s", validate_default=True, description="when these come")
    work: Gap = Field(description="time that a job takes a unit that nothing interrupts")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.every is None and self.count is None:
            raise refusal("arrival", "it is not said when jobs come", f"add {_WAYS}")
        if self.every is not None and self.count is not None:
            raise refusal("arrival", "every and count are both given", f"keep {_WAYS}")
        return self

    def instants(self, world: World, stream: str) -> Times:
        """When each job comes [s], in order; lane 0 of the stream gives the gaps."""
        if self.every is None:
            # It is checked above that there is one.
            return np.full(self.count or 0, self.at) if self.at < world.end else np.empty(0)
        source = world.stream(stream)
        return arrivals(self.every, source, source.lane(0), world.start, world.end)
