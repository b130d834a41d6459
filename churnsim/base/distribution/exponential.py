"""The exponential law: without memory."""

from typing import Literal

import numpy as np
from pydantic import Field

from churnsim.base.distribution.distribution import Distribution, Numbers
from churnsim.base.quantity import PositiveDuration


class Exponential(Distribution):
    """Exponential: what is left has the same law at every age."""

    kind: Literal["exponential"] = "exponential"
    mean: PositiveDuration = Field(description="mean duration")

    @property
    def low(self) -> float:
        return 0.0

    @property
    def high(self) -> float:
        return np.inf

    @property
    def variance(self) -> float:
        return self.mean * self.mean

    def inverse(self, u: Numbers) -> Numbers:
        with np.errstate(divide="ignore"):
            return -self.mean * np.log1p(np.negative(u))

    def survival(self, x: Numbers) -> Numbers:
        return np.exp(-np.maximum(x, 0.0) / self.mean)

    def inverse_survival(self, q: Numbers) -> Numbers:
        with np.errstate(divide="ignore"):
            return -self.mean * np.log(q)

    def excess(self, x: Numbers) -> Numbers:
        return self.mean * self.survival(x) - np.minimum(x, 0.0)

    def equilibrium(self, u: Numbers) -> Numbers:
        return self.inverse(u)

    def residual(self, age: Numbers, u: Numbers) -> Numbers:
        return np.add(np.multiply(age, 0.0), self.inverse(u))
