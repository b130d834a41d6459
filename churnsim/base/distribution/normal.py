"""The normal law, for errors of either sign such as those of clocks."""

from typing import Literal

import numpy as np
from pydantic import Field

from churnsim.base.distribution.distribution import Distribution, Numbers
from churnsim.base.quantity import Duration, SignedDuration


class Normal(Distribution):
    """Normal: of either sign, meant for clock errors."""

    kind: Literal["normal"] = "normal"
    mean: SignedDuration = Field("0s", validate_default=True, description="mean, of either sign")
    sd: Duration = Field(description="standard deviation")

    @property
    def low(self) -> float:
        return -np.inf if self.sd > 0 else self.mean

    @property
    def high(self) -> float:
        return np.inf if self.sd > 0 else self.mean

    @property
    def variance(self) -> float:
        return self.sd * self.sd

    @property
    def is_constant(self) -> bool:
        return self.sd == 0

    def inverse(self, u: Numbers) -> Numbers:
        from scipy.special import ndtri

        if self.is_constant:
            return np.add(np.multiply(u, 0.0), self.mean)
        return self.mean + self.sd * ndtri(u)

    def survival(self, x: Numbers) -> Numbers:
        from scipy.special import ndtr

        if self.is_constant:
            return np.where(np.less(x, self.mean), 1.0, 0.0)[()]
        return ndtr(np.subtract(self.mean, x) / self.sd)

    def inverse_survival(self, q: Numbers) -> Numbers:
        from scipy.special import ndtri

        if self.is_constant:
            return np.add(np.multiply(q, 0.0), self.mean)
        return self.mean - self.sd * ndtri(q)

    def excess(self, x: Numbers) -> Numbers:
        from scipy.special import ndtr

        if self.is_constant:
            return np.maximum(np.subtract(self.mean, x), 0.0)
        z = np.subtract(self.mean, x) / self.sd
        return self.sd * (z * ndtr(z) + np.exp(-0.5 * np.square(z)) / np.sqrt(2.0 * np.pi))

    def residual(self, age: Numbers, u: Numbers) -> Numbers:
        from scipy.special import log_ndtr, ndtri_exp

        if self.is_constant:
            return np.add(np.multiply(u, 0.0), self.excess(age))
        # In logarithms, so that no age is too great.
        with np.errstate(divide="ignore"):
            left = log_ndtr(np.subtract(self.mean, age) / self.sd) + np.log1p(np.negative(u))
        return np.maximum(self.mean - self.sd * ndtri_exp(left) - age, 0.0)
