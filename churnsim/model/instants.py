"""Instants: when the requests of a load come, one by one."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from churnsim.engine import Stream
    from churnsim.model.traffic import Load

Floats = NDArray[np.float64]

MOST = 20_000_000
_CELLS = 4096
_CLOSE = 1e-12  # of the requests of a cell, by which an instant may be off
_STEPS = 60


def instants(load: Load, stream: Stream, lane: int, start: float, end: float) -> Floats:
    """Return the instants [s] in ``[start, end)`` of a Poisson process with the mean of a load, sorted.

    Parameters
    ----------
    load : Load
        How many are to be expected.
    stream, lane
        Uniform k gives the k-th step of a process of one point per unit, which the load stretches in time.

    Raises
    ------
    ValueError
        If more than 20 million are to be expected.

    Source: inversion of the integrated rate; Çinlar: Introduction to stochastic processes, 1975.
    """
    inside = (load.jumps > start) & (load.jumps < end)
    edges = np.union1d(np.linspace(start, end, _CELLS + 1), load.jumps[inside])
    sums = np.append(0.0, np.cumsum(load.between(edges[:-1], edges[1:])))
    if sums[-1] > MOST:
        raise ValueError(f"more than {MOST:,} requests before {end:g} s; offer fewer or shorten the run")
    levels = _levels(stream, lane, float(sums[-1]))
    cell = np.searchsorted(sums, levels, side="right") - 1
    return np.sort(_within(load, edges, sums, levels, cell))


def _levels(stream: Stream, lane: int, most: float) -> Floats:
    """Points below `most` of a Poisson process of rate 1."""
    size, levels = int(most + 6 * sqrt(most) + 16), np.empty(0)
    while not levels.size or levels[-1] < most:
        steps = -np.log(stream.uniform(lane, np.arange(levels.size, levels.size + size)))
        levels = np.append(levels, np.cumsum(np.append(levels[-1:], steps))[levels[-1:].size :])
    return levels[levels < most]


def _within(load: Load, edges: Floats, sums: Floats, levels: Floats, cell: NDArray[np.int64]) -> Floats:
    """Where in its cell each level is reached; at once where the rate is even there."""
    begin, low, high = edges[cell], edges[cell].copy(), edges[cell + 1].copy()
    whole, wanted = sums[cell + 1] - sums[cell], levels - sums[cell]
    time = np.clip(begin + (high - begin) * (wanted / whole), low, high)
    open_ = np.arange(levels.size)
    for step in range(_STEPS):
        off = load.between(begin[open_], time[open_]) - wanted[open_]
        far = np.abs(off) > _CLOSE * np.maximum(whole[open_], 1.0)
        open_, off = open_[far], off[far]
        if not open_.size:
            break
        high[open_] = np.where(off > 0, time[open_], high[open_])
        low[open_] = np.where(off > 0, low[open_], time[open_])
        # By the slope of the cell, which nearly finds it; by halves where that leaves the bracket.
        slope = whole[open_] / (edges[cell[open_] + 1] - begin[open_])
        guess = time[open_] - off / slope
        halves = (step % 4 == 3) | ~((guess > low[open_]) & (guess < high[open_]))
        time[open_] = np.where(halves, 0.5 * (low[open_] + high[open_]), guess)
    return time
