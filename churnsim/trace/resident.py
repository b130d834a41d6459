"""Residents: until when the units of environments are wanted, read from a trace."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.trace import Trace


def disowned(trace: Trace) -> NDArray[np.float64]:
    """When each unit was wanted no longer, although nobody told it to stop [s]; NaN where that never was."""
    residents, units = trace["residents"], trace["units"]
    since = np.full(trace.count("units"), np.nan)
    unit = residents["unit"]
    since[unit] = np.maximum(residents["until"], units["created"][unit])
    return since
