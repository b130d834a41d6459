"""Staleness: how far the policy in force at the enforcement points lags behind the newest one."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.gap.policy import Copies, copies, decisions
from churnsim.metrics.measurement import Ratio
from churnsim.metrics.overlap import Floats
from churnsim.metrics.registry import measure
from churnsim.trace import Trace


@measure("staleness.age.mean", unit="s", better="lower")
def age_mean(trace: Trace) -> Ratio:
    """Mean age of information, t - instant the version in force was read: ∫age dt / point-seconds."""
    polls = trace["polls"]
    return Ratio(float(polls["age_integral"].sum()), float(polls["seconds"].sum()))


@measure("staleness.age.peak", unit="s", better="lower")
def age_peak(trace: Trace) -> Ratio:
    """Mean age of information just before a refresh is applied."""
    polls = trace["polls"]
    return Ratio(float(polls["peak_sum"].sum()), float(polls["peaks"].sum()))


@measure("staleness.behind.mean", unit="s", better="lower")
def behind_mean(trace: Trace) -> Ratio:
    """Mean age of synchronisation: time since the first missing commit, 0 if none is; over point-seconds."""
    total = seconds = 0.0
    for held, committed in _copies(trace):
        since = _first_missing(held, committed)
        behind = held.end > since
        begins, ends = held.start[behind] - since[behind], held.end[behind] - since[behind]
        total += float(((ends**2 - np.maximum(begins, 0.0) ** 2) / 2).sum())
        seconds += held.seconds
    return Ratio(total, seconds)


@measure("staleness.share", unit="share", better="lower")
def share(trace: Trace) -> Ratio:
    """Share of point-seconds at which the version in force was not the newest."""
    total = seconds = 0.0
    for held, committed in _copies(trace):
        begin = np.maximum(held.start, _first_missing(held, committed))
        total += float(np.maximum(held.end - begin, 0.0).sum())
        seconds += held.seconds
    return Ratio(total, seconds)


@measure("staleness.version_lag", unit="versions", better="lower")
def version_lag(trace: Trace) -> Ratio:
    """Mean number of versions committed but not in force: ∫(newest - in force) dt / point-seconds."""
    total = seconds = 0.0
    for held, committed in _copies(trace):
        copy, commit = held.missing(np.arange(1, committed.size + 1), committed)
        total += float((held.end[copy] - np.maximum(held.start[copy], committed[commit])).sum())
        seconds += held.seconds
    return Ratio(total, seconds)


def _copies(trace: Trace) -> list[tuple[Copies, Floats]]:
    """Versions in force inside the window, with the commits of their policy, for each workload."""
    meta, found = trace.meta, []
    for workload, info in enumerate(meta.workloads):
        if info.policy >= 0:
            held = copies(trace, info.policy, workload).within(meta.t0, meta.t1)
            found.append((held, decisions(trace, info.policy).committed))
    return found


def _first_missing(held: Copies, committed: Floats) -> Floats:
    """When the first version that each copy lacks was committed, inf if there is none [s]."""
    return np.append(committed, np.inf)[held.version]
