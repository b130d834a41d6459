"""Tenure: how long an environment is wanted, how it is torn down, and who sweeps up what was left."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from churnsim.base.quantity import PositiveDuration, Share
from churnsim.base.recipe import Recipe
from churnsim.model.gap import Gap

if TYPE_CHECKING:
    from churnsim.engine import Stream

_CHUNK = 64


class Idle(Recipe):
    """Environments that are given up when nobody has used them for a while, counted from opened on."""

    after: PositiveDuration = Field(description="time without use after which one is torn down")
    used: Gap = Field(description="time from one use to the next")

    def ends(self, stream: Stream, number: int, most: float) -> float:
        """When environment `number` has been idle for so long [s from opened]; inf if after `most` [s]."""
        lane, last, index = stream.lane(number), 0.0, 0
        while last + self.after < most:
            gaps = np.asarray(self.used.inverse(stream.uniform(lane, index + np.arange(_CHUNK))), float)
            uses = np.concatenate([[last], last + np.cumsum(gaps)])
            idle = np.flatnonzero(gaps > self.after)
            if idle.size:
                return float(uses[idle[0]]) + self.after
            last, index = float(uses[-1]), index + _CHUNK
        return inf


class Teardown(Recipe):
    """What ends an environment, and fails to now and then: then all of it goes on, an orphan."""

    fails: Share = Field("0%", validate_default=True, description="chance that nothing is torn down")
    sweep: PositiveDuration | None = Field(
        None, description="time between two sweeps that remove every orphan; never by default"
    )
