"""Verification: who checks an issuer's credentials, by which clock, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, isfinite
from typing import Any, Self

import numpy as np
from pydantic import Field, model_validator

from churnsim.base.distribution import Distribution, SignedLaw
from churnsim.base.quantity import Duration, PositiveDuration
from churnsim.base.recipe import Recipe
from churnsim.engine import Streams
from churnsim.model.connection import Connections

DAY_S = 86_400.0
_MOST = 0.5  # of the true pace, which a clock may gain or lose


class Verification(Recipe):
    """Who checks an issuer's credentials, and how well their clocks agree.

    The clock of a point shows true time plus its skew, plus what it has gained since it was last set right.
    """

    points: int = Field(
        1, strict=True, ge=1, le=10_000, description="enforcement points that check the credentials"
    )
    leeway: Duration = Field(
        "0s",
        validate_default=True,
        description="time after expiry, and before a credential begins, that is forgiven",
    )
    skew: SignedLaw = Field(
        "0s", validate_default=True, description="clock error of a point: its clock shows true time plus this"
    )
    drift: SignedLaw = Field(
        "0s",
        validate_default=True,
        description="what the clock of a point gains in a day while nobody sets it; 1.728s is 20 ppm",
    )
    sync: PositiveDuration | None = Field(
        None, description="time after which a clock that drifts is set back to its skew"
    )
    connections: Connections | None = Field(
        None, description="connections that outlive the check; without them every request is checked"
    )

    @model_validator(mode="after")
    def _drift_is_bounded(self) -> Self:
        if self.drifts and self.sync is None:
            raise ValueError("a clock that drifts for ever is off by any time; say sync, how often it is set")
        fastest = max(abs(bound) for bound in (_bound(self.drift, 1e-9), _bound(self.drift, 1 - 1e-9)))
        if fastest > _MOST * DAY_S:
            raise ValueError(
                f"drift must stay within 12h a day either way (got {fastest / 3600:.3g} h); lower it"
            )
        return self

    @property
    def drifts(self) -> bool:
        """Whether any clock gains or loses at all."""
        return not (self.drift.is_constant and self.drift.mean == 0.0)

    @property
    def agrees(self) -> bool:
        """Whether all points decide alike as far as clocks and connections go: one stands for all."""
        return self.skew.is_constant and not self.drifts and self.connections is None

    @property
    def late(self) -> float:
        """How much later than in true time a credential may expire at a point, leeway aside [s]."""
        slow, lost = (-float(law.inverse(1e-6)) for law in (self.skew, self.drift))
        return max(slow, 0.0) + max(lost / DAY_S * (self.sync or 0.0), 0.0)

    @staticmethod
    def behind(clocks: Mapping[str, Any]) -> Any:
        """How far each clock falls behind at most [s], of the columns that `clocks` returns."""
        lost = np.where(np.isfinite(clocks["sync"]), -np.minimum(clocks["drift"], 0.0), 0.0)
        return np.maximum(-clocks["skew"] + lost * np.where(lost > 0, clocks["sync"], 0.0), 0.0)

    def clocks(self, issuer: str, streams: Streams, points: int) -> dict[str, Any]:
        """Return the columns of `points` that tell each point's clock."""
        skews, drifts = streams.named(f"issuers/{issuer}/skew"), streams.named(f"issuers/{issuer}/drift")
        point = np.arange(points)
        columns = {
            "skew": self.skew.inverse(skews.uniform(skews.lane(0), point)),
            "drift": 0.0,
            "sync": inf,
            "synced": 0.0,
        }
        if self.drifts and self.sync is not None:
            gained = self.drift.inverse(drifts.uniform(drifts.lane(0), point)) / DAY_S
            columns["drift"] = np.clip(gained, -_MOST, _MOST)
            columns["sync"] = self.sync
            columns["synced"] = drifts.uniform(drifts.lane(1), point) * self.sync
        return columns


def _bound(law: Distribution, share: float) -> float:
    """The end of a law on that side, or the quantile that stands for it where there is none [s]."""
    end = law.low if share < 0.5 else law.high
    return float(end) if isfinite(end) else float(law.inverse(share))
