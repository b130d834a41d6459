"""Spells: when something is out of order, at fixed times or by law."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import Field, model_validator

from churnsim.base.errors import located, refusal
from churnsim.base.quantity import Duration, PositiveDuration
from churnsim.base.readable import counted
from churnsim.engine import Order
from churnsim.engine.arrivals import alternating
from churnsim.model.gap import Gap
from churnsim.model.occasion import Occasions
from churnsim.model.storm import Storms

if TYPE_CHECKING:
    from churnsim.engine import World

_FORGOTTEN = 10


class Spells(Occasions):
    """Outages either `at` fixed times or `every` so often, each lasting for a while."""

    at: tuple[Duration, ...] | None = Field(None, description="fixed times at which an outage begins")
    every: Gap | None = Field(
        None, description="time from the end of one outage to the next, as an alternative to at"
    )
    lasts: Gap = Field(description="length of an outage")
    lengths: tuple[PositiveDuration, ...] | None = Field(
        None, description="length of each outage at a fixed time; by default as `lasts` says"
    )

    @model_validator(mode="after")
    def _a_length_for_each(self) -> Self:
        if self.lengths is not None and len(self.lengths) != len(self.at or ()):
            said = f"{counted(len(self.lengths), 'length')} for {counted(len(self.at or ()), 'fixed time')}"
            raise located(refusal("occasion", said, "give a length for each time in at"), "lengths")
        return self

    @property
    def memory(self) -> float:
        """How long the past matters [s]: an outage that was on when the record begins has to be over."""
        if self.every is None:
            return 0.0
        return self.lasts.longest

    def periods(self, world: World, stream: str) -> list[tuple[float, float]]:
        """All outages ``(from, to)`` [s] of the run."""
        if self.every is not None and self.storms is not None:
            return self._in_storms(self.every, self.storms, world, stream)
        if self.every is not None:
            return alternating(self.every, self.lasts, world.stream(stream), world.start, world.end)
        if self.lengths is not None:
            return [(at, at + length) for at, length in zip(self.at or (), self.lengths, strict=True)]
        source = world.stream(stream)
        lengths = self.lasts.inverse(source.uniform(source.lane(2), np.arange(len(self.at or ()))))
        return [
            (at, at + float(length)) for at, length in zip(self.at or (), np.atleast_1d(lengths), strict=True)
        ]

    def _in_storms(self, every: Gap, storms: Storms, world: World, stream: str) -> list[tuple[float, float]]:
        # How an outage and the weather go together is forgotten in so many turns of both.
        before = world.start - _FORGOTTEN * (storms.cycle + every.mean + self.lasts.mean)
        pace = storms.pace(world.stream(f"{stream}/storms"), before, world.end)
        spells = alternating(every, self.lasts, world.stream(stream), before, world.end, pace.after)
        return [(max(begin, world.start), end) for begin, end in spells if end > world.start]

    def schedule(
        self,
        world: World,
        stream: str,
        fail: Callable[[int], object],
        recover: Callable[[int], object],
        cause: str,
    ) -> None:
        """Call ``fail(cause)`` and ``recover(cause)`` at the ends of every outage."""
        code = world.cause(cause)
        for begin, end in self.periods(world, stream):
            if begin < end:
                world.at(begin, Order.FAULT, fail, code)
                world.at(end, Order.RECOVERY, recover, code)
