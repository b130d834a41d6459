"""The uniform law."""

from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from churnsim.base.distribution.distribution import Distribution, Numbers
from churnsim.base.errors import refusal
from churnsim.base.quantity import SignedDuration, format_duration


class Uniform(Distribution):
    """Every duration between two bounds equally likely."""

    kind: Literal["uniform"] = "uniform"
    low: SignedDuration = Field(description="shortest duration")
    high: SignedDuration = Field(description="longest duration")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            got = f"{format_duration(self.low)} > {format_duration(self.high)}"
            raise refusal("order", f"low must not exceed high (got {got})", "swap them")
        return self

    @property
    def mean(self) -> float:
        return self.low + (self.high - self.low) / 2.0

    @property
    def variance(self) -> float:
        return (self.high - self.low) ** 2 / 12.0

    @property
    def is_constant(self) -> bool:
        return self.low == self.high

    def inverse(self, u: Numbers) -> Numbers:
        return np.minimum(self.low + (self.high - self.low) * u, self.high)

    def survival(self, x: Numbers) -> Numbers:
        if self.is_constant:
            return np.where(np.less(x, self.high), 1.0, 0.0)[()]
        return np.clip(np.subtract(self.high, x) / (self.high - self.low), 0.0, 1.0)

    def inverse_survival(self, q: Numbers) -> Numbers:
        return np.maximum(self.high - (self.high - self.low) * q, self.low)

    def excess(self, x: Numbers) -> Numbers:
        inside = np.clip(x, self.low, self.high)
        above = np.subtract(self.high, inside) * self.survival(inside) / 2.0
        return above + np.maximum(np.subtract(self.low, x), 0.0)

    def equilibrium(self, u: Numbers) -> Numbers:
        early = self.mean * u
        # From the far end: the time in excess of x is (high - x)^2 / (2 width).
        late = self.high - np.sqrt(2.0 * (self.high - self.low) * self.mean * np.subtract(1.0, u))
        return np.where(np.less_equal(early, self.low), early, np.maximum(late, self.low))[()]

    def residual(self, age: Numbers, u: Numbers) -> Numbers:
        start = np.clip(age, self.low, self.high)
        return np.maximum(start - age, 0.0) + np.subtract(self.high, start) * u
