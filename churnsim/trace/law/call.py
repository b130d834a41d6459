"""L28: every request that a workload sends to another is received there, and has one outcome."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.law.statement import Violation, differ, first, law
from churnsim.trace.schema import UNINTENDED, UNSERVED
from churnsim.trace.trace import Trace

Floats = NDArray[np.float64]

_ANSWERED = ("served", "timed_out", "dependency", "stale_allow", "fail_open", "cached_allow")


@law(
    "L28",
    "Attempts sent = attempts received, by outcome, from every caller to every callee; calls <= attempts <= "
    "calls x the most of each, and no more calls fail than there are; none is answered too late for a caller "
    "that waits for ever; of the requests that a workload decides to answer, from outside or from others, "
    "its share makes the call, and no more are given up than have a call that failed.",
)
def call(trace: Trace) -> Iterator[Violation]:
    """Compare what callers sent with what callees made of it, and calls with the requests that make them."""
    table, workloads = trace["calls"], trace.meta.workloads
    known = {(code, info.callee): info for code, each in enumerate(workloads) for info in each.calls}
    pairs = list(zip(table["workload"].tolist(), table["callee"].tolist(), strict=True))
    most = np.array([known[pair].most if pair in known else 0.0 for pair in pairs])
    patient = np.array([pair not in known or known[pair].timeout == np.inf for pair in pairs], bool)

    def at(message: str, i: int) -> Violation:
        caller, callee = (workloads[code].name for code in pairs[i])
        return Violation(message, float(table["start"][i]), f"{caller} -> {callee}")

    calls, sent = table["first"], table["attempts"]
    arrived = sum((table[name] for name in (*UNSERVED, *UNINTENDED, "timed_out")), table["served"])
    # Differences of what all requests add up to leave their rounding where there are no calls.
    rounding = 1e-3 * float(trace["traffic"]["offered"].max(initial=0.0))
    for i in first(differ(sent, arrived, rounding)):
        yield at(f"{sent[i]} attempts sent, {arrived[i]} received", i)
    slack = 1e-9 * (calls + rounding)
    for i in first(~((calls - slack <= sent) & (sent <= most * calls + slack))):
        yield at(f"{sent[i]} attempts for {calls[i]} calls", i)
    for i in first(~((table["failed"] >= -slack) & (table["failed"] <= calls + slack))):
        yield at(f"{table['failed'][i]} of {calls[i]} calls failed", i)
    for i in first(patient & (table["timed_out"] > 0)):
        yield at(f"{table['timed_out'][i]} answered too late for a caller that waits for ever", i)
    if trace.meta.requests == "expected":
        yield from _made(trace)


def _made(trace: Trace) -> Iterator[Violation]:
    """Hold the calls of each workload against its requests, over all buckets."""
    for code, info in enumerate(trace.meta.workloads):
        surely = sum(received(trace, code, name) for name in _ANSWERED)
        perhaps = surely + received(trace, code, "denied")
        slack, failed = 1e-9 * (1.0 + perhaps), 0.0
        for each in info.calls:
            mine = (trace["calls"]["workload"] == code) & (trace["calls"]["callee"] == each.callee)
            calls = float(trace["calls"]["first"][mine].sum())
            failed += float(trace["calls"]["failed"][mine].sum())
            if not each.share * surely - slack <= calls <= each.share * perhaps + slack:
                said = f"{calls} calls made by {surely} to {perhaps} requests"
                yield Violation(said, entity=f"{info.name} -> {trace.meta.workloads[each.callee].name}")
        given_up = received(trace, code, "dependency")
        if given_up > failed + slack:
            yield Violation(f"{given_up} given up for {failed} calls that failed", entity=info.name)


def received(trace: Trace, workload: int, outcome: str) -> float:
    """Requests to a workload with an outcome, from outside and from others."""
    tables: tuple[tuple[Any, str], ...] = ((trace["traffic"], "workload"), (trace["calls"], "callee"))
    return sum(
        float(table[outcome][table[whose] == workload].sum()) for table, whose in tables if outcome in table
    )
