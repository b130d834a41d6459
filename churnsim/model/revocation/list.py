"""Revocation by a list that every enforcement point pulls on its own clock."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from churnsim.base.distribution import Distribution, Law
from churnsim.base.quantity import Size
from churnsim.engine.arrivals import arrivals
from churnsim.model.gap import Gap
from churnsim.model.revocation import Audience, Cases, Floats, OnEnd, Revocation


class ListRevocation(Revocation):
    """Enforcement points pull the list of revoked credentials and apply it after a delay.

    A credential is on the list from its revocation until it expires. The list is served while the issuer is
    down.
    """

    kind: Literal["list"] = "list"
    revokes: ClassVar[bool] = True
    every: Gap = Field(description="time between a point's pulls")
    delay: Law = Field("0s", validate_default=True, description="time from pull to applied list")
    entry: Size = Field("0B", validate_default=True, description="size of one entry of the list")
    on_end: OnEnd = None

    @property
    def at_end(self) -> Distribution | None:
        return self.on_end

    def refusals(self, cases: Cases, audience: Audience) -> Floats:
        first = np.full((len(cases), audience.points), np.inf)
        for point in range(audience.points):
            pulls = self._pulls(point, audience)
            if not pulls.size:
                continue
            stream = audience.stream
            delays = self.delay.inverse(stream.uniform(stream.lane(point, 1), np.arange(pulls.size)))
            # A later pull that travels faster brings the news first.
            applied = np.minimum.accumulate((pulls + delays)[::-1])[::-1]
            # Intent goes before propagation: a pull at the very instant of the revocation sees it.
            pull = np.searchsorted(pulls, cases.revoked, side="left")
            known = pull < pulls.size
            first[known, point] = applied[pull[known]]
        first[first >= audience.end] = np.inf
        return first

    def load(self, cases: Cases, audience: Audience) -> tuple[Floats, Floats]:
        listed = np.sort(cases.revoked[np.isfinite(cases.revoked)])
        struck = np.sort(cases.expires[np.isfinite(cases.revoked)])
        number, size = np.zeros(audience.points), np.zeros(audience.points)
        for point in range(audience.points):
            pulls = self._pulls(point, audience)
            pulls = pulls[pulls >= audience.t0]
            entries = np.searchsorted(listed, pulls, "right") - np.searchsorted(struck, pulls, "right")
            number[point], size[point] = pulls.size, self.entry * float(entries.sum())
        return number, size

    def _pulls(self, point: int, audience: Audience) -> Floats:
        """Instants [s] at which a point pulls the list."""
        stream = audience.stream
        return arrivals(self.every, stream, stream.lane(point, 0), audience.start, audience.end)
