"""Confidence interval of a mean, corrected for skewness."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

# Below this the sample skewness is mostly noise, and correcting for noise does harm.
HALL_RUNS_MIN = 8


def mean_interval(values: NDArray[np.float64], confidence: float) -> tuple[float, float, str]:
    """Interval of the mean of independent values.

    Hall's transformed t from eight values on, Student's t below that or where the values are not skewed.

    Parameters
    ----------
    values : ndarray of float, shape (n,), n >= 2
        One value per run.
    confidence : float
        Such as 0.95.

    Returns
    -------
    low, high : float
        Ends of the interval, in the unit of the values.
    method : str
        ``hall``, ``t``, or ``constant`` where all values are equal.

    Source: Hall, J. R. Statist. Soc. B 54 (1992) 221-228: with ``T = (mean - mu) / s`` and skewness ``c``,
    ``sqrt(n) (T + c T^2/3 + c^2 T^3/27 + c/(6n))`` is nearly Student's t with n - 1 degrees of freedom.
    """
    n = values.size
    mean = float(values.mean())
    if values.min() == values.max():
        return float(values[0]), float(values[0]), "constant"
    centred = values - mean
    scale = float(np.sqrt(centred @ centred / (n - 1)))
    quantile = student_quantile(confidence, n - 1)
    is_rounding = scale <= 1e-12 * abs(mean)
    skewness = 0.0 if n < HALL_RUNS_MIN or is_rounding else _skewness(centred)
    if abs(skewness) < 1e-6:
        half = quantile * scale / math.sqrt(n)
        return mean - half, mean + half, "t"
    low = mean - scale * _untransformed(quantile, skewness, n)
    high = mean - scale * _untransformed(-quantile, skewness, n)
    return low, high, "hall"


def student_quantile(confidence: float, degrees: int) -> float:
    """Two-sided quantile of Student's t: ``confidence`` of it lies within plus or minus this."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, (1.0 + confidence) / 2.0))


def _skewness(centred: NDArray[np.float64]) -> float:
    return float(np.mean(centred**3) / np.mean(centred**2) ** 1.5)


def _untransformed(quantile: float, skewness: float, n: int) -> float:
    """The T whose transformed value is `quantile`: the inverse of Hall's cubic, which is monotone."""
    cube = 1.0 + skewness * (quantile / math.sqrt(n) - skewness / (6.0 * n))
    return 3.0 / skewness * (float(np.cbrt(cube)) - 1.0)
