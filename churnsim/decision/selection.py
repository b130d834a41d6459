"""The best of several designs, with a guaranteed chance of having picked it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from churnsim.base.errors import UsageError
from churnsim.decision.alternative import Alternative, check_rankable
from churnsim.metrics import MEASURES, Ratio, Scalar

FIRST = 10


@dataclass(frozen=True, slots=True)
class Selection:
    """What is left of the designs, and when the others fell out.

    Parameters
    ----------
    kept : tuple of int
        Positions of the designs that none has beaten; one, where it is decided.
    runs : tuple of int
        Runs of each design that were looked at.
    most : int
        Runs after which the procedure would have ended at the latest.
    """

    kept: tuple[int, ...]
    runs: tuple[int, ...]
    most: int

    @property
    def best(self) -> int | None:
        """Position of the one design that is left, None where several are."""
        return self.kept[0] if len(self.kept) == 1 else None


def select(
    values: NDArray[np.float64], indifference: float, *, confidence: float = 0.95, first: int = FIRST
) -> Selection:
    """The design with the highest mean, by Kim and Nelson's sequential procedure.

    All designs are run alike; a design falls out as soon as another is so far ahead of it that chance hardly
    explains it, by a margin that shrinks from run to run. Common random numbers are allowed, and save runs.

    Parameters
    ----------
    values : ndarray of float, shape (designs, runs), runs >= first
        Of each design in each run; the same run of two designs may be correlated, runs are independent.
    indifference : float
        Difference worth detecting, in the unit of the values; positive.
    confidence : float
        Chance that the best is picked if it is ahead by `indifference` or more; above 1 / designs.
    first : int
        Runs from which the variances of the differences are taken, at least 2.

    Raises
    ------
    ValueError
        If there are too few runs, or the indifference is not positive.

    Source: Kim and Nelson, ACM TOMACS 11 (2001) 251-273, with c = 1; methods 3.12.
    """
    designs, runs = values.shape
    if runs < first or first < 2:
        raise ValueError(f"the first stage takes {max(first, 2)} runs of each design, got {runs}")
    if not (math.isfinite(indifference) and indifference > 0.0):
        raise ValueError(f"the indifference must be positive, got {indifference}")
    if designs == 1:
        return Selection((0,), (first,), first)
    # Twice the degrees of freedom times eta, which spends the risk on all rivals of the best.
    eta = ((2.0 * (1.0 - confidence) / (designs - 1)) ** (-2.0 / (first - 1)) - 1.0) / 2.0
    start = values[:, None, :first] - values[None, :, :first]
    reach = 2.0 * eta * (first - 1) * start.var(axis=2, ddof=1) / indifference**2
    means = values.cumsum(axis=1) / np.arange(1, runs + 1)
    is_kept, used = np.ones(designs, dtype=bool), np.full(designs, first)
    for run in range(first, runs + 1):
        used[is_kept] = run
        now = means[:, run - 1]
        margin = np.maximum(0.0, indifference / (2.0 * run) * (reach - run))
        is_beaten = (now[:, None] < now[None, :] - margin) & is_kept[None, :]
        is_kept &= ~is_beaten.any(axis=1)
        if is_kept.sum() == 1:
            break
    most = max(first, math.floor(float(reach.max())) + 1)
    return Selection(tuple(map(int, np.flatnonzero(is_kept))), tuple(map(int, used)), most)


def best(
    designs: Sequence[Alternative], measure: str, indifference: float, confidence: float = 0.95
) -> Selection:
    """The best design in one measure, in the direction that is better.

    Parameters
    ----------
    designs : sequence of Alternative
        At least one.
    measure : str
        A number of each run, or a ratio; of a ratio the mean of each run's own is what designs are ranked
        by, not the ratio of sums.
    indifference : float
        In the unit of the measure; positive.
    confidence : float
        Such as 0.95.

    Raises
    ------
    UsageError
        If neither direction of the measure is better, if it is a quantile or a maximum, if a run does not
        define it, or if there are fewer than ten runs of each design in common.
    """
    check_rankable(measure)
    values = run_values(designs, measure)
    if values.shape[1] < FIRST:
        raise UsageError(f"to pick the best takes {FIRST} replications of each design, got {values.shape[1]}")
    signed = values if MEASURES.find(measure).better == "higher" else -values
    return select(signed, indifference, confidence=confidence)


def run_values(designs: Sequence[Alternative], measure: str) -> NDArray[np.float64]:
    """Of each design in each run that all have, shape (designs, runs).

    Raises
    ------
    UsageError
        If it is a quantile or a maximum, or a run does not define it.
    """
    series = [one.series(measure) for one in designs]
    common = [run for run in series[0] if all(run in one for one in series)]
    for one, taken in zip(designs, series, strict=True):
        for run in common:
            if not isinstance(taken[run], Scalar | Ratio):
                raise UsageError(f"{measure} is a quantile or a maximum over runs, not a number of each run")
            if taken[run].value is None:
                raise UsageError(f"{measure} is not defined in replication {run} of {one.name}")
    return np.array([[taken[run].value for run in common] for taken in series], dtype=np.float64)
