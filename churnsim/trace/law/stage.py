"""L32: whatever takes effect brings the jobs of the next stage, and nothing else does."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.trace.code import Family
from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.trace import Trace


@law(
    "L32",
    "Where the jobs of a workload come after those of another, as many as are said come at the very instant "
    "at which an outcome of one of these takes effect, once for each time that it does, and no others; "
    "the jobs of any other workload come by themselves.",
)
def stage(trace: Trace) -> Iterator[Violation]:
    """Count the jobs that each outcome brought, and compare the instants."""
    jobs, names = trace["jobs"], [info.name for info in trace.meta.workloads]
    for workload, info in enumerate(trace.meta.workloads):
        mine = np.flatnonzero(jobs["workload"] == workload)
        source = jobs["source"][mine]
        if info.work is None or not info.work.after:
            for i in first(source >= 0):
                yield _at(trace, "brought by an outcome, and ought to have come by itself", int(mine[i]))
            continue
        before = names.index(info.work.after)
        wrong = (source < 0) | (np.append(jobs["workload"], -1)[source] != before)
        for i in first(wrong):
            yield _at(trace, f"not brought by a job of {info.work.after}", int(mine[i]))
            return
        yield from _brought(trace, mine, before, info.work.each)


def _brought(trace: Trace, mine: np.ndarray, before: int, each: int) -> Iterator[Violation]:
    """Match the jobs of one stage with the outcomes of the stage before, one to so many."""
    jobs, ledger = trace["jobs"], trace["outcomes"]
    outcomes = ledger["workload"] == before
    size = int(max(jobs["source_attempt"].max(initial=0), ledger["attempt"].max(initial=0))) + 1
    key = ledger["job"][outcomes] * size + ledger["attempt"][outcomes]
    order = np.argsort(key)
    brought = jobs["source"][mine] * size + jobs["source_attempt"][mine]
    place = np.minimum(np.searchsorted(key[order], brought), max(len(key) - 1, 0))
    found = np.zeros(len(mine), bool)
    if len(key):
        found = key[order][place] == brought
        found &= ledger["committed"][outcomes][order][place] == jobs["arrived"][mine]
    for i in first(~found):
        yield _at(trace, "came at another instant than any outcome of its source", int(mine[i]))
        return
    number = np.bincount(place, minlength=len(key))
    for i in first(number != each):
        row = int(np.flatnonzero(outcomes)[order[i]])
        message = f"an outcome brought {number[i]} jobs to the next stage, not {each}"
        when, job = float(ledger["committed"][row]), int(ledger["job"][row])
        yield Violation(message, when, trace.label(Family.JOB, job))


def _at(trace: Trace, message: str, job: int) -> Violation:
    return Violation(message, float(trace["jobs"]["arrived"][job]), trace.label(Family.JOB, job))
