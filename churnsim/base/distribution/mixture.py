"""The law of a duration that follows one of several laws, drawn by weight."""

from functools import cached_property
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from churnsim.base.distribution import SignedLaw
from churnsim.base.distribution.descent import Descent
from churnsim.base.distribution.distribution import Distribution, Numbers
from churnsim.base.errors import refusal
from churnsim.base.quantity import Share, format_share
from churnsim.base.recipe import Recipe


class Part(Recipe):
    """One of the laws of a mixture."""

    weight: Share = Field(description="share of the durations that follow this law")
    law: SignedLaw = Field(description="the law they follow")


class Mixture(Distribution):
    """One of several laws, chosen by weight."""

    kind: Literal["mixture"] = "mixture"
    parts: tuple[Part, ...] = Field(
        max_length=100,
        description="weights, 100 % together, and laws",
        examples=[[{"weight": "90%", "law": "4s"}, {"weight": "10%", "law": "1m"}]],
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        total = sum(part.weight for part in self.parts)
        if abs(total - 1.0) > 1e-9:
            got = format_share(float(f"{total:.9g}"))
            raise refusal("weights", f"the weights must add up to 100% (got {got})", "mend the weights")
        return self

    @property
    def low(self) -> float:
        return min(law.low for _, law in self._parts)

    @property
    def high(self) -> float:
        return max(law.high for _, law in self._parts)

    @property
    def mean(self) -> float:
        return sum(weight * law.mean for weight, law in self._parts)

    @property
    def variance(self) -> float:
        mean = self.mean
        return sum(weight * (law.variance + (law.mean - mean) ** 2) for weight, law in self._parts)

    @property
    def is_constant(self) -> bool:
        return all(law.is_constant for _, law in self._parts) and self.low == self.high

    @property
    def breaks(self) -> tuple[float, ...]:
        return tuple(sorted({edge for _, law in self._parts for edge in law.breaks}))

    def inverse(self, u: Numbers) -> Numbers:
        return self.inverse_survival(np.subtract(1.0, u))

    def survival(self, x: Numbers) -> Numbers:
        return sum(weight * law.survival(x) for weight, law in self._parts)

    def inverse_survival(self, q: Numbers) -> Numbers:
        return self._values.at(q)

    def excess(self, x: Numbers) -> Numbers:
        return sum(weight * law.excess(x) for weight, law in self._parts)

    @cached_property
    def _parts(self) -> list[tuple[float, Distribution]]:
        total = sum(part.weight for part in self.parts)
        return [(part.weight / total, part.law) for part in self.parts if part.weight > 0.0]

    @cached_property
    def _values(self) -> Descent:
        before = self.survival(np.nextafter(self._grid, -np.inf))
        return Descent(self.survival, self._grid, self.high, before)

    @cached_property
    def _grid(self) -> NDArray[np.float64]:
        return np.unique(np.concatenate([law._grid for _, law in self._parts]))
