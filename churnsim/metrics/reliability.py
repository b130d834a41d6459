"""Reliability: what became of requests that ought to have been served, and of the capacity to serve them."""

from __future__ import annotations

from functools import partial

import numpy as np

from churnsim.metrics.measurement import Ratio, Scalar
from churnsim.metrics.overlap import inside
from churnsim.metrics.registry import measure
from churnsim.trace import Trace
from churnsim.trace.intervals import steps
from churnsim.trace.schema import UNSERVED

WINDOW_S = 300.0


@measure("availability", unit="share", better="higher")
def availability(trace: Trace) -> Ratio:
    """Share of intended requests that were served: served / intended."""
    return _share(trace, "served")


@measure("availability.window_min", unit="share", better="higher")
def worst_window(trace: Trace) -> Scalar:
    """Served / intended requests of the worst 5 min, counted from t0 in whole traffic buckets."""
    traffic = trace["traffic"]
    # A bucket belongs to the window in which it begins; the slack is for starts that rounding made too small.
    window = np.floor((traffic["start"] - trace.meta.t0) / WINDOW_S + 1e-9).astype(np.int64)
    served, intended = np.bincount(window, traffic["served"]), np.bincount(window, traffic["intended"])
    busy = intended > 0
    return Scalar(float((served[busy] / intended[busy]).min()) if busy.any() else None)


@measure("unserved.share", unit="share", better="lower", parts="cause", members=UNSERVED)
def unserved(trace: Trace) -> dict[str, Ratio]:
    """Share of intended requests that were not served: one cause, or all, / intended."""
    intended = float(trace["traffic"]["intended"].sum())
    parts: dict[str, Ratio] = {cause: _share(trace, cause) for cause in UNSERVED}
    lost = sum(float(trace["traffic"][cause].sum()) for cause in UNSERVED)
    return {"": Ratio(lost, intended), **parts}


@measure("capacity.availability", unit="share", better="higher")
def capacity(trace: Trace) -> Ratio:
    """Share of time with at least as many ready units as needed, over all workloads that need any."""
    units, meta = trace["units"], trace.meta
    enough = total = 0.0
    for workload, info in enumerate(meta.workloads):
        if info.needed > 0:
            mine = units["workload"] == workload
            ready = steps(units["ready"][mine], np.fmin(units["stopped"][mine], meta.t1))
            enough += ready.spans(partial(np.less_equal, info.needed), meta.t0, meta.t1).total
            total += meta.t1 - meta.t0
    return Ratio(enough, total)


@measure("capacity.utilisation", unit="1", better="neither")
def utilisation(trace: Trace) -> Ratio:
    """Requests and calls served over what ready units could; draining ones that serve add to the former."""
    units, meta = trace["units"], trace.meta
    limits = np.array([info.capacity for info in meta.workloads])
    seconds = inside(units["ready"], units["stopped"], meta.t0, meta.t1)
    able = limits[units["workload"]] * seconds
    served = np.zeros(limits.size)
    np.add.at(served, trace["traffic"]["workload"], trace["traffic"]["served"])
    np.add.at(served, trace["calls"]["callee"], trace["calls"]["served"])
    return Ratio(float(served[np.isfinite(limits)].sum()), float(able[np.isfinite(able)].sum()))


def _share(trace: Trace, outcome: str) -> Ratio:
    traffic = trace["traffic"]
    return Ratio(float(traffic[outcome].sum()), float(traffic["intended"].sum()))
