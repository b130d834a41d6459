"""Who asks for whose credentials, read from a trace."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.code import Family, ServiceState
from churnsim.trace.intervals import Spans
from churnsim.trace.trace import Trace


def owner_of_unit(trace: Trace) -> NDArray[np.int64]:
    """Return the index of the owner of each unit's credentials; -1 where the unit asks for itself."""
    owned = np.array([info.owned for info in trace.meta.workloads], np.int64)
    first = np.cumsum(
        [0, *(-(-info.most // info.owned) if info.owned else 0 for info in trace.meta.workloads)]
    )
    workload, slot = trace["units"]["workload"], trace["units"]["slot"]
    share = owned[workload]
    return np.where(share > 0, first[workload] + slot // np.maximum(share, 1), -1)


def owners_down(trace: Trace) -> Spans:
    """When each owner was down, by index."""
    down = trace.intervals(Family.OWNER, ServiceState.DOWN)
    return Spans.of(down["start"], down["end"], down["entity"])
