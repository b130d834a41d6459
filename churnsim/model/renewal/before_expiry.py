"""Renewal at a time before expiry, whatever the time to live."""

from typing import Any, Literal

import numpy as np
from pydantic import Field

from churnsim.base.quantity import Duration, PositiveDuration, format_duration
from churnsim.model.renewal import Renewal


class BeforeExpiryRenewal(Renewal):
    """Renew so long before expiry, or up to a jitter sooner, drawn once per credential.

    The way of clients that are handed a credential of a life they did not choose. Source: F066, F067, F111.
    """

    kind: Literal["before-expiry"] = "before-expiry"
    by: PositiveDuration = Field(description="time left at which the credential is renewed at the latest")
    jitter: Duration = Field(
        "0s", validate_default=True, description="it is renewed up to this much sooner, drawn uniformly"
    )

    def interval(self, ttl: float, u: Any) -> Any:
        return self.least(ttl) + self.jitter * u

    def mean(self, ttl: float) -> float:
        return self.least(ttl) + self.jitter / 2

    def least(self, ttl: float) -> float:
        return ttl - self.by - self.jitter

    def inspected(self, ttl: float, u: Any) -> Any:
        if not self.jitter:
            return self.interval(ttl, u)
        # Density proportional to the length: the square is uniform.
        low, high = self.least(ttl), ttl - self.by
        return np.sqrt(low**2 + (high**2 - low**2) * u)

    def objection(self, ttl: float) -> tuple[str, str] | None:
        if self.least(ttl) > 0:
            return None
        lead = format_duration(self.by + self.jitter)
        sum_of = f" ({format_duration(self.by)} and a jitter of {format_duration(self.jitter)})"
        return (
            f"a credential of {format_duration(ttl)} would fall due before it is issued: it is renewed up to "
            f"{lead} before expiry{sum_of if self.jitter else ''}",
            "renew later, or lengthen the ttl",
        )
