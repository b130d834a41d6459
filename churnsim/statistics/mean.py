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
    scale, skewness = _shape(values)
    quantile = student_quantile(confidence, n - 1)
    if skewness is None:
        half = quantile * scale / math.sqrt(n)
        return mean - half, mean + half, "t"
    low = mean - scale * _untransformed(quantile, skewness, n)
    high = mean - scale * _untransformed(-quantile, skewness, n)
    return low, high, "hall"


def mean_p_value(values: NDArray[np.float64], null: float) -> float:
    """How likely a mean at least as far from `null` would be if `null` were the true mean; two-sided.

    It is at most 0.05 exactly where the 95 % interval of `mean_interval` leaves `null` out, and likewise for
    other levels. Only of values that are all equal the interval has no length; there it is the sign test's.

    Parameters
    ----------
    values : ndarray of float, shape (n,), n >= 2
        One value per run.
    null : float
        In the unit of the values.

    Returns
    -------
    float
        In [0, 1].
    """
    from scipy.special import stdtr

    n = values.size
    mean = float(values.mean())
    if values.min() == values.max():
        return 1.0 if mean == null else 0.5 ** (n - 1)
    scale, skewness = _shape(values)
    distance = (mean - null) / scale
    if skewness is not None:
        distance = _transformed(distance, skewness, n)
    return 2.0 * float(stdtr(n - 1, -abs(distance) * math.sqrt(n)))


def student_quantile(confidence: float, degrees: int) -> float:
    """Two-sided quantile of Student's t: ``confidence`` of it lies within plus or minus this."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, (1.0 + confidence) / 2.0))


def _shape(values: NDArray[np.float64]) -> tuple[float, float | None]:
    """Standard deviation, and the skewness to correct for: None where Student's t is used as it is."""
    n, mean = values.size, float(values.mean())
    centred = values - mean
    scale = float(np.sqrt(centred @ centred / (n - 1)))
    is_rounding = scale <= 1e-12 * abs(mean)
    if n < HALL_RUNS_MIN or is_rounding:
        return scale, None
    skewness = float(np.mean(centred**3) / np.mean(centred**2) ** 1.5)
    return scale, None if abs(skewness) < 1e-6 else skewness


def _transformed(distance: float, skewness: float, n: int) -> float:
    """Hall's cubic."""
    cubic = distance + skewness * distance**2 / 3.0 + skewness**2 * distance**3 / 27.0
    return cubic + skewness / (6.0 * n)


def _untransformed(quantile: float, skewness: float, n: int) -> float:
    """The T whose transformed value is `quantile`: the inverse of Hall's cubic, which is monotone."""
    cube = 1.0 + skewness * (quantile / math.sqrt(n) - skewness / (6.0 * n))
    return 3.0 / skewness * (float(np.cbrt(cube)) - 1.0)
