"""Renewal with jitter drawn anew at every check, as SPIRE's agent does it."""

from functools import lru_cache
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from churnsim.base.quantity import PositiveDuration, Share, format_duration, format_share
from churnsim.model.renewal import Renewal

_CHECKS_MOST = 1_000_000


class PerCheckRenewal(Renewal):
    """Look every so often; at each look draw a share uniformly and renew if the age has passed it.

    Drawing anew at every look makes early renewal likely: the spread is far narrower than the
    range says. The checks count from the issue. Law: the first success of independent trials whose
    chance grows with age, tabulated once and inverted by one uniform, so that a look which renews
    nothing costs nothing. Source: F007, F101.
    """

    kind: Literal["per-check"] = "per-check"
    low: Share = Field(description="least share of the time to live", gt=0)
    high: Share = Field(description="greatest share of the time to live", gt=0)
    check: PositiveDuration = Field(description="interval between looks")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low must not exceed high (got {self.low:.4g} > {self.high:.4g}); swap them")
        return self

    def interval(self, ttl: float, u: Any) -> Any:
        ages, cumulated = self._law(ttl)
        return ages[np.searchsorted(cumulated, u)]

    def mean(self, ttl: float) -> float:
        ages, cumulated = self._law(ttl)
        return float(ages @ np.diff(cumulated, prepend=0.0))

    def least(self, ttl: float) -> float:
        return float(self._law(ttl)[0][0])

    def inspected(self, ttl: float, u: Any) -> Any:
        ages, cumulated = self._law(ttl)
        biased = np.cumsum(ages * np.diff(cumulated, prepend=0.0))
        biased /= biased[-1]
        return ages[np.searchsorted(biased, u)]

    def objection(self, ttl: float) -> tuple[str, str] | None:
        looks = (self.high - self.low) * ttl / self.check
        if looks <= _CHECKS_MOST:
            return None
        span = f"between {format_share(self.low)} and {format_share(self.high)} of {format_duration(ttl)}"
        apart = f"{format_duration(self.check)} apart, more than {_CHECKS_MOST:,}"
        return (
            f"{span} there are {looks:,.0f} looks {apart}",
            "check less often, or shorten the ttl",
        )

    def _law(self, ttl: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return _first_success(self.low, self.high, self.check, ttl)


@lru_cache(maxsize=64)
def _first_success(low: float, high: float, check: float, ttl: float) -> tuple[Any, Any]:
    """Ages [s] at which renewal can happen, and the chance that it has happened by then."""
    first, last = int(np.ceil(low * ttl / check)), int(np.ceil(high * ttl / check))
    ages = np.arange(max(first, 1), max(last, 1) + 1) * check
    width = (high - low) * ttl
    chance = np.clip((ages - low * ttl) / width, 0.0, 1.0) if width > 0 else np.ones_like(ages)
    chance[-1] = 1.0
    cumulated = 1.0 - np.cumprod(1.0 - chance)
    possible = chance > 0
    ages, cumulated = ages[possible], cumulated[possible]
    # Past the certain check nothing follows, and rounding must not leave a crack below 1.
    cumulated[-1] = 1.0
    return ages, cumulated
