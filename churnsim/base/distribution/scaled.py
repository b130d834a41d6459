"""The law of a duration that lasts some other law's duration times a factor."""

from typing import Literal

import numpy as np
from pydantic import Field

from churnsim.base.distribution import SignedLaw
from churnsim.base.distribution.distribution import Distribution, Numbers
from churnsim.base.quantity import Factor, format_factor


class Scaled(Distribution):
    """A law with every duration multiplied by the same factor."""

    kind: Literal["scaled"] = "scaled"
    law: SignedLaw = Field(description="the law before it is stretched or shrunk")
    by: Factor = Field(description="what every duration is multiplied by")

    @property
    def low(self) -> float:
        return self.by * self.law.low

    @property
    def high(self) -> float:
        return self.by * self.law.high

    @property
    def mean(self) -> float:
        return self.by * self.law.mean

    @property
    def variance(self) -> float:
        return self.by * self.by * self.law.variance

    @property
    def is_constant(self) -> bool:
        return self.law.is_constant

    @property
    def breaks(self) -> tuple[float, ...]:
        return tuple(self.by * edge for edge in self.law.breaks)

    def inverse(self, u: Numbers) -> Numbers:
        return self.by * self.law.inverse(u)

    def survival(self, x: Numbers) -> Numbers:
        return self.law.survival(np.divide(x, self.by))

    def inverse_survival(self, q: Numbers) -> Numbers:
        return self.by * self.law.inverse_survival(q)

    def excess(self, x: Numbers) -> Numbers:
        return self.by * self.law.excess(np.divide(x, self.by))

    def equilibrium(self, u: Numbers) -> Numbers:
        return self.by * self.law.equilibrium(u)

    def residual(self, age: Numbers, u: Numbers) -> Numbers:
        return self.by * self.law.residual(np.divide(age, self.by), u)


def hastened(law: Distribution, factor: float) -> Distribution:
    """Return the law of what comes `factor` times as fast: durations divided by it; for 1 `law` itself."""
    if factor == 1.0:
        return law
    return Scaled.model_validate({"law": law, "by": format_factor(1.0 / factor)})
