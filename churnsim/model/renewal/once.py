"""Renewal at a share of the time to live drawn once per credential."""

from typing import Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from churnsim.base.quantity import Share
from churnsim.model.renewal import Renewal


class OnceRenewal(Renewal):
    """Renew at a share of the time to live drawn uniformly, once per credential."""

    kind: Literal["once"] = "once"
    low: Share = Field(description="least share of the time to live", gt=0)
    high: Share = Field(description="greatest share of the time to live", gt=0)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low must not exceed high (got {self.low:.4g} > {self.high:.4g}); swap them")
        return self

    def interval(self, ttl: float, u: Any) -> Any:
        return (self.low + (self.high - self.low) * u) * ttl

    def mean(self, ttl: float) -> float:
        return (self.low + self.high) / 2 * ttl

    def least(self, ttl: float) -> float:
        return self.low * ttl

    def inspected(self, ttl: float, u: Any) -> Any:
        # Density proportional to the length: the square is uniform.
        return np.sqrt(self.low**2 + (self.high**2 - self.low**2) * u) * ttl
