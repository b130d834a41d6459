"""Means that rare incidents make, from runs in which each incident is made to happen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from churnsim.statistics.estimate import Estimate
from churnsim.statistics.mean import mean_interval
from churnsim.statistics.summary import shows_too_little


@dataclass(frozen=True, eq=False, slots=True)
class Incident:
    """A class of incidents: how often they come, and what one of them did in each run made with one.

    Parameters
    ----------
    rate : float
        Incidents of the class in a run as it is, on average; not negative.
    impacts : ndarray of float, shape (n,), n >= 2
        What one incident at a random instant adds to the measure: of run r, its value with the incident less
        that of the same run without it.

    Raises
    ------
    ValueError
        If the rate is negative, or there are fewer than two impacts.
    """

    rate: float
    impacts: NDArray[np.float64]

    def __post_init__(self) -> None:
        object.__setattr__(self, "impacts", np.asarray(self.impacts, dtype=np.float64))
        if not (math.isfinite(self.rate) and self.rate >= 0.0):
            raise ValueError(f"incidents come at a rate of 0 or more in a run, got {self.rate}")
        if self.impacts.ndim != 1 or self.impacts.size < 2:
            raise ValueError(f"the impact needs two runs or more, got shape {self.impacts.shape}")


@dataclass(frozen=True, slots=True)
class Conditioned(Estimate):
    """A mean made from runs with incidents, and how wrong it may be because incidents can overlap.

    Parameters
    ----------
    overlap : float
        Bound of what is left out, in the unit of the measure: two incidents at once may do more, or less,
        than each alone. Where it is not small beside the interval, the estimate is not to be trusted.
    """

    overlap: float = 0.0


def conditioned_mean(
    incidents: Sequence[Incident], quiet: NDArray[np.float64], confidence: float = 0.95
) -> Conditioned:
    """Mean of a measure that is small in quiet runs and large in the few that have an incident.

    Most runs of a rare incident show nothing of it; here every run shows one, and is weighed by how often
    it comes: quiet mean plus, over classes, rate times mean impact. The variance falls by the factor
    ``E[X^2] / (rate Var X)`` against as many plain runs, X being the impact.

    Parameters
    ----------
    incidents : sequence of Incident
        One for each class; classes independent, and rarely two of any at once.
    quiet : ndarray of float, shape (n,), n >= 2
        The measure in runs without incidents.
    confidence : float
        Such as 0.95.

    Returns
    -------
    Conditioned
        ``undefined`` counts nothing. With one class in which the quiet part is constant the interval is that
        of its mean, Hall's (``hall``); else Welch's, of a sum of independent means (``welch``). No interval
        where a class has fewer than 15 runs with an impact and some without (``few non-zero``).

    Raises
    ------
    ValueError
        If there are fewer than two quiet runs.

    Source: methods 3.7; Welch, Biometrika 34 (1947) 28-35 (degrees of freedom of a weighted sum).
    """
    from scipy.special import stdtrit

    parts = [(1.0, np.asarray(quiet, dtype=np.float64)), *((each.rate, each.impacts) for each in incidents)]
    if parts[0][1].ndim != 1 or parts[0][1].size < 2:
        raise ValueError(f"the quiet part needs two runs or more, got shape {parts[0][1].shape}")
    mean = sum(weight * float(values.mean()) for weight, values in parts)
    runs = sum(values.size for _, values in parts)
    # Two or more at once come with chance rate^2 / 2, and then the second may have added nothing or double.
    together = sum(each.rate for each in incidents)
    worst = max((abs(float(each.impacts.mean())) for each in incidents), default=0.0)
    overlap = together**2 / 2.0 * worst
    shown = [shows_too_little(each.impacts) for each in incidents if each.rate > 0.0]
    if "few non-zero" in shown:
        return Conditioned(mean, None, None, runs, 0, "few non-zero", None, overlap)
    moving = [(weight, values) for weight, values in parts if weight * float(np.ptp(values)) > 0.0]
    if not moving:
        return Conditioned(mean, mean, mean, runs, 0, "constant", None, overlap)
    if len(moving) == 1:
        weight, values = moving[0]
        low, high, method = mean_interval(
            weight * values + (mean - weight * float(values.mean())), confidence
        )
        return Conditioned(mean, low, high, runs, 0, method, None, overlap)
    pieces = [weight**2 * float(values.var(ddof=1)) / values.size for weight, values in moving]
    variance = sum(pieces)
    degrees = variance**2 / sum(
        piece**2 / (values.size - 1) for piece, (_, values) in zip(pieces, moving, strict=True)
    )
    half = float(stdtrit(degrees, (1.0 + confidence) / 2.0)) * math.sqrt(variance)
    return Conditioned(mean, mean - half, mean + half, runs, 0, "welch", None, overlap)
