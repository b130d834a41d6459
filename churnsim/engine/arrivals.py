"""Renewal point processes in their stationary state, laid down ahead of the run."""

from __future__ import annotations

import operator
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from churnsim.base.distribution import Distribution
from churnsim.engine.stream import Stream

Times = NDArray[np.float64]

_CHUNK = 1024
_POINTS_MOST = 20_000_000


def arrivals(every: Distribution, stream: Stream, lane: int, start: float, end: float) -> Times:
    """Return the instants [s] in ``[start, end)`` of a stationary renewal process, sorted.

    Parameters
    ----------
    every : Distribution
        Law of the gap between points [s].
    stream, lane
        Uniform 0 places the first point by the equilibrium law, uniform k gives the k-th gap.

    Raises
    ------
    ValueError
        If more than 20 million points would be needed.

    Source: docs/theory.md O07.
    """
    chunks = [np.atleast_1d(start + np.asarray(every.equilibrium(stream.uniform(lane, 0)), float))]
    index = 1
    while chunks[-1][-1] < end:
        if index > _POINTS_MOST:
            raise ValueError(f"more than {_POINTS_MOST:,} points before {end:g} s; lengthen the mean gap")
        gaps = np.asarray(every.inverse(stream.uniform(lane, np.arange(index, index + _CHUNK))), float)
        index += gaps.size
        chunks.append(np.cumsum(np.concatenate([chunks[-1][-1:], gaps]))[1:])
    times = np.concatenate(chunks)
    return times[times < end]


def alternating(
    up: Distribution,
    down: Distribution,
    stream: Stream,
    start: float,
    end: float,
    after: Callable[[float, float], float] = operator.add,
) -> list[tuple[float, float]]:
    """Return the down periods ``(from, to)`` [s] of a stationary alternating renewal process.

    Lane 0 places the start (uniform 0: up or down, uniform 1: how much of that remains), lane 1 gives
    the k-th up time, lane 2 the k-th down time. `after` says when an up time that begins at an instant is
    over, on a clock of its own. Source: docs/theory.md O01.
    """
    place, ups, downs = stream.lane(0), stream.lane(1), stream.lane(2)
    spells: list[tuple[float, float]] = []
    rest = stream.uniform(place, 1)
    is_down = stream.uniform(place, 0) * (up.mean + down.mean) < down.mean
    if is_down:
        until = start + float(down.equilibrium(rest))
        spells.append((start, until))
        now = after(until, float(up.inverse(stream.uniform(ups, 0))))
    else:
        now = after(start, float(up.equilibrium(rest)))
    k = 1
    while now < end:
        until = now + float(down.inverse(stream.uniform(downs, k)))
        spells.append((now, until))
        now = after(until, float(up.inverse(stream.uniform(ups, k))))
        k += 1
        if k > _POINTS_MOST:
            raise ValueError(f"more than {_POINTS_MOST:,} outages before {end:g} s; lengthen the mean gap")
    return spells
