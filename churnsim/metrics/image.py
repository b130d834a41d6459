"""Images: what it costs that nodes have to pull them."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.measurement import Ratio
from churnsim.metrics.overlap import inside
from churnsim.metrics.registry import measure
from churnsim.trace import Trace


@measure("image.wait", unit="s", better="lower")
def wait(trace: Trace) -> Ratio:
    """Mean time that a unit waits for its node to pull its image: seconds so / units placed on nodes."""
    placed, units, meta = trace["placements"], trace["units"], trace.meta
    workload = units["workload"][placed["unit"]]
    needs = np.array([info.has_image for info in meta.workloads], bool)[workload]
    gone = units["gone"][placed["unit"]]
    until = np.where(needs, np.fmin(placed["pulled"], gone), placed["time"])  # NaN: not before t1
    seconds = inside(placed["time"], until, meta.t0, meta.t1)
    within = (placed["time"] >= meta.t0) & (placed["time"] < meta.t1)
    return Ratio(float(seconds.sum()), float(np.count_nonzero(within)))
