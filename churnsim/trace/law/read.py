"""L10: nobody reads from a policy source that is down or out of reach."""

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
    "No policy is read while its source is down, or by a unit that does not reach it: not at the first "
    "instant of an outage, but again at the instant of recovery. What a copy held when the world began was "
    "read before, and is not judged.",
)
def read(trace: Trace) -> Iterator[Violation]:
    """Look each read up in the outages of its source, and when its unit was cut off from it."""
    outages = trace.intervals(Family.SOURCE, ServiceState.DOWN)
    down = Spans.of(outages["start"], outages["end"], outages["entity"])
    policies = np.array([info.policy for info in trace.meta.workloads], np.int64)
    cut_off = trace.severed(Family.SOURCE)
    for part in lots(trace.count("adoptions") if len(down) or len(cut_off) else 0):
        unit, read = (trace["adoptions"][name][part] for name in ("unit", "read"))
        asked = policies[trace["units"]["workload"][unit]]
        for i in first(down.contains(read, asked) & (read > trace.meta.start)):
            where = trace.label(Family.UNIT, int(unit[i]))
            yield Violation("read while the policy source was down", float(read[i]), where)
        for i in first(cut_off.contains(read, unit) & (read > trace.meta.start)):
            where = trace.label(Family.UNIT, int(unit[i]))
            yield Violation("read while it did not reach the policy source", float(read[i]), where)
