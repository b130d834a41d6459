"""The Weibull law: lifetimes with a hazard that falls (shape below 1) or grows with age."""

import math
from functools import cached_property
from typing import Literal

import numpy as np
from pydantic import Field

from churnsim.base.distribution.distribution import Distribution, Numbers
from churnsim.base.quantity import PositiveDuration


class Weibull(Distribution):
    """Weibull: shape below 1 many early ends and a long tail, above 1 wear."""

    kind: Literal["weibull"] = "weibull"
    mean: PositiveDuration = Field(description="mean duration")
    shape: float = Field(ge=0.02, le=1e3, description="exponent of the hazard's growth, plus 1")

    @cached_property
    def scale(self) -> float:
        """Duration [s] that a share 1/e exceeds."""
        return self.mean / math.gamma(1.0 + 1.0 / self.shape)

    @property
    def low(self) -> float:
        return 0.0

    @property
    def high(self) -> float:
        return np.inf

    @property
    def variance(self) -> float:
        ratio = math.lgamma(1.0 + 2.0 / self.shape) - 2.0 * math.lgamma(1.0 + 1.0 / self.shape)
        return self.mean**2 * math.expm1(ratio)

    def inverse(self, u: Numbers) -> Numbers:
        with np.errstate(divide="ignore"):
            return self.scale * np.power(-np.log1p(np.negative(u)), 1.0 / self.shape)

    def survival(self, x: Numbers) -> Numbers:
        return np.exp(-self._hazard(x))

    def inverse_survival(self, q: Numbers) -> Numbers:
        with np.errstate(divide="ignore"):
            return self.scale * np.power(-np.log(q), 1.0 / self.shape)

    def excess(self, x: Numbers) -> Numbers:
        from scipy.special import gammaincc

        return self.mean * gammaincc(1.0 / self.shape, self._hazard(x)) - np.minimum(x, 0.0)

    def equilibrium(self, u: Numbers) -> Numbers:
        from scipy.special import gammaincinv

        # The integral of the survival up to x is mean * P(1/shape, (x/scale)^shape).
        return self.scale * np.power(gammaincinv(1.0 / self.shape, u), 1.0 / self.shape)

    def residual(self, age: Numbers, u: Numbers) -> Numbers:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            growth = -np.log1p(np.negative(u)) / self._hazard(age)
            later = age * np.expm1(np.log1p(growth) / self.shape)
        # At an age so small that its hazard vanishes nothing has been survived yet.
        return np.where(np.isfinite(growth) & np.greater(age, 0.0), later, self.inverse(u) - age)[()]

    def _hazard(self, x: Numbers) -> Numbers:
        """Cumulated hazard up to `x`."""
        with np.errstate(over="ignore"):
            return np.power(np.maximum(x, 0.0) / self.scale, self.shape)
