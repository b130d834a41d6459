"""Jobs: how long they wait and take, how often they are tried, and how much work is in vain."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.measurement import Durations, Peak, Ratio
from churnsim.metrics.overlap import Floats, Mask, inside
from churnsim.metrics.registry import measure
from churnsim.trace import Family, JobState, Trace
from churnsim.trace.intervals import steps


@measure("job.wait.mean", unit="s", better="lower")
def wait_mean(trace: Trace) -> Ratio:
    """Mean time that a job waits in its queue, redeliveries included: ∫queued dt / arrived (Little)."""
    start, end = _queued(trace)
    waited = inside(start, end, trace.meta.t0, trace.meta.t1)
    return Ratio(float(waited.sum()), float(np.count_nonzero(_arrived(trace))))


@measure("job.wait.p50", unit="s", better="lower")
def wait_p50(trace: Trace) -> Durations:
    """Median time from the arrival of a job in the window to its first delivery; not delivered: censored."""
    return _wait(trace, 0.5)


@measure("job.wait.p99", unit="s", better="lower")
def wait_p99(trace: Trace) -> Durations:
    """99th percentile of the time from the arrival of a job in the window to its first delivery."""
    return _wait(trace, 0.99)


@measure("job.turnaround.mean", unit="s", better="lower")
def turnaround_mean(trace: Trace) -> Ratio:
    """Mean time from arrival to the first commit, of the jobs first committed in the window."""
    jobs, ledger, meta = trace["jobs"], trace["outcomes"], trace.meta
    chosen = (ledger["cause"] < 0) & (ledger["committed"] >= meta.t0) & (ledger["committed"] < meta.t1)
    took = ledger["committed"][chosen] - jobs["arrived"][ledger["job"][chosen]]
    return Ratio(float(took.sum()), float(took.size))


@measure("job.turnaround.p50", unit="s", better="lower")
def turnaround_p50(trace: Trace) -> Durations:
    """Median time from the arrival of a job in the window to its first commit; never committed: censored."""
    return _turnaround(trace, 0.5)


@measure("job.turnaround.p99", unit="s", better="lower")
def turnaround_p99(trace: Trace) -> Durations:
    """99th percentile of the time from the arrival of a job in the window to its first commit."""
    return _turnaround(trace, 0.99)


@measure("job.attempts.mean", unit="1", better="lower")
def attempts_mean(trace: Trace) -> Ratio:
    """Deliveries of a job, of the jobs that their queue is done with in the window."""
    jobs, meta = trace["jobs"], trace.meta
    left = (jobs["ended"] >= meta.t0) & (jobs["ended"] < meta.t1)
    return Ratio(float(jobs["attempts"][left].sum()), float(np.count_nonzero(left)))


@measure("job.queue.mean", unit="jobs", better="lower")
def queue_mean(trace: Trace) -> Ratio:
    """Mean number of jobs that wait, over all workloads and the window."""
    start, end = _queued(trace)
    meta = trace.meta
    waited = float(inside(start, end, meta.t0, meta.t1).sum())
    return Ratio(waited, meta.t1 - meta.t0 if _has_jobs(trace) else 0.0)


@measure("job.queue.max", unit="jobs", better="lower")
def queue_max(trace: Trace) -> Peak:
    """Most jobs that wait at any instant of the window, over all workloads."""
    start, end = _queued(trace)
    if not _has_jobs(trace):
        return Peak(None)
    return Peak(float(steps(start, end).maximum(trace.meta.t0, trace.meta.t1)))


@measure("work.wasted", unit="share", better="lower", parts="part", members=("checkpoints", "rest"))
def wasted(trace: Trace) -> dict[str, Ratio]:
    """Share of the time that units have a job, of deliveries that end in the window, in which no work lasts.

    Time of checkpoints, and the rest: work done again, restored, given up, or to be committed and
    acknowledged.
    """
    table, meta = trace["deliveries"], trace.meta
    over = (table["ended"] >= meta.t0) & (table["ended"] < meta.t1)
    busy = float((table["ended"] - table["began"])[over].sum())
    kept, saving = float(table["kept"][over].sum()), float(table["saving"][over].sum())
    rest = max(busy - kept - saving, 0.0)
    return {
        "": Ratio(min(rest + saving, busy), busy),
        "checkpoints": Ratio(saving, busy),
        "rest": Ratio(min(rest, busy), busy),
    }


def _queued(trace: Trace) -> tuple[Floats, Floats]:
    """When jobs waited: from and until [s]."""
    states = trace.intervals(Family.JOB, JobState.QUEUED)
    return states["start"], states["end"]


def _has_jobs(trace: Trace) -> bool:
    return any(info.work is not None for info in trace.meta.workloads)


def _arrived(trace: Trace) -> Mask:
    arrived, meta = trace["jobs"]["arrived"], trace.meta
    return np.asarray((arrived >= meta.t0) & (arrived < meta.t1))


def _wait(trace: Trace, probability: float) -> Durations:
    jobs, table, chosen = trace["jobs"], trace["deliveries"], _arrived(trace)
    began = np.full(trace.count("jobs"), np.nan)
    is_first = table["attempt"] == 1
    began[table["job"][is_first]] = table["began"][is_first]
    waited = np.fmin(began, trace.meta.t1) - jobs["arrived"]
    return Durations(waited[chosen], np.isnan(began)[chosen], probability)


def _turnaround(trace: Trace, probability: float) -> Durations:
    jobs, ledger, chosen = trace["jobs"], trace["outcomes"], _arrived(trace)
    committed = np.full(trace.count("jobs"), np.nan)
    is_first = ledger["cause"] < 0
    committed[ledger["job"][is_first]] = ledger["committed"][is_first]
    until = np.fmin(committed, trace.meta.t1)
    return Durations((until - jobs["arrived"])[chosen], np.isnan(committed)[chosen], probability)
