"""The lognormal law: the usual shape of start-up and service times."""

from functools import cached_property
from typing import Literal, Self

import numpy as np
from pydantic import ConfigDict, Field, model_validator

from churnsim.base.distribution.distribution import Distribution, Numbers
from churnsim.base.errors import refusal
from churnsim.base.quantity import PositiveDuration, format_duration

_Z99 = 2.3263478740408408  # 99 % quantile of the standard normal law


class Lognormal(Distribution):
    """Lognormal, given by median and 99th percentile or by mean and coefficient of variation."""

    # The parameter "mean" may be absent while the property `mean` never is.
    model_config = ConfigDict(serialize_by_alias=True)

    kind: Literal["lognormal"] = "lognormal"
    median: PositiveDuration | None = Field(None, description="half of all are shorter; with p99")
    p99: PositiveDuration | None = Field(None, description="99 % of all are shorter; with median")
    given_mean: PositiveDuration | None = Field(None, alias="mean", description="mean duration; with cv")
    cv: float | None = Field(None, gt=0, le=1e3, description="standard deviation over mean; with mean")

    @model_validator(mode="after")
    def _given_one_way(self) -> Self:
        by_quantiles = (self.median is not None, self.p99 is not None)
        by_moments = (self.given_mean is not None, self.cv is not None)
        if {by_quantiles, by_moments} != {(True, True), (False, False)}:
            given = {"median": self.median, "p99": self.p99, "mean": self.given_mean, "cv": self.cv}
            names = [name for name, value in given.items() if value is not None]
            got = " and ".join(names) or "nothing"
            raise refusal(
                "pair", f"a lognormal law takes one pair (got {got})", "give median and p99, or mean and cv"
            )
        if self.median is not None and self.p99 is not None and self.p99 <= self.median:
            got = f"{format_duration(self.p99)} <= {format_duration(self.median)}"
            raise refusal("order", f"p99 must exceed median (got {got})", "raise p99, or use a constant law")
        return self

    @cached_property
    def sigma(self) -> float:
        """Standard deviation of the logarithm."""
        if self.median is not None and self.p99 is not None:
            return float(np.log(self.p99 / self.median)) / _Z99
        assert self.cv is not None
        return float(np.sqrt(np.log1p(self.cv * self.cv)))

    @cached_property
    def mu(self) -> float:
        """Mean of the logarithm of the duration in seconds."""
        if self.median is not None:
            return float(np.log(self.median))
        assert self.given_mean is not None
        return float(np.log(self.given_mean)) - self.sigma**2 / 2.0

    @property
    def low(self) -> float:
        return 0.0

    @property
    def high(self) -> float:
        return np.inf

    @property
    def mean(self) -> float:
        return (
            self.given_mean if self.given_mean is not None else float(np.exp(self.mu + self.sigma**2 / 2.0))
        )

    @property
    def variance(self) -> float:
        return float(self.mean**2 * np.expm1(self.sigma**2))

    def inverse(self, u: Numbers) -> Numbers:
        from scipy.special import ndtri

        return np.exp(self.mu + self.sigma * ndtri(u))

    def survival(self, x: Numbers) -> Numbers:
        from scipy.special import ndtr

        return ndtr(-self._z(x))

    def inverse_survival(self, q: Numbers) -> Numbers:
        from scipy.special import ndtri

        return np.exp(self.mu - self.sigma * ndtri(q))

    def excess(self, x: Numbers) -> Numbers:
        from scipy.special import ndtr

        z = self._z(x)
        return np.maximum(self.mean * ndtr(self.sigma - z) - x * ndtr(-z), 0.0)

    def residual(self, age: Numbers, u: Numbers) -> Numbers:
        from scipy.special import log_ndtr, ndtri_exp

        # In logarithms, so that no age is too great.
        with np.errstate(divide="ignore"):
            left = log_ndtr(-self._z(age)) + np.log1p(np.negative(u))
        return np.maximum(np.exp(self.mu - self.sigma * ndtri_exp(left)) - age, 0.0)

    def _z(self, x: Numbers) -> Numbers:
        with np.errstate(divide="ignore"):
            return (np.log(np.maximum(x, 0.0)) - self.mu) / self.sigma
