"""Bundles that every point pulls on its own clock."""

from typing import Literal

import numpy as np
from pydantic import Field

from churnsim.base.distribution import Law
from churnsim.engine import Stream
from churnsim.engine.arrivals import arrivals
from churnsim.model.bundle import Bundle, Floats, Indices
from churnsim.model.gap import Gap


class PullBundle(Bundle):
    """Points fetch the published bundle now and then and use it after a delay."""

    kind: Literal["pull"] = "pull"
    every: Gap = Field(description="time between a point's pulls")
    delay: Law = Field("0s", validate_default=True, description="time from pull to bundle in force")

    @property
    def slowest(self) -> float:
        return self.every.longest + self.delay.longest

    def arrivals(
        self, changes: Floats, names: Indices, points: int, stream: Stream, start: float, end: float
    ) -> Floats:
        if self.every.is_constant and self.delay.is_constant:
            known = self._next(changes, start, stream.uniform(stream.lane(np.arange(points), 0), 0))
            return np.where(known < end, known, np.inf)
        known = np.full((changes.size, points), np.inf)
        for point in range(points):
            pulls = arrivals(self.every, stream, stream.lane(point, 0), start, end)
            if not pulls.size:
                continue
            delays = self.delay.inverse(stream.uniform(stream.lane(point, 1), np.arange(pulls.size)))
            # A later pull that travels faster brings the news first.
            applied = np.minimum.accumulate((pulls + delays)[::-1])[::-1]
            # Intent goes before propagation: a pull at the very instant of a change sees it.
            pull = np.searchsorted(pulls, changes, side="left")
            seen = pull < pulls.size
            known[seen, point] = applied[pull[seen]]
        return np.where(known < end, known, np.inf)

    def _next(self, changes: Floats, start: float, phase: Floats) -> Floats:
        """First pull at or after each change, plus the delay: of all pulls only those that bring news."""
        period = self.every.mean
        first = start + np.asarray(self.every.equilibrium(phase), float)
        number = np.maximum(np.ceil((changes[:, None] - first) / period), 0.0)
        # The division may have been rounded across a whole number, either way.
        number += first + number * period < changes[:, None]
        number -= (number > 0) & (first + (number - 1) * period >= changes[:, None])
        return first + number * period + self.delay.mean
