"""Revocation that is told to every enforcement point, some of which do not hear it at once."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from churnsim.base.distribution import Distribution, Law
from churnsim.base.quantity import Share
from churnsim.base.recipe import Recipe
from churnsim.engine import Stream
from churnsim.engine.arrivals import alternating
from churnsim.model.gap import Gap
from churnsim.model.revocation import Audience, Cases, Floats, OnEnd, Revocation

_DRAWS = 2  # for each credential and point: is it lost, how long does it take


class Disconnects(Recipe):
    """Times at which a point hears nothing; when it is back, it is told all it has missed."""

    every: Gap = Field(description="time from the end of one disconnect to the next")
    lasts: Gap = Field(description="length of a disconnect")


class PushRevocation(Revocation):
    """The issuer tells every enforcement point of each revocation.

    A message that is lost, or sent to a point that is cut off, is made up for when the point is next back in
    touch; one that is never cut off never hears of what was lost. What was sent before arrives all the same.
    """

    kind: Literal["push"] = "push"
    revokes: ClassVar[bool] = True
    delay: Law = Field("0s", validate_default=True, description="time from revocation, or return, to refusal")
    loss: Share = Field("0%", validate_default=True, description="share of the messages that never arrive")
    disconnects: Disconnects | None = Field(None, description="when a point is out of touch")
    on_end: OnEnd = None

    @property
    def at_end(self) -> Distribution | None:
        return self.on_end

    def refusals(self, cases: Cases, audience: Audience) -> Floats:
        first = np.full((len(cases), audience.points), np.inf)
        revoked = cases.revoked
        for point in range(audience.points):
            lost, delay = (Stream.uniform(cases.lane, _DRAWS * point + draw) for draw in range(_DRAWS))
            begin, back = self._disconnects(point, audience)
            missed = (lost < self.loss) | (
                np.searchsorted(begin, revoked, "right") > np.searchsorted(back, revoked, "right")
            )
            resent = np.append(back, np.inf)[np.searchsorted(back, revoked, "right")]
            first[:, point] = np.where(missed, resent, revoked) + self.delay.inverse(delay)
        first[first >= audience.end] = np.inf
        return first

    def load(self, cases: Cases, audience: Audience) -> tuple[Floats, Floats]:
        sent = np.count_nonzero((cases.revoked >= audience.t0) & (cases.revoked < audience.end))
        number = np.full(audience.points, float(sent))
        for point in range(audience.points):
            _, back = self._disconnects(point, audience)
            number[point] += np.count_nonzero((back >= audience.t0) & (back < audience.end))
        return number, np.zeros(audience.points)

    def _disconnects(self, point: int, audience: Audience) -> tuple[Floats, Floats]:
        """When a point loses touch, and when it is back [s]."""
        if self.disconnects is None:
            return np.empty(0), np.empty(0)
        stream = Stream(audience.stream.lane(point, 2))
        spells = alternating(
            self.disconnects.every, self.disconnects.lasts, stream, audience.start, audience.end
        )
        begin, back = np.array(spells, float).reshape(-1, 2).T
        return begin, back
