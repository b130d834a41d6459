"""Occasions: when something happens, at fixed times or by law."""

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


_WAYS = "either 'at: [...]' (fixed times) or 'every: ...' (time from one to the next)"


class Occasions(Recipe):
    """Something that happens either `at` fixed times or `every` so often."""

    at: tuple[Duration, ...] | None = Field(None, description="fixed times at which it happens")
    every: Gap | None = Field(None, description="time from one to the next, as an alternative to at")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.at is None and self.every is None:
            raise refusal("occasion", "it is not said when", f"add {_WAYS}")
        if self.at is not None and self.every is not None:
            raise refusal("occasion", "at and every are both given", f"keep {_WAYS}")
        return self

    def instants(self, world: World, stream: str) -> Times:
        """All instants [s] of the run; lane 0 of the stream gives the gaps."""
        if self.every is None:
            return np.array(self.at, float)
        source = world.stream(stream)
        return arrivals(self.every, source, source.lane(0), world.start, world.end)
