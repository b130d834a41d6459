"""Checks of traffic shapes: nothing negative, the same however it is cut, and on average what it says."""

from __future__ import annotations

import numpy as np

from churnsim.engine import Streams
from churnsim.model.traffic import Load
from churnsim.testing.check import checks, require
from churnsim.testing.subject import Subject

_DAY = 86_400.0
_EDGES = np.unique(np.concatenate([np.linspace(-_DAY, 2 * _DAY, 4001), np.geomspace(1e-6, _DAY, 200)]))


def _load(subject: Subject, end: float = 2 * _DAY, replication: int = 0) -> Load:
    load: Load = subject.recipe.load(Streams(1, replication).named("traffic"), -_DAY, end)
    return load


@checks("traffic")
def offers_nothing_negative_and_nothing_in_no_time(subject: Subject) -> None:
    """Over long spans, short ones and empty ones; what a difference of integrals loses is forgiven."""
    offered = np.asarray(_load(subject).between(_EDGES[:-1], _EDGES[1:]), float)
    require(offered.min() >= -1e-12 * offered.sum(), f"{subject.name}: a negative number of requests")
    require(not np.any(_load(subject).between(_EDGES, _EDGES)), f"{subject.name}: requests in no time")


@checks("traffic")
def offers_the_same_however_time_is_cut(subject: Subject) -> None:
    """The requests of a span are those of its parts."""
    load = _load(subject)
    parts = np.asarray(load.between(_EDGES[:-1], _EDGES[1:]), float)
    for step in (2, 10, 50):
        coarse = _EDGES[::step]
        whole = np.asarray(load.between(coarse[:-1], coarse[1:]), float)
        sums = np.add.reduceat(parts[: np.searchsorted(_EDGES, coarse[-1])], np.arange(0, whole.size) * step)
        close = np.abs(sums - whole) <= 1e-9 * np.maximum(whole, 1e-3 * whole.mean())
        require(close.all(), f"{subject.name}: parts do not add up to the whole")


@checks("traffic")
def jumps_only_where_it_says(subject: Subject) -> None:
    """Between two jumps in the window there is at most a smooth change."""
    load = _load(subject)
    jumps = np.asarray(load.jumps, float)
    require((np.diff(jumps) > 0).all(), f"{subject.name}: jumps are not in order of time")
    around = _EDGES[(_EDGES > 0) & (_EDGES < _DAY)]
    width = 1e-3
    far = np.ones(around.size, bool)
    if jumps.size:
        place = np.clip(np.searchsorted(jumps, around), 1, jumps.size - 1) if jumps.size > 1 else 0
        nearest = np.minimum(np.abs(jumps[place] - around), np.abs(jumps[np.maximum(place - 1, 0)] - around))
        far = nearest > 2 * width
    before, after = load.between(around - width, around), load.between(around, around + width)
    most = np.maximum(np.max(before), np.max(after))
    smooth = np.abs(after - before)[far] <= 1e-3 * most
    require(smooth.all(), f"{subject.name}: the rate jumps at an instant that is not among its jumps")


@checks("traffic")
def has_the_mean_rate_that_it_says(subject: Subject) -> None:
    """Over a year, averaged over some runs."""
    year = 365 * _DAY
    start, end = np.array([0.0]), np.array([year])
    found = [float(_load(subject, year, run).between(start, end)[0]) / year for run in range(5)]
    close = abs(np.mean(found) - subject.recipe.mean_rate) <= 0.05 * subject.recipe.mean_rate
    require(close, f"{subject.name}: mean_rate is not {np.mean(found):g}/s")
