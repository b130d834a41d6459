"""What a set of runs says about one number."""

from __future__ import annotations

import math
from dataclasses import dataclass

# How many standard errors below 0 a correlation must lie: one in a hundred of unrelated runs does.
_NOISE = 2.33


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, how sure we are of it, and how we know.

    Parameters
    ----------
    mean : float or None
        The estimate, in the unit of the measure; None where no run defines it.
    low, high : float or None
        Ends of the confidence interval; None where no honest interval exists, `method` then says why.
    n : int
        Runs (or pairs of runs) that define the measure.
    undefined : int
        Runs (or pairs) that were left out because they do not define it.
    method : str
        Where there is an interval, how it was made: ``t``, ``hall``, ``log``, ``logit``, ``delta``,
        ``jackknife``, ``sectioning``, ``exact``, ``constant`` (every run gave the same value).
        Where there is none, why not: ``undefined``, ``one run``, ``all zero``, ``few non-zero``,
        ``few runs``, ``few episodes``, ``censored``, ``maximum``.
    nonzero : int or None
        Runs that show the thing at all: a non-zero value, or for a share near 1 a non-zero complement.
        ``share_of_runs(nonzero, n)`` bounds how often it would show. None where that has no meaning.
    """

    mean: float | None
    low: float | None
    high: float | None
    n: int
    undefined: int
    method: str
    nonzero: int | None = None

    @property
    def half_width(self) -> float | None:
        """Half the length of the interval, None where there is none."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class Difference(Estimate):
    """A paired difference, with the correlation that sharing random numbers achieved.

    Parameters
    ----------
    correlation : float or None
        Between the two sides over the pairs, in [-1, 1]; None where a side does not vary or has no runs.
        Near 1, common random numbers did their work.
    p_value : float or None
        How likely a difference at least as large would be by chance alone, were there none; two-sided, in
        [0, 1], agreeing with the interval. None without an interval.
    """

    correlation: float | None = None
    p_value: float | None = None

    @property
    def warning(self) -> str | None:
        """Why the pairing did harm, None where it did not."""
        if self.correlation is None or self.n < 8:
            return None
        # Of runs that have nothing in common the correlation is about 0, give or take one over this root.
        if self.correlation > -_NOISE / math.sqrt(self.n - 1):
            return None
        return (
            f"runs of the two sides are negatively correlated ({self.correlation:.2f}): pairing widened this"
        )


def without_interval(
    mean: float | None, n: int, undefined: int, method: str, nonzero: int | None = None
) -> Estimate:
    """An estimate of which no honest interval exists."""
    return Estimate(mean, None, None, n, undefined, method, nonzero)
