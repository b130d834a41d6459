"""L22: a commit does what its name promises."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.trace.code import Family, JobState
from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.trace import Trace


@law(
    "L22",
    "A job that is done has been committed, one that is lost has not. Where the queue is told first no job "
    "is committed twice; where it is told afterwards none is lost. Where keys are kept no job is committed "
    "twice within the time for which they are. The first time that a job is committed has no cause, any "
    "other has.",
)
def promise(trace: Trace) -> Iterator[Violation]:
    """Hold the ledger against the fates of jobs and the promise of each workload."""
    jobs, ledger, meta = trace["jobs"], trace["outcomes"], trace.meta
    times = np.bincount(ledger["job"], minlength=trace.count("jobs"))

    def of_job(message: str, i: int) -> Violation:
        return Violation(message, float(jobs["arrived"][i]), trace.label(Family.JOB, i))

    for i in first((jobs["fate"] == JobState.DONE) & (times == 0)):
        yield of_job("done, but never committed", i)
    for i in first((jobs["fate"] == JobState.LOST) & (times > 0)):
        yield of_job("lost, although it was committed", i)
    terms = [info.work for info in meta.workloads]
    is_first = np.array([work is not None and work.is_acknowledged_first for work in terms], bool)
    kept = np.array([0.0 if work is None else work.retention for work in terms])
    for i in first((jobs["fate"] == JobState.LOST) & ~is_first[jobs["workload"]]):
        yield of_job("lost, although it was to be acknowledged after its commit", i)
    for i in first((times > 1) & is_first[jobs["workload"]]):
        yield of_job(f"committed {times[i]} times, although it was acknowledged first", i)
    when = ledger["committed"]
    again = np.append(False, ledger["job"][1:] == ledger["job"][:-1])[: len(when)]
    since = np.append(-np.inf, when[:-1])[: len(when)]
    for i in first(again & (when < since + kept[ledger["workload"]])):
        message = f"committed twice within {when[i] - since[i]} s, for which its key was kept"
        yield Violation(message, float(when[i]), trace.label(Family.JOB, int(ledger["job"][i])))
    for i in first(again != (ledger["cause"] >= 0)):
        message = "committed again without a cause, or for the first time with one"
        yield Violation(message, float(when[i]), trace.label(Family.JOB, int(ledger["job"][i])))
