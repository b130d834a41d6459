"""Confidence interval of a ratio of sums, on the scale where it is closest to normal."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from churnsim.metrics.range import AMOUNT, SHARE, Range
from churnsim.statistics.mean import student_quantile

# Served and offered are integrals that should be equal in a quiet run; they are, up to rounding.
ROUNDING = 1e-9


def ratio_interval(
    numerators: NDArray[np.float64], denominators: NDArray[np.float64], confidence: float, possible: Range
) -> tuple[float, float, str]:
    """Interval of ``sum(numerators) / sum(denominators)`` over independent runs, by the delta method.

    What lies between 0 and 1 is done on the logit scale, computed on the smaller of itself and its
    complement; what is only never negative on the log scale; anything else on its own scale.

    Parameters
    ----------
    numerators, denominators : ndarray of float, shape (n,), n >= 2
        One pair per run; the sum of the denominators positive.
    confidence : float
        Such as 0.95.
    possible : Range
        What values the ratio can take; all runs keep to it.

    Returns
    -------
    low, high : float
        Ends of the interval.
    method : str
        ``logit``, ``log`` or ``delta``.

    Raises
    ------
    ValueError
        If the ratio is 0 (or a share of 1) on a scale that has no place for it.

    Source: Asmussen and Glynn, Stochastic Simulation, III.3 (delta method for a ratio of means).
    """
    quantile = student_quantile(confidence, numerators.size - 1)
    if possible == SHARE:
        rarer = rarer_side(numerators, denominators, possible)
        share, error = _delta(rarer, denominators)
        if share <= 0.0:
            raise ValueError("a share of exactly 0 or 1 has no logit; use share_of_runs for a bound")
        middle = math.log(share / (1.0 - share))
        step = quantile * error / (share * (1.0 - share))
        low, high = _logistic(middle - step), _logistic(middle + step)
        is_complement = _is_mostly(numerators, denominators, possible)
        return (1.0 - high, 1.0 - low, "logit") if is_complement else (low, high, "logit")
    rate, error = _delta(numerators, denominators)
    if possible != AMOUNT:
        return rate - quantile * error, rate + quantile * error, "delta"
    if rate <= 0.0:
        raise ValueError("a rate of exactly 0 has no logarithm; use share_of_runs for a bound")
    factor = math.exp(quantile * error / rate)
    return rate / factor, rate * factor, "log"


def keeps_to(possible: Range, numerators: NDArray[np.float64], denominators: NDArray[np.float64]) -> bool:
    """Whether the ratio of every run lies in the range; at its upper end up to rounding."""
    # A bound at infinity holds for every run, also for one whose denominator is 0.
    is_above = math.isinf(possible.low) or (numerators >= possible.low * denominators).all()
    is_below = math.isinf(possible.high) or (numerators <= (possible.high + ROUNDING) * denominators).all()
    return bool(is_above and is_below)


def rarer_side(
    numerators: NDArray[np.float64], denominators: NDArray[np.float64], possible: Range
) -> NDArray[np.float64]:
    """What says how much the runs show: distance of the numerators to the nearer end of what is possible.

    The numerators themselves for a rate, and for a share up to one half; their complement above that.
    """
    if _is_mostly(numerators, denominators, possible):
        rest: NDArray[np.float64] = possible.high * denominators - numerators
        rest[rest <= ROUNDING * denominators] = 0.0
        return rest
    return numerators if math.isinf(possible.low) else numerators - possible.low * denominators


def _is_mostly(numerators: NDArray[np.float64], denominators: NDArray[np.float64], possible: Range) -> bool:
    """Whether the ratio of sums is nearer to the upper end of its range than to the lower one."""
    if math.isinf(possible.high):
        return False
    return math.isinf(possible.low) or bool(
        2.0 * numerators.sum() > (possible.low + possible.high) * denominators.sum()
    )


def influence(numerators: NDArray[np.float64], denominators: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each run pulls the ratio of sums from its mean, shape (n,): its linear part."""
    ratio = numerators.sum() / denominators.sum()
    pull: NDArray[np.float64] = (numerators - ratio * denominators) / denominators.mean()
    return pull


def leave_one_out(numerators: NDArray[np.float64], denominators: NDArray[np.float64]) -> NDArray[np.float64]:
    """The ratio of sums without each run in turn, shape (n,); NaN where nothing is left."""
    rest = denominators.sum() - denominators
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio: NDArray[np.float64] = np.where(rest > 0.0, (numerators.sum() - numerators) / rest, np.nan)
    return ratio


def _delta(numerators: NDArray[np.float64], denominators: NDArray[np.float64]) -> tuple[float, float]:
    n = numerators.size
    pull = influence(numerators, denominators)
    return float(numerators.sum() / denominators.sum()), math.sqrt(float(pull @ pull) / (n - 1) / n)


def _logistic(x: float) -> float:
    if x < 0.0:
        odds = math.exp(x)
        return odds / (1.0 + odds)
    return 1.0 / (1.0 + math.exp(-x))
