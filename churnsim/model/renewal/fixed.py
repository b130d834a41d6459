"""Renewal at a fixed share of the time to live, without jitter."""

from typing import Any, Literal

from pydantic import Field

from churnsim.base.quantity import Share
from churnsim.model.renewal import Renewal


class FixedRenewal(Renewal):
    """Renew at one share of the time to live; a cohort issued together stays together."""

    kind: Literal["fixed"] = "fixed"
    at: Share = Field(description="share of the time to live after which the credential is renewed", gt=0)

    def interval(self, ttl: float, u: Any) -> Any:
        return u * 0.0 + self.at * ttl

    def mean(self, ttl: float) -> float:
        return self.at * ttl

    def least(self, ttl: float) -> float:
        return self.at * ttl

    def inspected(self, ttl: float, u: Any) -> Any:
        return self.interval(ttl, u)
