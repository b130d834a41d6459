"""Bundles that the issuer pushes."""

from typing import Literal

import numpy as np
from pydantic import Field

from churnsim.base.distribution import Law
from churnsim.engine import Stream
from churnsim.model.bundle import Bundle, Floats, Indices


class PushBundle(Bundle):
    """Every change is sent to every point, each by its own way."""

    kind: Literal["push"] = "push"
    delay: Law = Field(description="time from a change to its being in force at a point")

    @property
    def slowest(self) -> float:
        return self.delay.longest

    def arrivals(
        self, changes: Floats, names: Indices, points: int, stream: Stream, start: float, end: float
    ) -> Floats:
        lanes = stream.lane(np.arange(points), 1)
        delays = self.delay.inverse(stream.uniform(lanes[None, :], names[:, None]))
        # A later bundle that travels faster brings the news first.
        known = np.minimum.accumulate((changes[:, None] + delays)[::-1], axis=0)[::-1]
        return np.where(known < end, known, np.inf)
