"""Propagation: how long a commit takes to reach the live enforcement points."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.gap.policy import Copies, copies, decisions, enforcement
from churnsim.metrics.measurement import Ratio
from churnsim.metrics.overlap import Floats, expand
from churnsim.metrics.registry import measure
from churnsim.trace import Trace
from churnsim.trace.intervals import steps


@measure("propagation.p50", unit="s", better="lower")
def p50(trace: Trace) -> Ratio:
    """Mean time from a commit in the window until half of the live points apply it or a later one.

    Commits that have not come so far by t1, or meet no live point, are left out.
    """
    return _mean(trace, 0.5)


@measure("propagation.p99", unit="s", better="lower")
def p99(trace: Trace) -> Ratio:
    """Mean time from a commit in the window until 99 % of the live points apply it or a later one.

    Commits that have not come so far by t1, or meet no live point, are left out.
    """
    return _mean(trace, 0.99)


@measure("propagation.all", unit="s", better="lower")
def everywhere(trace: Trace) -> Ratio:
    """Mean time from a commit in the window until all live points apply it or a later one.

    Commits that have not come so far by t1, or meet no live point, are left out.
    """
    return _mean(trace, 1.0)


def _mean(trace: Trace, share: float) -> Ratio:
    times = [_times(trace, policy, share) for policy in range(len(trace.meta.policies))]
    every = np.concatenate([np.empty(0), *times])
    return Ratio(float(every.sum()), float(every.size))


def _times(trace: Trace, policy: int, share: float) -> Floats:
    """Time until `share` of the live points of `policy` have each commit, for those that get so far [s].

    For each commit the points that lack it are counted at every instant at which their number or that of the
    live points changes, up to the first birth after the last of them has it.
    """
    meta = trace.meta
    users = [workload for workload, info in enumerate(meta.workloads) if info.policy == policy]
    committed = decisions(trace, policy).committed
    version = np.flatnonzero((committed >= meta.t0) & (committed < meta.t1)) + 1
    committed = committed[version - 1]
    if not users or not version.size:
        return np.empty(0)
    held = Copies.concatenate([copies(trace, policy, workload) for workload in users])
    alive = [enforcement(trace, workload) for workload in users]
    births = np.sort(np.concatenate([spans.start for spans in alive]))
    live = steps(births, np.sort(np.concatenate([spans.end for spans in alive])))

    copy, lacking = held.missing(version, committed)
    done = committed.copy()
    np.maximum.at(done, lacking, held.end[copy])
    low = np.searchsorted(births, committed, "right")
    high = np.minimum(np.searchsorted(births, done, "right") + 1, births.size)
    born, item = expand(np.maximum(high - low, 0))
    every = np.arange(version.size)
    begin = np.maximum(held.start[copy], committed[lacking])
    commit = np.concatenate((every, born, lacking, lacking))
    time = np.concatenate((committed, births[low[born] + item], begin, held.end[copy]))
    step = np.repeat([0, 1, -1], [every.size + born.size, lacking.size, lacking.size])

    order = np.lexsort((time, commit))
    commit, time, lack = commit[order], time[order], np.cumsum(step[order])
    number = live.at(time)
    last = np.append((np.diff(time) != 0) | (np.diff(commit) != 0), True)
    reached = last & (time < meta.t1) & (number > 0) & (lack <= (1.0 - share) * number * (1.0 + 1e-12))
    which, first = np.unique(commit[reached], return_index=True)
    return np.asarray(time[reached][first] - committed[which])
