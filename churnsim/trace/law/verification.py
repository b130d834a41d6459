"""L19: points refuse for want of an answer only during outages, and keep only whom they have let in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.trace.acceptance import Acceptance
from churnsim.trace.code import Family, ServiceState
from churnsim.trace.holder import of_thieves, of_units, own
from churnsim.trace.intervals import Spans, intersection
from churnsim.trace.law.statement import Violation, differ, first, law
from churnsim.trace.trace import Trace


@law(
    "L19",
    "The weights of an issuer's points add up to 1. A point lacks an answer about a credential only while "
    "the issuer is not up, and until it is. A connection stays open from the very instant at which a "
    "point stops accepting its holder, never while it accepts it, and no longer than the unit that holds it "
    "lasts.",
)
def verification(trace: Trace) -> Iterator[Violation]:
    """Hold weights, silences and connections against acceptance and outages."""
    points = trace["points"]
    sums = np.bincount(points["issuer"], points["weight"], len(trace.meta.issuers))
    for issuer in first(differ(sums, 1.0) & (np.bincount(points["issuer"], minlength=sums.size) > 0)):
        yield Violation(f"weights add up to {sums[issuer]}", entity=trace.meta.issuers[issuer].name)
    yield from _silences(trace)
    if not trace.count("connections"):
        return
    gone = trace["units"]["gone"][trace["connections"]["unit"]]
    outlives = (trace["connections"]["bearer"] == -1) & (trace["connections"]["end"] > gone)
    for i in first(outlives):
        yield _at(trace, "connections", i, "open although its unit is gone")
    for issuer in range(len(trace.meta.issuers)):
        for blocks in (of_units(trace, issuer, own(trace, issuer)), of_thieves(trace, issuer)):
            for accepted in blocks:
                yield from _kept(trace, accepted)


def _silences(trace: Trace) -> Iterator[Violation]:
    table = trace["unanswered"]
    state = trace.intervals(Family.ISSUER)
    down = {name: column[state["state"] != ServiceState.UP] for name, column in state.items()}
    outage = Spans.of(down["start"], down["end"], down["entity"])
    begins = outage.contains(table["start"], table["issuer"])
    ends = table["end"]
    known = np.isin(ends, np.append(outage.end, trace.meta.t1))
    for i in first(~begins | ~known | ~(ends > table["start"])):
        yield _at(trace, "unanswered", i, f"no answer until {ends[i]} while the issuer was up")


def _kept(trace: Trace, accepted: Acceptance) -> Iterator[Violation]:
    """Look at the connections of the holders in one block."""
    kept, points = accepted.connected, accepted.point.size
    if not len(kept):
        return
    spans = accepted.accepted()
    names = kept.group // points
    ends = set(zip(spans.group.tolist(), spans.end.tolist(), strict=True))
    loose = np.array(
        [pair not in ends for pair in zip(kept.group.tolist(), kept.start.tolist(), strict=True)]
    )
    for i in first(loose):
        yield Violation("open without having been let in", float(kept.start[i]), f"holder {names[i]}")
    both = intersection(kept, spans)
    for i in first(np.ones(len(both), bool)):
        yield Violation("open beside acceptance", float(both.start[i]), f"holder {both.group[i] // points}")


def _at(trace: Trace, table: str, i: int, message: str) -> Violation:
    rows = trace[table]
    unit = rows["unit"][i] if "unit" in rows else trace["credentials"]["unit"][rows["credential"][i]]
    return Violation(message, float(rows["start"][i]), trace.label(Family.UNIT, int(unit)))
