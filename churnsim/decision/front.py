"""Designs that no other beats in everything at once, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from churnsim.base.errors import UsageError
from churnsim.decision.alternative import Alternative, check_rankable
from churnsim.metrics import MEASURES, Durations, Measurement, Peak, Ratio
from churnsim.metrics.measurement import survival_quantile

# One of each question that every scenario is asked.
OBJECTIVES = ("availability", "cost.total", "overtrust.mean_open", "undertrust.share")
RESAMPLES = 2_000
PAIRS_AT_ONCE = 4_000_000


@dataclass(frozen=True, eq=False, slots=True)
class Front:
    """Which designs are worth considering.

    Parameters
    ----------
    objectives : tuple of str
        Measures that count, each in its better direction.
    points : ndarray of float, shape (designs, objectives)
        Estimates, in the units of the measures.
    is_on_front : ndarray of bool, shape (designs,)
        Whether no other design is at least as good in all objectives and better in one, by the estimates.
    membership : ndarray of float, shape (designs,)
        In what share of resamples of the replications it is so, in [0, 1].
    """

    objectives: tuple[str, ...]
    points: NDArray[np.float64]
    is_on_front: NDArray[np.bool_]
    membership: NDArray[np.float64]


def front(designs: Sequence[Alternative], objectives: Sequence[str] = OBJECTIVES, *, seed: int = 0) -> Front:
    """The Pareto front of designs, with the chance of each to be on it.

    Replications are drawn with replacement, the same for all designs, as they share their random numbers;
    each time every objective is pooled as its estimate is (ratios as ratios of sums). A design that is on the
    front in most resamples is there for a reason; one in a few may owe it to chance.

    Parameters
    ----------
    designs : sequence of Alternative
        At least one.
    objectives : sequence of str
        Measures with a better direction.
    seed : int
        Of the resamples.

    Raises
    ------
    UsageError
        If a measure has no better direction or is not defined for a design, or no run is common to all.

    Source: Efron 1979 (bootstrap); methods 3.14.
    """
    runs = sorted(set.intersection(*(set(one.runs) for one in designs)))
    if not runs:
        raise UsageError("no replication went through at every design")
    signs = np.array([_sign(name) for name in objectives])
    generator = np.random.Generator(np.random.Philox(key=seed))
    # How often each run is drawn, row by row; the first row is the runs as they are.
    chance = np.full(len(runs), 1.0 / len(runs))
    draws = np.vstack(
        (np.ones((1, len(runs)), dtype=np.int64), generator.multinomial(len(runs), chance, RESAMPLES))
    )
    values = np.stack(
        [np.stack([_pooled(one, name, runs, draws) for name in objectives], axis=-1) for one in designs],
        axis=1,
    )
    for position, one in enumerate(designs):
        if (unknown := np.flatnonzero(np.isnan(values[0, position]))).size:
            raise UsageError(f"{objectives[unknown[0]]} is not defined for {one.name}: it cannot be ranked")
    on_front = nondominated(signs * values)
    return Front(tuple(objectives), values[0], on_front[0], on_front[1:].mean(axis=0))


def nondominated(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which rows no other row beats: at least as high in every column and higher in one.

    Parameters
    ----------
    points : ndarray of float, shape (..., designs, objectives)
        Higher is better. A row with NaN is not on the front and beats none.

    Returns
    -------
    ndarray of bool, shape (..., designs)
    """
    *sets, designs, objectives = points.shape
    stacked = points.reshape(-1, designs, objectives)
    # In slices, for all pairs of many designs in all resamples at once would not fit into memory.
    size = max(1, PAIRS_AT_ONCE // designs**2)
    parts = [_unbeaten(stacked[start : start + size]) for start in range(0, len(stacked), size)]
    return np.concatenate(parts).reshape(*sets, designs)


def _unbeaten(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Of shape (sets, designs, objectives), set by set; shape (sets, designs)."""
    is_ahead = np.ones((*points.shape[:2], points.shape[1]), dtype=np.bool_)
    is_better = np.zeros_like(is_ahead)
    for column in np.moveaxis(points, 2, 0):
        is_ahead &= column[:, :, None] >= column[:, None, :]
        is_better |= column[:, :, None] > column[:, None, :]
    is_unbeaten: NDArray[np.bool_] = np.logical_not(
        (is_ahead & is_better).any(axis=1) | np.isnan(points).any(axis=2)
    )
    return is_unbeaten


def _sign(name: str) -> float:
    check_rankable(name)
    return 1.0 if MEASURES.find(name).better == "higher" else -1.0


def _pooled(
    one: Alternative, name: str, runs: Sequence[int], draws: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The measure pooled over each draw of runs, shape (draws,); NaN where undefined."""
    series = one.series(name)
    known: list[tuple[int, Measurement]] = [
        (position, series[run]) for position, run in enumerate(runs) if run in series
    ]
    if not known:
        return np.full(len(draws), np.nan)
    taken = draws[:, [position for position, _ in known]]
    first = known[0][1]
    if isinstance(first, Durations):
        return _quantiles([each for _, each in known if isinstance(each, Durations)], taken)
    if isinstance(first, Ratio):
        parts = [(each.numerator, each.denominator) for _, each in known if isinstance(each, Ratio)]
        up, down = np.array(parts, dtype=np.float64).T
    else:
        values = np.array([each.value for _, each in known], dtype=np.float64)
        is_known = ~np.isnan(values)
        if isinstance(first, Peak):
            shown = np.where((taken > 0) & is_known, values, -np.inf).max(axis=1)
            return np.where(np.isfinite(shown), shown, np.nan)
        up, down = np.where(is_known, values, 0.0), is_known.astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled: NDArray[np.float64] = (taken @ up) / (taken @ down)
    return pooled


def _quantiles(series: Sequence[Durations], taken: NDArray[np.int64]) -> NDArray[np.float64]:
    found = []
    for row in taken:
        drawn = np.repeat(np.arange(len(series)), row).tolist()
        values = np.concatenate([series[run].values for run in drawn] or [np.empty(0)])
        censored = np.concatenate([series[run].censored for run in drawn] or [np.empty(0, dtype=np.bool_)])
        quantile = survival_quantile(values, censored, series[0].probability)
        found.append(np.nan if quantile is None else quantile)
    return np.array(found)
