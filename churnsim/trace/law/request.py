"""L04: every request has exactly one outcome."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.trace.law.statement import Violation, differ, first, law
from churnsim.trace.schema import UNINTENDED, UNSERVED
from churnsim.trace.trace import Trace


@law(
    "L04",
    "In every bucket intended = served + unserved by cause, and offered = intended + denied + stale allow + "
    "fail open + cached allow; no number of requests is negative.",
)
def request(trace: Trace) -> Iterator[Violation]:
    """Add up the outcomes of each bucket."""
    table = trace["traffic"]
    offered = table["offered"]

    def at(message: str, i: int) -> Violation:
        return Violation(message, float(table["start"][i]), trace.names("workload")[table["workload"][i]])

    for name in ("offered", "intended", "served", *UNSERVED, *UNINTENDED):
        negative = ~(table[name] >= -1e-9 * np.abs(offered))
        for i in first(negative):
            yield at(f"{table[name][i]} requests {name}", i)
    intended = table["served"] + sum(table[name] for name in UNSERVED)
    for i in first(differ(table["intended"], intended, offered)):
        yield at(f"{table['intended'][i]} intended, {intended[i]} served or unserved", i)
    total = table["intended"] + sum(table[name] for name in UNINTENDED)
    for i in first(differ(offered, total, offered)):
        yield at(f"{offered[i]} offered, {total[i]} intended or not", i)
