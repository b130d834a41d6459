"""Zombies: units that run although intent has given them up."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from churnsim.metrics.measurement import Scalar
from churnsim.metrics.overlap import inside
from churnsim.metrics.registry import measure
from churnsim.trace import Trace


@measure("zombie.seconds", unit="s", better="lower")
def seconds(trace: Trace) -> Scalar:
    """Unit-seconds of units that were evicted and run on, cut off from whoever evicted them."""
    return Scalar(run_on(trace, trace["units"]["created"]) if trace.meta.pools else None)


def run_on(trace: Trace, since: NDArray[np.float64]) -> float:
    """Unit-seconds of such units, of each from an instant on [s]; shape (u,)."""
    units, meta = trace["units"], trace.meta
    if not meta.pools:
        return 0.0
    evicted = units["end_cause"] == trace.code("cause", "evicted")
    ran = inside(np.maximum(units["stopped"], since), np.fmin(units["gone"], meta.t1), meta.t0, meta.t1)
    return float(ran[evicted].sum())
