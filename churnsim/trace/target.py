"""How many units of a workload are wanted, read from a trace."""

from __future__ import annotations

import numpy as np

from churnsim.trace.intervals import Steps
from churnsim.trace.trace import Trace


def wanted(trace: Trace, workload: int) -> Steps:
    """Return the number of units wanted as a function of time, from the world's start on."""
    return _number(trace, workload, ("units",))


def held(trace: Trace, workload: int) -> Steps:
    """Return the number of units that are there, or to come, with those a rollout has more or fewer."""
    return _number(trace, workload, ("units", "spare"))


def _number(trace: Trace, workload: int, columns: tuple[str, ...]) -> Steps:
    targets = trace["targets"]
    mine = targets["workload"] == workload
    if not mine.any():
        replicas = float(trace.meta.workloads[workload].replicas)
        return Steps(np.array([trace.meta.start]), np.array([replicas]))
    # Where two decisions fall into one instant, the last holds.
    time, units = targets["time"][mine], sum(targets[name][mine].astype(float) for name in columns)
    last = np.append(time[1:] != time[:-1], True)
    return Steps(time[last], np.asarray(units)[last])
