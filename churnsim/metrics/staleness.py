"""Staleness: how far the policy in force at the enforcement points lags behind the newest one."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from churnsim.metrics.gap.policy import copies, decisions
from churnsim.metrics.measurement import Ratio
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
    lag = _lag(trace)
    return Ratio(lag.behind, lag.seconds)


@measure("staleness.share", unit="share", better="lower")
def share(trace: Trace) -> Ratio:
    """Share of point-seconds at which the version in force was not the newest."""
    lag = _lag(trace)
    return Ratio(lag.stale, lag.seconds)


@measure("staleness.version_lag", unit="versions", better="lower")
def version_lag(trace: Trace) -> Ratio:
    """Mean number of versions committed but not in force: ∫(newest - in force) dt / point-seconds."""
    lag = _lag(trace)
    return Ratio(lag.versions, lag.seconds)


@dataclass(slots=True)
class _Lag:
    """Integrals over points and the measured window.

    Time [point s], time not up to date [point s], age of synchronisation [point s²], missing versions
    [versions x point s].
    """

    seconds: float = 0.0
    stale: float = 0.0
    behind: float = 0.0
    versions: float = 0.0


_KNOWN: WeakKeyDictionary[Trace, _Lag] = WeakKeyDictionary()


def _lag(trace: Trace) -> _Lag:
    """Add up how far every copy is behind; worked out once for a trace."""
    known = _KNOWN.get(trace)
    if known is not None:
        return known
    meta, lag = trace.meta, _Lag()
    for workload, info in enumerate(meta.workloads):
        if info.policy < 0:
            continue
        committed = decisions(trace, info.policy).committed
        every = np.arange(1, committed.size + 1)
        for part in copies(trace, workload):
            held = part.within(meta.t0, meta.t1)
            lag.seconds += held.seconds
            since = np.append(committed, np.inf)[held.version]  # the first missing commit; inf for none
            behind = held.end > since
            begins = np.maximum(held.start[behind] - since[behind], 0.0)
            ends = held.end[behind] - since[behind]
            lag.stale += float((ends - begins).sum())
            lag.behind += float(((ends**2 - begins**2) / 2).sum())
            copy, commit = held.missing(every, committed)
            lag.versions += float((held.end[copy] - np.maximum(held.start[copy], committed[commit])).sum())
    _KNOWN[trace] = lag
    return lag
