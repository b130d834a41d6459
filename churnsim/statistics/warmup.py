"""Where a run that cannot start stationary has settled: what to cut off, and the curve that shows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BATCH = 5


@dataclass(frozen=True, slots=True)
class Truncation:
    """How much of the beginning of a series to leave out.

    Parameters
    ----------
    cut : int
        Observations to leave out, a multiple of 5.
    has_settled : bool
        Whether the best cut lies in the first half; if not, the series is too short to say: run longer.
    """

    cut: int
    has_settled: bool


def mser5(series: NDArray[np.float64]) -> Truncation:
    """The cut after which the mean of a series is known best, by the marginal standard error rule.

    Of averages of five observations, the cut up to the half of them that makes the variance of what is left,
    over its number, smallest: a longer cut takes bias away, and data too.

    Parameters
    ----------
    series : ndarray of float, shape (n,) or (runs, n), n >= 20
        One observation per equal step of time; of several runs the average over runs is used, for one
        realisation settles by chance.

    Returns
    -------
    Truncation
        One cut for all runs.

    Raises
    ------
    ValueError
        If there are fewer than 20 observations, or one is not finite.

    Source: White, Simulation 69 (1997) 323-334; Hoad, Robinson and Davies, JORS 61 (2010); methods 3.3.
    """
    batches = _batches(_average(series))
    count = batches.size
    # From the back: of what is left after each cut, its number, sum and sum of squares.
    left = np.arange(count, 0, -1)
    centred = batches - batches.mean()
    sums = np.cumsum(centred[::-1])[::-1]
    squares = np.cumsum(centred[::-1] ** 2)[::-1]
    errors = np.maximum(squares - sums**2 / left, 0.0) / left**2
    most = count // 2
    best = int(np.argmin(errors[: most + 1]))
    return Truncation(best * BATCH, best < most)


def welch(series: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """Average over runs, smoothed: flat where the runs have settled.

    Parameters
    ----------
    series : ndarray of float, shape (n,) or (runs, n)
        One observation per equal step of time.
    window : int
        Steps to either side that are averaged, at least 0 and at most a quarter of n; fewer near the start.

    Returns
    -------
    ndarray of float, shape (n - window,)
        Moving average at each step whose window ends within the series.

    Raises
    ------
    ValueError
        If the window is out of bounds.

    Source: Welch, in Lavenberg, Computer Performance Modeling Handbook, 1983, 268-328.
    """
    mean = _average(series)
    if not 0 <= window <= mean.size // 4:
        raise ValueError(
            f"a window of {window} does not lie in [0, {mean.size // 4}], a quarter of the series"
        )
    steps = np.arange(mean.size - window)
    reach = np.minimum(steps, window)  # near the start as far as there is something on both sides
    sums = np.concatenate(([0.0], np.cumsum(mean)))
    smooth: NDArray[np.float64] = (sums[steps + reach + 1] - sums[steps - reach]) / (2 * reach + 1)
    return smooth


def _average(series: NDArray[np.float64]) -> NDArray[np.float64]:
    """The series, or the average of several."""
    values = np.asarray(series, dtype=np.float64)
    mean: NDArray[np.float64] = values if values.ndim == 1 else values.mean(axis=0)
    if not np.isfinite(mean).all():
        raise ValueError("every observation of a series must be finite")
    return mean


def _batches(series: NDArray[np.float64]) -> NDArray[np.float64]:
    count = series.size // BATCH
    if count < 4:
        raise ValueError(f"a series of {series.size} is too short to find where it settles; 20 is the least")
    means: NDArray[np.float64] = series[: count * BATCH].reshape(count, BATCH).mean(axis=1)
    return means
