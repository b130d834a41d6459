"""Traffic in bursts."""

from typing import Literal

import numpy as np
from pydantic import Field

from churnsim.base.quantity import Rate
from churnsim.engine.arrivals import alternating
from churnsim.engine.stream import Stream
from churnsim.model.gap import Gap
from churnsim.model.staircase import Staircase
from churnsim.model.traffic import Floats, Load, Traffic


class BurstsTraffic(Traffic):
    """Poisson requests, now calm, now in a burst; Markov-modulated where both laws are exponential."""

    kind: Literal["bursts"] = "bursts"
    rate: Rate = Field(description="requests per time between bursts")
    burst: Rate = Field(description="requests per time in a burst")
    every: Gap = Field(description="time from the end of one burst to the next")
    lasts: Gap = Field(description="length of a burst")

    @property
    def mean_rate(self) -> float:
        calm, burst = self.every.mean, self.lasts.mean
        return (self.rate * calm + self.burst * burst) / (calm + burst)

    def between(self, start: Floats, end: Floats) -> Floats:
        return self.mean_rate * (end - start)

    def load(self, stream: Stream, start: float, end: float) -> Load:
        spells = np.array(alternating(self.every, self.lasts, stream, start, end)).reshape(-1, 2)
        begins_in_a_burst = len(spells) > 0 and spells[0, 0] <= start
        edges = spells.ravel() if begins_in_a_burst else np.concatenate([[start], spells.ravel()])
        in_burst = (np.arange(edges.size) % 2 == 1) ^ begins_in_a_burst
        rates = np.where(in_burst, self.burst, self.rate)
        stairs = Staircase(edges, rates)
        return Load(stairs.between, stairs.jumps(start, end))
