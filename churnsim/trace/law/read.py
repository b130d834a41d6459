"""L10: nobody reads from a policy source that is down."""

from __future__ import annotations

from collections.abc import Iterator

from churnsim.trace.intervals import Spans
from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.schema import Family, ServiceState
from churnsim.trace.trace import Trace


@law(
    "L10",
    "No policy is read while its source is down: not at the first instant of an outage, but again at the "
    "instant of recovery. What a copy held when the world began was read before, and is not judged.",
)
def read(trace: Trace) -> Iterator[Violation]:
    """Look each read up in the outages of its source."""
    table = trace["adoptions"]
    outages = trace.intervals(Family.SOURCE, ServiceState.DOWN)
    down = Spans.of(outages["start"], outages["end"], outages["entity"])
    wrong = down.contains(table["read"], table["policy"]) & (table["read"] > trace.meta.start)
    for i in first(wrong):
        yield Violation(
            "read while the policy source was down",
            float(table["read"][i]),
            trace.label(Family.UNIT, int(table["unit"][i])),
        )
