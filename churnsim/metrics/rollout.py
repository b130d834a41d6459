"""Rollouts: how long versions take to reach every unit, how far units lag, and what was taken back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from churnsim.metrics.measurement import Durations, Ratio
from churnsim.metrics.overlap import Mask, inside
from churnsim.metrics.registry import measure
from churnsim.trace import Trace


@measure("convergence.p50", unit="s", better="lower")
def convergence_p50(trace: Trace) -> Durations:
    """Median time from a version's commit to when all units are of it; those taken back before left out."""
    return _convergence(trace, 0.5)


@measure("convergence.p95", unit="s", better="lower")
def convergence_p95(trace: Trace) -> Durations:
    """95th percentile of the time from a version's commit to all units of it; those taken back left out."""
    return _convergence(trace, 0.95)


@measure("revision.drift", unit="share", better="lower")
def drift(trace: Trace) -> Ratio:
    """Share of ready units that are not of the version wanted: the newest that has not been taken back."""
    units, meta = trace["units"], trace.meta
    off = total = 0.0
    for workload, start, end, revision in _wanted(trace):
        mine = units["workload"] == workload
        seconds = inside(units["ready"][mine], units["stopped"][mine], max(start, meta.t0), min(end, meta.t1))
        total += float(seconds.sum())
        off += float(seconds[units["revision"][mine] != revision].sum())
    return Ratio(off, total)


@measure("revision.bad.share", unit="share", better="lower")
def bad(trace: Trace) -> Ratio:
    """Share of ready units that are of a bad version."""
    units, meta, table = trace["units"], trace.meta, trace["revisions"]
    released = np.array([info.rollout is not None for info in meta.workloads], bool)[units["workload"]]
    seconds = inside(units["ready"], units["stopped"], meta.t0, meta.t1)
    key = units["workload"].astype(np.int64) << 32 | units["revision"]
    names = (table["workload"].astype(np.int64) << 32 | table["revision"])[table["bad"]]
    return Ratio(float(seconds[np.isin(key, names)].sum()), float(seconds[released].sum()))


@measure(
    "rollout.taken_back.share",
    unit="share",
    better="lower",
    parts="cause",
    members=("noticed", "no_progress"),
)
def taken_back(trace: Trace) -> dict[str, Ratio]:
    """Share of the versions begun that were taken back: noticed to be bad, or without progress."""
    table, meta = trace["revisions"], trace.meta
    begun = (table["began"] >= meta.t0) & (table["began"] < meta.t1)
    number, back = float(np.count_nonzero(begun)), begun & ~np.isnan(table["noticed"])
    parts = {}
    for name in ("noticed", "no-progress"):
        code = meta.causes.index(name) if name in meta.causes else -2
        found = back & (table["cause"] == code)
        parts[name.replace("-", "_")] = Ratio(float(np.count_nonzero(found)), number)
    return {"": Ratio(float(np.count_nonzero(back)), number), **parts}


def _convergence(trace: Trace, probability: float) -> Durations:
    table, meta = trace["revisions"], trace.meta
    failed = np.isnan(table["completed"]) & ~np.isnan(table["noticed"])
    begun = (table["committed"] >= meta.t0) & (table["committed"] < meta.t1) & ~failed & ~_overtaken(trace)
    end = np.fmin(table["completed"], meta.t1)
    return Durations((end - table["committed"])[begun], np.isnan(table["completed"])[begun], probability)


def _overtaken(trace: Trace) -> Mask:
    """Which versions never begin because a later one came while they waited."""
    table = trace["revisions"]
    later = np.append(table["workload"][1:] == table["workload"][:-1], False)[: len(table["revision"])]
    return np.asarray(np.isnan(table["began"]) & later)


def _wanted(trace: Trace) -> list[tuple[int, float, float, int]]:
    """Which version of each workload is wanted from when until when [s]."""
    table, found = trace["revisions"], list[tuple[int, float, float, int]]()
    for workload, info in enumerate(trace.meta.workloads):
        if info.rollout is None:
            continue
        mine = table["workload"] == workload
        committed, noticed = table["committed"][mine], table["noticed"][mine]
        edges = np.unique(np.concatenate([[trace.meta.start], committed, noticed[~np.isnan(noticed)]]))
        for start, end in zip(edges, [*edges[1:], trace.meta.t1], strict=True):
            sound = (committed <= start) & ~(noticed <= start)
            newest: NDArray[np.int64] = np.append(0, table["revision"][mine][sound])
            found.append((workload, float(start), float(end), int(newest.max())))
    return found
