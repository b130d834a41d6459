"""The law of a duration known to lie between two bounds."""

from functools import cached_property
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from churnsim.base.distribution import SignedLaw
from churnsim.base.distribution.distribution import Distribution, Numbers
from churnsim.base.errors import refusal
from churnsim.base.quantity import SignedDuration, format_duration

_LEAST = 1e-12  # less probability than this between the bounds leaves no digits to compute with


class Truncated(Distribution):
    """A law given that it lies from `low` to `high`: durations outside are drawn again, not cut off."""

    kind: Literal["truncated"] = "truncated"
    law: SignedLaw = Field(description="the law before truncation")
    low: SignedDuration = Field("0s", validate_default=True, description="shortest duration kept")
    high: SignedDuration = Field(description="longest duration kept")

    @model_validator(mode="after")
    def _possible(self) -> Self:
        bounds = f"{format_duration(self.low)} to {format_duration(self.high)}"
        if self.low > self.high:
            raise refusal("order", f"low must not exceed high (got {bounds})", "swap them")
        if self._kept < _LEAST:
            raise refusal("truncation", f"the law never lies in {bounds}", "widen the bounds")
        return self

    @property
    def mean(self) -> float:
        return self._moments[0]

    @property
    def variance(self) -> float:
        return self._moments[1]

    @property
    def is_constant(self) -> bool:
        return self.law.is_constant or self.low == self.high

    @property
    def breaks(self) -> tuple[float, ...]:
        inside = {edge for edge in self.law.breaks if self.low < edge < self.high}
        return tuple(sorted(inside | {self.low, self.high}))

    def inverse(self, u: Numbers) -> Numbers:
        # From the side on which the law has more digits.
        if self._from_low >= 0.5:
            value = self.law.inverse((1.0 - self._from_low) + self._kept * np.asarray(u))
        else:
            value = self.law.inverse_survival(self._beyond + self._kept * np.subtract(1.0, u))
        return np.clip(value, self.low, self.high)

    def survival(self, x: Numbers) -> Numbers:
        share = (self.law.survival(np.clip(x, self.low, self.high)) - self._beyond) / self._kept
        return np.where(np.less(x, self.low), 1.0, np.clip(share, 0.0, 1.0))[()]

    def inverse_survival(self, q: Numbers) -> Numbers:
        return np.clip(
            self.law.inverse_survival(self._beyond + self._kept * np.asarray(q)), self.low, self.high
        )

    @cached_property
    def _from_low(self) -> float:
        """Probability of at least `low`: one float below it, because `survival` means more than."""
        return float(self.law.survival(np.nextafter(self.low, -np.inf)))

    @cached_property
    def _beyond(self) -> float:
        """Probability of more than `high`."""
        return float(self.law.survival(self.high))

    @cached_property
    def _kept(self) -> float:
        return self._from_low - self._beyond
