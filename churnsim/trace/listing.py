"""When units were in the endpoint list: mostly once each, more often where callers are sent back to them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.code import EndpointState, Family
from churnsim.trace.trace import Trace

Floats = NDArray[np.float64]


def listings(trace: Trace, workload: int) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Return who of a workload was listed from when until when [s]; at the longest until t1, shapes (n,)."""
    listed = trace.intervals(Family.ENDPOINT, EndpointState.LISTED)
    mine = trace["units"]["workload"][listed["entity"]] == workload
    return listed["entity"][mine], listed["start"][mine], listed["end"][mine]
