"""Revocation by asking the issuer for the status of each credential, with a cache."""

from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from churnsim.base.distribution import Distribution
from churnsim.base.quantity import PositiveDuration
from churnsim.engine import Stream
from churnsim.model.revocation import Audience, Cases, Floats, OnEnd, Revocation, Unanswered


class StatusRevocation(Revocation):
    """A point asks the issuer whether a credential is still good, and keeps the answer for a while.

    It asks when it first sees the credential and, for traffic is dense, as soon as its answer is too old,
    at a place in the first period of its own. While the issuer is down it gets no answer, and asks again at
    once when it is back.
    """

    kind: Literal["status"] = "status"
    revokes: ClassVar[bool] = True
    cache: PositiveDuration = Field(description="time for which an answer is kept")
    fail: Literal["soft", "hard"] = Field(
        "soft", description="without an answer: soft accepts the credential, hard refuses it"
    )
    on_end: OnEnd = None

    @property
    def at_end(self) -> Distribution | None:
        return self.on_end

    def refusals(self, cases: Cases, audience: Audience) -> Floats:
        first = np.full((len(cases), audience.points), np.inf)
        for point in range(audience.points):
            known = first[:, point]
            for anchor, down, _, _ in self._spells(cases, point, audience):
                asks = self._next(anchor, cases.revoked)
                learns = np.isinf(known) & (asks < down)
                known[learns] = asks[learns]
        # About what has expired it does not ask.
        first[(first >= audience.end) | (first >= cases.refused[:, None])] = np.inf
        return first

    def unanswered(self, cases: Cases, audience: Audience) -> Unanswered:
        parts = [super().unanswered(cases, audience)]
        for point in range(audience.points if self.fail == "hard" else 0):
            for _, _, up, asks in self._spells(cases, point, audience):
                case = np.flatnonzero(asks < np.minimum(cases.refused, audience.end))
                whose = np.full(case.size, point)
                parts.append(Unanswered(case, whose, asks[case], np.full(case.size, min(up, audience.end))))
        return Unanswered(*map(np.concatenate, zip(*parts, strict=True)))

    def load(self, cases: Cases, audience: Audience) -> tuple[Floats, Floats]:
        number = np.zeros(audience.points)
        for point in range(audience.points):
            first = (cases.issued >= audience.t0) & (cases.issued < np.minimum(cases.shown, audience.end))
            number[point] = np.count_nonzero(first)
            since = cases.issued.copy()
            for anchor, down, up, asks in self._spells(cases, point, audience):
                ends = np.isfinite(asks) | np.isinf(down)
                low = np.maximum(since, audience.t0)
                high = np.minimum(np.minimum(asks, cases.shown), audience.end)
                asked = np.ceil((high - anchor) / self.cache) - np.ceil((low - anchor) / self.cache)
                number[point] += np.maximum(asked, 0.0)[ends].sum()
                since[ends] = up
        return number, np.zeros(audience.points)

    def _spells(
        self, cases: Cases, point: int, audience: Audience
    ) -> Iterator[tuple[Floats, float, float, Floats]]:
        """Yield each outage, from and to [s], and at last that there is none.

        With it go an instant before it at which the point asked about each credential, or would have, and
        when it is first not answered [s]; infinite where it does not ask during the outage.
        """
        # The first answer is younger than the cache when it is renewed, so that points do not ask in step.
        anchor = cases.issued - self.cache * (1.0 - Stream.uniform(cases.lane, point))
        for down, up in audience.outages:
            asks = self._next(anchor, np.full(len(cases), down))
            asks[(asks >= up) | (cases.issued >= up)] = np.inf
            yield anchor, down, up, asks
            anchor = np.where(np.isfinite(asks), up, anchor)
        yield anchor, np.inf, np.inf, np.full(len(cases), np.inf)

    def _next(self, anchor: Floats, instant: Floats) -> Floats:
        """When the point first asks at or after an instant, if it asked at `anchor` and is answered [s]."""
        periods = np.maximum(np.ceil((instant - anchor) / self.cache), 0.0)
        return np.asarray(np.maximum(anchor + self.cache * periods, instant))
