"""How many units of a workload are wanted, read from a trace."""

from __future__ import annotations

import numpy as np

from churnsim.trace.intervals import Steps
from churnsim.trace.trace import Trace


def wanted(trace: Trace, workload: int) -> Steps:
    """Return the number of units wanted as a function of time, from the world's start on."""
    targets = trace["targets"]
    mine = targets["workload"] == workload
    if not mine.any():
        replicas = float(trace.meta.workloads[workload].replicas)
        return Steps(np.array([trace.meta.start]), np.array([replicas]))
    # Where two decisions fall into one instant, the last holds.
    time, units = targets["time"][mine], targets["units"][mine].astype(float)
    last = np.append(time[1:] != time[:-1], True)
    return Steps(time[last], units[last])
