"""L10: nobody reads from a policy source that is down."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.trace.code import Family, ServiceState
from churnsim.trace.intervals import Spans
from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.lot import lots
from churnsim.trace.trace import Trace


@law(
    "L10",
    "No policy is read while its source is down: not at the first instant of an outage, but again at the "
    "instant of recovery. What a copy held when the world began was read before, and is not judged.",
)
def read(trace: Trace) -> Iterator[Violation]:
    """Look each read up in the outages of its source."""
    outages = trace.intervals(Family.SOURCE, ServiceState.DOWN)
    down = Spans.of(outages["start"], outages["end"], outages["entity"])
    policies = np.array([info.policy for info in trace.meta.workloads], np.int64)
    for part in lots(trace.count("adoptions") if len(down) else 0):
        unit, read = (trace["adoptions"][name][part] for name in ("unit", "read"))
        asked = policies[trace["units"]["workload"][unit]]
        for i in first(down.contains(read, asked) & (read > trace.meta.start)):
            where = trace.label(Family.UNIT, int(unit[i]))
            yield Violation("read while the policy source was down", float(read[i]), where)
