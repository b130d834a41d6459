"""L20: no job is lost from the count, and each is delivered as often as it says."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.trace.code import Family, JobState
from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.trace import Trace

_OVER = (JobState.DONE, JobState.DEAD, JobState.LOST, JobState.KILLED)


@law(
    "L20",
    "Arrived = queued + in flight + done + dead + lost + killed in every workload, in `jobs` as in the "
    "intervals. Jobs of a workload count 0, 1, 2, ... in order of arrival. Each is delivered 1, 2, ... "
    "times, as often as it is put in flight and at those instants, and no more often than its queue tries; "
    "one that is put aside has had all its attempts.",
)
def job(trace: Trace) -> Iterator[Violation]:
    """Hold `jobs` against the states of jobs and against the deliveries."""
    jobs, meta = trace["jobs"], trace.meta
    count = len(jobs["job"])
    states = trace.intervals(Family.JOB)

    def at(message: str, i: int) -> Violation:
        return Violation(message, float(jobs["arrived"][i]), trace.label(Family.JOB, i))

    workload = jobs["workload"]
    follows = np.append(False, workload[1:] == workload[:-1])[:count]
    before = np.append(-1, jobs["number"][:-1])[:count]
    for i in first(jobs["number"] != np.where(follows, before + 1, 0)):
        yield at("jobs of a workload do not count 0, 1, 2, ...", i)
    for i in first(follows & (jobs["arrived"] < np.append(0.0, jobs["arrived"][:-1])[:count])):
        yield at("arrived before the job before it", i)
    last = states["open"]
    if not np.array_equal(states["entity"][last], np.arange(count)):
        yield Violation("a job without a state, or a state without a job")
        return
    for i in first(states["state"][last] != jobs["fate"]):
        yield at(f"its last state is {states['state'][last][i]}, its fate {jobs['fate'][i]}", i)
    over = np.isin(jobs["fate"], _OVER)
    for i in first(over != ~np.isnan(jobs["ended"])):
        yield at("ended without an end, or the other way round", i)
    for i in first(over & (states["start"][last] != jobs["ended"])):
        yield at(f"ended at {jobs['ended'][i]}, which is not where its last state begins", i)
    most = np.array([0 if info.work is None else info.work.attempts for info in meta.workloads], np.int64)
    for i in first(jobs["attempts"] > most[workload]):
        yield at(f"delivered {jobs['attempts'][i]} times, more often than its queue tries", i)
    for i in first((jobs["fate"] == JobState.DEAD) & (jobs["attempts"] != most[workload])):
        yield at("put aside before its last attempt", i)
    yield from _deliveries(trace)


def _deliveries(trace: Trace) -> Iterator[Violation]:
    """Match deliveries and states in flight, one to one."""
    table, states = trace["deliveries"], trace.intervals(Family.JOB, JobState.IN_FLIGHT)
    for i in first(np.bincount(table["job"], minlength=trace.count("jobs")) != trace["jobs"]["attempts"]):
        yield Violation("not as many deliveries as it says", entity=trace.label(Family.JOB, i))
        return
    follows = np.append(False, table["job"][1:] == table["job"][:-1])[: len(table["job"])]
    before = np.append(0, table["attempt"][:-1])[: len(follows)]
    wrong = table["attempt"] != np.where(follows, before + 1, 1)
    began = np.array_equal(table["job"], states["entity"]) & (table["began"] == states["start"])
    for i in first(wrong | ~began):
        message = "deliveries do not count 1, 2, ..., or not from when it was put in flight"
        yield Violation(message, float(table["began"][i]), trace.label(Family.JOB, int(table["job"][i])))
