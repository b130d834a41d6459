"""L25: whoever's clock may be off has one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.trace.code import Family
from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.trace import Trace


@law(
    "L25",
    "Each unit has one clock if those of its workload may be off, and none if they are right.",
)
def stamp(trace: Trace) -> Iterator[Violation]:
    """Count the clocks of every unit."""
    units = trace["units"]
    clocked = np.array([info.clock_bound >= 0.0 for info in trace.meta.workloads], np.bool_)
    due = clocked[units["workload"]].astype(np.int64)
    count = np.bincount(trace["clocks"]["unit"], minlength=due.size)
    for i in first(count[: due.size] != due):
        yield Violation(f"{count[i]} clocks", entity=trace.label(Family.UNIT, i))
    for i in first(~np.isfinite(trace["clocks"]["error"])):
        yield Violation(f"a clock that is off by {trace['clocks']['error'][i]}")
