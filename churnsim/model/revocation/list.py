"""Revocation by a list that every enforcement point pulls on its own clock."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from churnsim.base.distribution import Law
from churnsim.engine import Stream
from churnsim.engine.arrivals import arrivals
from churnsim.model.gap import Gap
from churnsim.model.revocation import Floats, Revocation


class ListRevocation(Revocation):
    """Enforcement points pull the list of revoked credentials and apply it after a delay."""

    kind: Literal["list"] = "list"
    revokes: ClassVar[bool] = True
    every: Gap = Field(description="time between a point's pulls")
    delay: Law = Field("0s", validate_default=True, description="time from pull to applied list")
    on_end: bool = Field(
        False,
        description="whether a unit's credentials are revoked the instant it is gone; few issuers do that",
    )

    @property
    def at_end(self) -> bool:
        return self.on_end

    def refusals(self, revoked: Floats, points: int, stream: Stream, start: float, end: float) -> Floats:
        first = np.full((revoked.size, points), np.inf)
        for point in range(points):
            pulls = arrivals(self.every, stream, stream.lane(point, 0), start, end)
            if not pulls.size:
                continue
            delays = self.delay.inverse(stream.uniform(stream.lane(point, 1), np.arange(pulls.size)))
            # A later pull that travels faster brings the news first.
            applied = np.minimum.accumulate((pulls + delays)[::-1])[::-1]
            # Intent goes before propagation: a pull at the very instant of the revocation sees it.
            pull = np.searchsorted(pulls, revoked, side="left")
            known = pull < pulls.size
            first[known, point] = applied[pull[known]]
        first[first >= end] = np.inf
        return first
