"""Noise: units that leave others beside them less than what these asked for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.intervals import Spans, cut
from churnsim.trace.trace import Trace

Floats = NDArray[np.float64]


def paces(trace: Trace) -> Floats:
    """Return the shares of their capacity that noise leaves to units: 1 first, then the others ascending."""
    left = np.unique(trace["noises"]["left"])
    return np.append(1.0, left[left < 1.0])


def slowed(trace: Trace, workload: int) -> tuple[NDArray[np.int64], Floats, Floats, NDArray[np.int64]]:
    """Return which units of a workload stand beside noise, and how much that leaves them.

    A unit is beside noise while one of another workload that is noisy stands on its node; of several it is
    the worst that counts.

    Returns
    -------
    (n,) arrays
        Who, from, to [s], and which of `paces` is left; intervals of a unit do not overlap.
    """
    placed, gone = trace["placements"], trace["units"]["gone"]
    until = np.where(np.isnan(gone), trace.meta.t1, gone)[placed["unit"]]
    whose = trace["units"]["workload"][placed["unit"]]
    mine = whose == workload
    unit, node, since, end = (each[mine] for each in (placed["unit"], placed["node"], placed["time"], until))
    noises = {
        pace: _noise(trace, whose, until, left, workload) for pace, left in enumerate(paces(trace)) if pace
    }
    start = np.concatenate([np.empty(0), *(each.start for each in noises.values())])
    bounds = np.concatenate([start, *(each.end for each in noises.values())])
    where = np.concatenate([np.empty(0, np.int64), *(each.group for each in noises.values())])
    which, begin, past = cut(node, since, end, np.tile(where, 2), bounds)
    level = np.zeros(begin.size, np.int64)
    for pace, noise in reversed(noises.items()):
        level[noise.contains(begin, node[which])] = pace
    some = level > 0
    return unit[which[some]].astype(np.int64), begin[some], past[some], level[some]


def _noise(trace: Trace, whose: NDArray[np.int64], until: Floats, left: float, workload: int) -> Spans:
    """When, by node, units of another workload stand there that leave so much."""
    placed, noises = trace["placements"], trace["noises"]
    parts: list[tuple[Floats, Floats, NDArray[np.int64]]] = []
    for row in np.flatnonzero((noises["left"] == left) & (noises["workload"] != workload)).tolist():
        theirs = whose == noises["workload"][row]
        start = np.maximum(placed["time"][theirs], noises["start"][row])
        parts.append((start, np.minimum(until[theirs], noises["end"][row]), placed["node"][theirs]))
    none = np.empty(0), np.empty(0), np.empty(0, np.int64)
    return Spans.of(*(np.concatenate(column) for column in zip(none, *parts, strict=True)))
