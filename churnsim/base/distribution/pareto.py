"""The Pareto law: a few durations are very long."""

from typing import Literal

import numpy as np
from pydantic import Field

from churnsim.base.distribution.distribution import Distribution, Numbers
from churnsim.base.quantity import PositiveDuration


class Pareto(Distribution):
    """Pareto: what is left grows in proportion to age; infinite variance up to shape 2."""

    kind: Literal["pareto"] = "pareto"
    minimum: PositiveDuration = Field(description="shortest duration")
    shape: float = Field(gt=1, le=1e3, description="exponent of the tail; above 1, so that there is a mean")

    @property
    def low(self) -> float:
        return self.minimum

    @property
    def high(self) -> float:
        return np.inf

    @property
    def mean(self) -> float:
        return self.minimum * self.shape / (self.shape - 1.0)

    @property
    def variance(self) -> float:
        if self.shape <= 2.0:
            return np.inf
        return self.minimum**2 * self.shape / ((self.shape - 1.0) ** 2 * (self.shape - 2.0))

    def inverse(self, u: Numbers) -> Numbers:
        with np.errstate(divide="ignore"):
            return self.minimum * np.exp(-np.log1p(np.negative(u)) / self.shape)

    def survival(self, x: Numbers) -> Numbers:
        return np.power(self.minimum / np.maximum(x, self.minimum), self.shape)

    def inverse_survival(self, q: Numbers) -> Numbers:
        with np.errstate(divide="ignore"):
            return self.minimum * np.power(q, -1.0 / self.shape)

    def excess(self, x: Numbers) -> Numbers:
        inside = np.maximum(x, self.minimum)
        tail = self.minimum / (self.shape - 1.0) * np.power(self.minimum / inside, self.shape - 1.0)
        return tail + np.maximum(np.subtract(self.minimum, x), 0.0)

    def equilibrium(self, u: Numbers) -> Numbers:
        early = self.mean * u
        # The share of the time in excess of x is (minimum/x)^(shape-1) / shape.
        with np.errstate(divide="ignore", over="ignore"):
            late = self.minimum * np.power(self.shape * np.subtract(1.0, u), -1.0 / (self.shape - 1.0))
        return np.where(np.less_equal(early, self.minimum), early, np.maximum(late, self.minimum))[()]

    def residual(self, age: Numbers, u: Numbers) -> Numbers:
        start = np.maximum(age, self.minimum)
        with np.errstate(divide="ignore"):
            more = start * np.expm1(-np.log1p(np.negative(u)) / self.shape)
        return more + (start - age)
