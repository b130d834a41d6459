"""What one run says about one measure, kept in a form that many runs can be pooled from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

# Why `__reduce__`: hundreds of measurements of each run travel between processes, and what a dataclass with
# slots does by itself asks for the list of its fields every time, which takes longer than all the rest.

_UNDEFINED = "{} must be finite, got {}; None says that a measure is undefined"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number that stands for itself; runs are averaged.

    Parameters
    ----------
    value : float or None
        The number, in the unit of the measure; None where it is undefined.

    Raises
    ------
    ValueError
        If the number is not finite.
    """

    value: float | None

    pooled: ClassVar = "mean of all runs"
    undefined: ClassVar = "in a run in which there is nothing to measure"

    def __post_init__(self) -> None:
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(_UNDEFINED.format("value", self.value))

    def __reduce__(self) -> tuple[type[Self], tuple[float | None]]:
        return type(self), (self.value,)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share or a rate, kept as its two parts; runs are pooled as a ratio of sums.

    Parameters
    ----------
    numerator, denominator : float
        Both as counted in the run; a denominator of 0 makes the ratio undefined.

    Raises
    ------
    ValueError
        If one is not finite or the denominator is negative.
    """

    numerator: float
    denominator: float

    pooled: ClassVar = "ratio of sums: the numerators of all runs over the denominators of all runs"
    undefined: ClassVar = "in a run whose denominator is 0"

    def __post_init__(self) -> None:
        if not math.isfinite(self.numerator):
            raise ValueError(_UNDEFINED.format("numerator", self.numerator))
        if not math.isfinite(self.denominator):
            raise ValueError(_UNDEFINED.format("denominator", self.denominator))
        if self.denominator < 0.0:
            raise ValueError(f"a denominator cannot be negative, got {self.denominator}")

    def __reduce__(self) -> tuple[type[Self], tuple[float, float]]:
        return type(self), (self.numerator, self.denominator)

    @property
    def value(self) -> float | None:
        """The ratio of this run alone, None where the denominator is 0."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True)
class Peak:
    """A maximum over the run; the maximum over runs is reported, without an interval.

    Parameters
    ----------
    value : float or None
        The maximum, in the unit of the measure; None where nothing was there to be compared.

    Raises
    ------
    ValueError
        If the maximum is not finite.
    """

    value: float | None

    pooled: ClassVar = "largest of all runs, without an interval"
    undefined: ClassVar = "in a run in which there is nothing to compare"

    def __post_init__(self) -> None:
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(_UNDEFINED.format("value", self.value))

    def __reduce__(self) -> tuple[type[Self], tuple[float | None]]:
        return type(self), (self.value,)


@dataclass(frozen=True, eq=False, slots=True)
class Durations:
    """Lengths of episodes, some still open at the end, of which one quantile is wanted.

    Parameters
    ----------
    values : ndarray of float, shape (k,)
        Length of every episode that began in the measured window [s].
    censored : ndarray of bool, shape (k,)
        True where the episode was still open at the end, so that `values` is a lower bound.
    probability : float
        Which quantile is wanted, in (0, 1).

    Raises
    ------
    ValueError
        If the shapes differ, a length is negative or not finite, or `probability` is outside (0, 1).
    """

    values: NDArray[np.float64]
    censored: NDArray[np.bool_]
    probability: float

    pooled: ClassVar = (
        "Kaplan-Meier quantile of all lengths of all runs, those still open at the end censored"
    )
    undefined: ClassVar = "in a run without such lengths, or with too many still open at its end"

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", np.asarray(self.values, dtype=np.float64))
        object.__setattr__(self, "censored", np.asarray(self.censored, dtype=np.bool_))
        if self.values.ndim != 1 or self.values.shape != self.censored.shape:
            raise ValueError(
                f"values {self.values.shape} and censored {self.censored.shape} must be 1-D and equal"
            )
        if self.values.size and not (self.values.min() >= 0.0 and self.values.max() < math.inf):
            raise ValueError("every length must be finite and at least 0")
        if not 0.0 < self.probability < 1.0:
            raise ValueError(f"probability must lie in (0, 1), got {self.probability}; a maximum is a Peak")

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Durations)
            and self.probability == other.probability
            and np.array_equal(self.values, other.values)
            and np.array_equal(self.censored, other.censored)
        )

    __hash__ = None  # type: ignore[assignment]  # arrays have no hash

    def __reduce__(self) -> tuple[type[Self], tuple[NDArray[np.float64], NDArray[np.bool_], float]]:
        return type(self), (self.values, self.censored, self.probability)

    @property
    def value(self) -> float | None:
        """The quantile of this run alone [s], None where it is not determined."""
        return survival_quantile(self.values, self.censored, self.probability)


Measurement = Scalar | Ratio | Durations | Peak


def survival_quantile(
    values: NDArray[np.float64], censored: NDArray[np.bool_], probability: float
) -> float | None:
    """Quantile of right-censored lengths: where the Kaplan-Meier survival falls to ``1 - probability``.

    Parameters
    ----------
    values : ndarray of float, shape (k,)
        Lengths [s].
    censored : ndarray of bool, shape (k,)
        True where the length is a lower bound.
    probability : float
        In (0, 1).

    Returns
    -------
    float or None
        Smallest length at which the estimated survival is at most ``1 - probability`` [s]; None where there
        are no lengths, or where so many are censored that the survival never falls that far.

    Source: Kaplan and Meier, JASA 1958; a censored length stays at risk at an equal complete one.
    """
    if values.size == 0:
        return None
    # The product rounds: without slack, 0.05 of twenty complete lengths could come out just above 1 - 0.95.
    enough = (1.0 - probability) * (1.0 + 1e-12) + 1e-15
    ended = np.sort(values[~censored])
    at_risk = np.arange(values.size, values.size - ended.size, -1)
    if ended.size < values.size:
        at_risk -= np.sort(values[censored]).searchsorted(ended)
    reached = ((at_risk - 1) / at_risk).cumprod() <= enough
    return float(ended[reached.argmax()]) if reached.any() else None
