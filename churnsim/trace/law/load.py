"""L11: the load offered is the load the scenario asks for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.law.statement import Violation, differ, first, law
from churnsim.trace.schema import SCHEMA
from churnsim.trace.trace import Trace


@law(
    "L11",
    "Expected requests offered are the load of the bucket; sampled requests are whole numbers, none where "
    "there is no load. Requests to a function are those that came in the bucket, expected or sampled.",
)
def load(trace: Trace) -> Iterator[Violation]:
    """Recompute the load of each bucket."""
    table = trace["traffic"]

    def at(message: str, i: int) -> Violation:
        return Violation(message, float(table["start"][i]), trace.names("workload")[table["workload"][i]])

    offered, expected = table["offered"], _expected(trace)
    if trace.meta.requests == "expected":
        for i in first(differ(offered, expected)):
            yield at(f"{offered[i]} offered, {expected[i]} expected", i)
        return
    for i in first((expected == 0) & (offered != 0)):
        yield at(f"{offered[i]} offered without a load", i)
    for name in (column.name for column in SCHEMA["traffic"].columns if column.unit == "requests"):
        broken = table[name] != np.floor(table[name])
        for i in first(broken):
            yield at(f"{table[name][i]} requests {name}", i)


def _expected(trace: Trace) -> NDArray[np.float64]:
    """The load of each bucket; of a function the requests that came in it."""
    table, taken, refused = trace["traffic"], trace["invocations"], trace["throttles"]
    expected = np.array(table["load"])
    workload = np.concatenate([taken["workload"], refused["workload"]])
    time = np.concatenate([taken["arrived"], refused["time"]])
    for code, info in enumerate(trace.meta.workloads):
        if info.places:
            mine = table["workload"] == code
            came = np.sort(time[workload == code])
            expected[mine] = np.searchsorted(came, table["end"][mine]) - np.searchsorted(
                came, table["start"][mine]
            )
    return expected
