"""Pace: how many requests a listed unit has been sent by an instant, and when it had been sent so many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from churnsim.trace.intervals import steps
from churnsim.trace.listing import listings
from churnsim.trace.trace import Trace

Floats = NDArray[np.float64]
Between = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True, eq=False)
class Pace:
    """Mean number of requests that one listed unit has taken since the first instant, a broken line.

    Requests go to an endpoint of the list picked at random, so that each of n gets the nth part; what is
    beyond its capacity it turns away.

    Parameters
    ----------
    times : ndarray, shape (n,)
        Strictly increasing instants [s].
    sums : ndarray, shape (n,)
        Requests to one unit listed all the time, up to each of them; never falls.
    """

    times: Floats
    sums: Floats

    def at(self, time: ArrayLike) -> Floats:
        """Return the requests up to each instant; same shape."""
        return np.asarray(np.interp(np.asarray(time, float), self.times, self.sums))

    def when(self, sums: ArrayLike) -> Floats:
        """Return the first instant [s] by which there were so many; the last one for more than there are."""
        wanted = np.asarray(sums, float)
        place = np.clip(np.searchsorted(self.sums, wanted, side="left"), 1, len(self.sums) - 1)
        low, high = self.sums[place - 1], self.sums[place]
        share = np.divide(wanted - low, high - low, out=np.zeros(wanted.shape), where=high > low)
        begin, end = self.times[place - 1], self.times[place]
        return np.asarray(np.clip(begin + share * (end - begin), self.times[0], self.times[-1]))

    @property
    def fastest(self) -> float:
        """Most requests per time that one unit ever gets [1/s]."""
        return float((np.diff(self.sums) / np.diff(self.times)).max(initial=0.0))


def pace(trace: Trace, workload: int, edges: Floats, between: Between) -> Pace:
    """Return the pace of a workload's requests.

    Parameters
    ----------
    trace : Trace
        The run; of its tables `units` and `intervals` are read.
    workload : int
        Whose units.
    edges : ndarray, shape (b + 1,)
        Edges [s] of spans of time, in each of which requests come evenly, or nearly so.
    between : callable
        Mean number of requests offered in each of several spans ``[start, end)`` [s].
    """
    _, since, until = listings(trace, workload)
    listed = steps(since, until)
    inside = (listed.times > edges[0]) & (listed.times < edges[-1])
    times = np.union1d(edges, listed.times[inside])
    offered = between(times[:-1], times[1:])
    count = listed.at(times[:-1])
    each = np.divide(offered, count, out=np.zeros(count.size), where=count > 0.5)
    able = trace.meta.workloads[workload].capacity * np.diff(times)
    return Pace(times, np.append(0.0, np.cumsum(np.fmin(each, able))))


def of_window(trace: Trace, workload: int) -> Pace:
    """Return the pace of a workload in the measured window, as its traffic tells it."""
    traffic: Any = trace["traffic"]
    mine = traffic["workload"] == workload
    edges = np.append(traffic["start"][mine], trace.meta.t1)
    called = trace["calls"]["callee"] == workload
    bucket = np.searchsorted(edges, trace["calls"]["start"][called], side="right") - 1
    calls = np.bincount(bucket, trace["calls"]["attempts"][called], edges.size - 1)
    sums = np.append(0.0, np.cumsum(traffic["load"][mine] + calls))

    def between(start: Floats, end: Floats) -> Floats:
        return np.asarray(np.interp(end, edges, sums) - np.interp(start, edges, sums))

    return pace(trace, workload, edges, between)
