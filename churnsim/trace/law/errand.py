"""L29: where units are created for jobs, there are as many as jobs want, for no longer than they may take."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.code import DeliveryOutcome, Family, JobState
from churnsim.trace.intervals import steps
from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.target import wanted
from churnsim.trace.trace import Trace


@law(
    "L29",
    "Where a unit is created for each job, as many units are wanted at every instant as there are jobs that "
    "wait or are in the hands of units not told to stop, and spare ones, but no more than the limit; none "
    "does more than one job. Where there is a time limit, no delivery of a job that has not been committed "
    "lasts longer, and one is killed when it has lasted so long without a commit; a job is killed with the "
    "last of its deliveries, unless the lease of that one is over by then.",
)
def errand(trace: Trace) -> Iterator[Violation]:
    """Count jobs and hands, workload by workload, and measure each delivery."""
    for workload, info in enumerate(trace.meta.workloads):
        if info.work is not None and info.work.units:
            yield from _as_wanted(trace, workload, info.work.units, info.work.spare)
    yield from _in_time(trace)


def _as_wanted(trace: Trace, workload: int, limit: int, spare: int) -> Iterator[Violation]:
    table, meta, units = trace["deliveries"], trace.meta, trace["units"]
    waiting = trace.intervals(Family.JOB, JobState.QUEUED)
    queued = trace["jobs"]["workload"][waiting["entity"]] == workload
    mine = table["workload"] == workload
    unit = table["unit"][mine]
    for i in first(np.bincount(unit, minlength=1) > 1):
        yield Violation("did more than one job", entity=trace.label(Family.UNIT, i))
    held = steps(
        table["began"][mine], np.fmin(np.fmin(table["ended"][mine], units["stopped"][unit]), meta.t1)
    )
    queue = steps(waiting["start"][queued], waiting["end"][queued])
    target = wanted(trace, workload)
    when = np.union1d(np.union1d(held.times, queue.times), target.times)
    when = when[(when >= meta.start) & (when < meta.t1)]
    due = np.minimum(held.at(when) + queue.at(when) + spare, limit)
    found = target.at(when)
    for i in first(found != due):
        message = f"{found[i]:g} units wanted where jobs want {due[i]:g}"
        yield Violation(message, float(when[i]), meta.workloads[workload].name)


def _in_time(trace: Trace) -> Iterator[Violation]:
    table, jobs, ledger = trace["deliveries"], trace["jobs"], trace["outcomes"]
    limits = [np.inf if info.work is None else info.work.time_limit for info in trace.meta.workloads]
    until = table["began"] + np.array(limits, float)[table["workload"]]
    ended = np.where(np.isnan(table["ended"]), trace.meta.t1, table["ended"])
    committed = np.full(trace.count("jobs"), np.inf)
    np.minimum.at(committed, ledger["job"], ledger["committed"])
    killed = table["outcome"] == DeliveryOutcome.KILLED

    def at(message: str, i: int) -> Violation:
        return Violation(message, float(table["began"][i]), trace.label(Family.JOB, int(table["job"][i])))

    for i in first(np.minimum(ended, committed[table["job"]]) > until):
        yield at(f"worked on until {ended[i]}, and might be until {until[i]}", i)
    for i in first(killed & (ended != until)):
        yield at(f"killed at {ended[i]}, and might go on until {until[i]}", i)
    last = np.append(table["job"][1:] != table["job"][:-1], True)[: len(killed)]
    given_up = jobs["fate"] == JobState.KILLED
    by_last = np.zeros(len(given_up), bool)
    by_last[table["job"][last & killed & (ended == jobs["ended"][table["job"]])]] = True
    by_last &= ~_let_go(trace)
    for i in first(given_up != by_last):
        message = "killed, but not with its last delivery, or the other way round"
        yield Violation(message, float(jobs["arrived"][i]), trace.label(Family.JOB, i))


def _let_go(trace: Trace) -> NDArray[np.bool_]:
    """Tell of each job whether it was put aside as the lease of its last delivery was over."""
    table, jobs = trace["deliveries"], trace["jobs"]
    works = [info.work for info in trace.meta.workloads]
    leases = [np.inf if work is None or work.is_extended else work.lease for work in works]
    over = np.full(trace.count("jobs"), np.inf)
    over[table["job"]] = table["began"] + np.array(leases, float)[table["workload"]]  # the last one stays
    return np.asarray((jobs["fate"] == JobState.DEAD) & (jobs["ended"] == over))
