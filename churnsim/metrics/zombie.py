"""Zombies: units that run although intent has given them up."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.measurement import Scalar
from churnsim.metrics.overlap import inside
from churnsim.metrics.registry import measure
from churnsim.trace import Trace


@measure("zombie.seconds", unit="s", better="lower")
def seconds(trace: Trace) -> Scalar:
    """Unit-seconds of units that were evicted and run on, cut off from whoever evicted them."""
    units, meta = trace["units"], trace.meta
    if not meta.pools:
        return Scalar(None)
    evicted = units["end_cause"] == trace.code("cause", "evicted")
    ran = inside(units["stopped"], np.fmin(units["gone"], meta.t1), meta.t0, meta.t1)
    return Scalar(float(ran[evicted].sum()))
