"""The gamma law: a sum of exponential phases, and what lies between."""

import math
from typing import Literal

import numpy as np
from pydantic import Field

from churnsim.base.distribution.distribution import Distribution, Numbers
from churnsim.base.quantity import PositiveDuration


class Gamma(Distribution):
    """Gamma: with a whole shape, so many exponential phases one after the other."""

    kind: Literal["gamma"] = "gamma"
    mean: PositiveDuration = Field(description="mean duration")
    shape: float = Field(
        ge=0.02, le=1e6, description="number of phases; below 1 more variable than exponential"
    )

    @property
    def scale(self) -> float:
        """Mean of a phase [s]."""
        return self.mean / self.shape

    @property
    def low(self) -> float:
        return 0.0

    @property
    def high(self) -> float:
        return np.inf

    @property
    def variance(self) -> float:
        return self.mean * self.scale

    def inverse(self, u: Numbers) -> Numbers:
        from scipy.special import gammaincinv

        return self.scale * gammaincinv(self.shape, u)

    def survival(self, x: Numbers) -> Numbers:
        from scipy.special import gammaincc

        return gammaincc(self.shape, np.maximum(x, 0.0) / self.scale)

    def inverse_survival(self, q: Numbers) -> Numbers:
        from scipy.special import gammainccinv

        return self.scale * gammainccinv(self.shape, q)

    def excess(self, x: Numbers) -> Numbers:
        from scipy.special import gammaincc

        z = np.maximum(x, 0.0) / self.scale
        with np.errstate(divide="ignore"):
            density = np.exp(self.shape * np.log(z) - z - math.lgamma(self.shape))
        above = (self.shape - z) * gammaincc(self.shape, z) + density
        return self.scale * np.maximum(above, 0.0) - np.minimum(x, 0.0)

    def residual(self, age: Numbers, u: Numbers) -> Numbers:
        survived = self.survival(age)
        left = self.inverse_survival(survived * np.subtract(1.0, u)) - age
        # Beyond the range of floats only the last exponential phase is left.
        with np.errstate(divide="ignore"):
            last = -self.scale * np.log1p(np.negative(u))
        return np.where(np.greater(survived, 1e-290), np.maximum(left, 0.0), last)[()]
