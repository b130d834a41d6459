"""The lognormal law: the usual shape of start-up and service times."""

import math
from functools import cached_property
from typing import Any, Literal, Self

import numpy as np
from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from churnsim.base.distribution.distribution import Distribution, Numbers
from churnsim.base.errors import refusal
from churnsim.base.quantity import PositiveDuration, format_duration

_Z99 = 2.3263478740408408  # 99 % quantile of the standard normal law


_RATIO_MAX = 1e9  # of p99 to median; far beyond it the mean leaves the range of floats


def _mean_of(data: dict[str, Any]) -> Any:
    """Mean of the law with these median and p99; None, which is refused later, where they make no law."""
    median, p99 = data.get("median"), data.get("p99")
    if median is None or p99 is None or not 1.0 < p99 / median <= _RATIO_MAX:
        return None
    return median * math.exp(_sigma_of(median, p99) ** 2 / 2.0)


def _sigma_of(median: float, p99: float) -> float:
    return math.log(p99 / median) / _Z99


class Lognormal(Distribution):
    """Lognormal, given by median and 99th percentile or by mean and coefficient of variation."""

    kind: Literal["lognormal"] = "lognormal"
    median: PositiveDuration | None = Field(None, description="half of all are shorter; with p99")
    p99: PositiveDuration | None = Field(None, description="99 % of all are shorter; with median")
    mean: PositiveDuration = Field(
        default_factory=_mean_of, validate_default=False, description="mean duration; with cv"
    )
    cv: float | None = Field(None, gt=0, le=1e3, description="standard deviation over mean; with mean")

    @model_validator(mode="after")
    def _given_one_way(self) -> Self:
        given = [name for name in ("median", "p99", "mean", "cv") if name in self.model_fields_set]
        given = [name for name in given if getattr(self, name) is not None]
        if given not in (["median", "p99"], ["mean", "cv"]):
            got = " and ".join(given) or "nothing"
            remedy = "give median and p99, or mean and cv"
            raise refusal("pair", f"a lognormal law takes one pair (got {got})", remedy)
        if self.median is not None and self.p99 is not None and self.p99 <= self.median:
            got = f"{format_duration(self.p99)} <= {format_duration(self.median)}"
            raise refusal("order", f"p99 must exceed median (got {got})", "raise p99, or use a constant law")
        if self.median is not None and self.p99 is not None and self.p99 / self.median > _RATIO_MAX:
            got = f"{self.p99 / self.median:.3g} times"
            raise refusal("order", f"p99 is at most 1e9 times the median (got {got})", "lower p99")
        return self

    @model_serializer(mode="wrap")
    def _as_given(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out the parameters nobody gave: the mean follows from the quantiles."""
        absent = ("mean", "cv") if self.cv is None else ("median", "p99")
        return {name: value for name, value in write(self).items() if name not in absent}

    @cached_property
    def sigma(self) -> float:
        """Standard deviation of the logarithm."""
        if self.median is not None and self.p99 is not None:
            return _sigma_of(self.median, self.p99)
        return math.sqrt(math.log1p((self.cv or 0.0) ** 2))

    @cached_property
    def scale(self) -> float:
        """Median [s], kept out of the exponent: twice as long a law gives exactly twice the values."""
        return self.mean * math.exp(-(self.sigma**2) / 2.0) if self.median is None else self.median

    @property
    def low(self) -> float:
        return 0.0

    @property
    def high(self) -> float:
        return np.inf

    @property
    def variance(self) -> float:
        return self.mean**2 * math.expm1(self.sigma**2)

    def inverse(self, u: Numbers) -> Numbers:
        from scipy.special import ndtri

        return self.scale * np.exp(self.sigma * ndtri(u))

    def survival(self, x: Numbers) -> Numbers:
        from scipy.special import ndtr

        return ndtr(-self._z(x))

    def inverse_survival(self, q: Numbers) -> Numbers:
        from scipy.special import ndtri

        return self.scale * np.exp(-self.sigma * ndtri(q))

    def excess(self, x: Numbers) -> Numbers:
        from scipy.special import ndtr

        z = self._z(x)
        return np.maximum(self.mean * ndtr(self.sigma - z) - x * ndtr(-z), 0.0)

    def residual(self, age: Numbers, u: Numbers) -> Numbers:
        from scipy.special import log_ndtr, ndtri_exp

        # In logarithms, so that no age is too great.
        with np.errstate(divide="ignore"):
            left = log_ndtr(-self._z(age)) + np.log1p(np.negative(u))
        return np.maximum(self.scale * np.exp(-self.sigma * ndtri_exp(left)) - age, 0.0)

    def _z(self, x: Numbers) -> Numbers:
        with np.errstate(divide="ignore", over="ignore"):
            return np.log(np.maximum(x, 0.0) / self.scale) / self.sigma
