"""Arrivals: how jobs come to a queue, and how much work each brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from churnsim.base.errors import refusal
from churnsim.base.quantity import Duration
from churnsim.base.recipe import Recipe
from churnsim.base.reference import Reference
from churnsim.engine.arrivals import arrivals
from churnsim.model.gap import Gap

if TYPE_CHECKING:
    from churnsim.engine import World
    from churnsim.engine.arrivals import Times


_WAYS = (
    "either 'every: ...' (time from one job to the next), 'count: ...' (that many at once) or 'after: ...' "
    "(for each outcome of another workload)"
)


class Jobs(Recipe):
    """Jobs that come `every` so often, a `count` of them at once, or `after` those of another workload.

    Those of a later stage come the instant that an outcome of the stage before takes effect, `each` for every
    time that it does. So what is repeated there is repeated here.
    """

    every: Gap | None = Field(None, description="time from one job to the next")
    count: int | None = Field(
        None, strict=True, ge=1, le=10_000_000, description="that many at once, as an alternative to every"
    )
    after: Annotated[str, Reference("workloads")] | None = Field(
        None,
        description="workload whose outcomes bring them, as another alternative: the stage before this one",
    )
    each: int = Field(1, strict=True, ge=1, le=10_000, description="jobs that one outcome of it brings")
    at: Duration = Field("0s", validate_default=True, description="when these come")
    work: Gap = Field(description="time that a job takes a unit that nothing interrupts")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = [name for name in ("every", "count", "after") if getattr(self, name) is not None]
        if not given:
            raise refusal("arrival", "it is not said when jobs come", f"add {_WAYS}")
        if len(given) > 1:
            raise refusal("arrival", f"{' and '.join(given)} are both given", f"keep {_WAYS}")
        if self.each > 1 and self.after is None:
            said = f"each counts jobs for an outcome of another workload, and none is named (got {self.each})"
            raise refusal(
                "arrival", said, "add 'after: ...', or write 'count: ...' for jobs that come at once"
            )
        return self

    def instants(self, world: World, stream: str) -> Times:
        """When each job comes by itself [s], in order; lane 0 of the stream gives the gaps."""
        if self.after is not None:
            return np.empty(0)
        if self.every is None:
            # It is checked above that there is one.
            return np.full(self.count or 0, self.at) if self.at < world.end else np.empty(0)
        source = world.stream(stream)
        return arrivals(self.every, source, source.lane(0), world.start, world.end)
