"""The law that always gives the same duration."""

from typing import Literal

import numpy as np
from pydantic import Field

from churnsim.base.distribution.distribution import Distribution, Numbers
from churnsim.base.quantity import SignedDuration


class Constant(Distribution):
    """Always the same duration."""

    kind: Literal["constant"] = "constant"
    value: SignedDuration = Field(description="the duration")

    @property
    def low(self) -> float:
        return self.value

    @property
    def high(self) -> float:
        return self.value

    @property
    def mean(self) -> float:
        return self.value

    @property
    def variance(self) -> float:
        return 0.0

    @property
    def is_constant(self) -> bool:
        return True

    def inverse(self, u: Numbers) -> Numbers:
        return np.add(np.multiply(u, 0.0), self.value)

    def survival(self, x: Numbers) -> Numbers:
        return np.where(np.less(x, self.value), 1.0, 0.0)[()]

    def inverse_survival(self, q: Numbers) -> Numbers:
        return self.inverse(q)

    def excess(self, x: Numbers) -> Numbers:
        return np.maximum(np.subtract(self.value, x), 0.0)

    def equilibrium(self, u: Numbers) -> Numbers:
        return np.multiply(u, self.value)

    def residual(self, age: Numbers, u: Numbers) -> Numbers:
        return np.add(np.multiply(u, 0.0), self.excess(age))
