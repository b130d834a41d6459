"""L21: a unit works on one job at a time, while it is there, and what it keeps is work."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.trace.code import DeliveryOutcome, Family
from churnsim.trace.law.statement import LATE, Violation, differ, first, law
from churnsim.trace.trace import Trace

#: Why a unit is told to stop once jobs have been handed out at an instant.
_LAST = (*LATE, "job-over")


@law(
    "L21",
    "A unit takes a job only while it is ready, or the very instant at which an autoscaler or a rollout, "
    "which look last, or the end of that job tells it to stop; it has one at a time, and none when it is "
    "gone; a delivery that has not ended has no outcome. An outcome takes effect within its delivery. What "
    "is kept of a job is no more than its work until it is committed for the first time, and all of it "
    "from then on.",
)
def delivery(trace: Trace) -> Iterator[Violation]:
    """Hold each delivery against the life of its unit, and what all of a job keep against its work."""
    table, units, jobs = trace["deliveries"], trace["units"], trace["jobs"]
    unit, began, ended = table["unit"], table["began"], table["ended"]
    stays = np.where(np.isnan(ended), trace.meta.t1, ended)

    def at(message: str, i: int) -> Violation:
        return Violation(message, float(began[i]), trace.label(Family.UNIT, int(unit[i])))

    for i in first((stays < began) | (table["kept"] < 0) | (table["saving"] < 0) | (table["resumed"] < 0)):
        yield at("ended before it began, or kept less than nothing", i)
    stopped = units["stopped"][unit]
    comes_after = np.array([cause in _LAST for cause in (*trace.meta.causes, "")], bool)
    late = np.where(comes_after[units["end_cause"][unit]], began > stopped, began >= stopped)
    for i in first(~(began >= units["ready"][unit]) | late):
        yield at("took a job while it was not ready", i)
    for i in first(stays > np.fmin(units["gone"][unit], trace.meta.t1)):
        yield at("had a job when it was gone", i)
    cut = table["outcome"] == DeliveryOutcome.UNIT_ENDED
    for i in first(cut & (ended != units["gone"][unit])):
        yield at("a delivery cut short, though its unit was not gone then", i)
    for i in first(np.isnan(ended) & (table["outcome"] != DeliveryOutcome.OPEN)):
        yield at("an outcome of a delivery that has not ended", i)
    order = np.lexsort((stays, began, unit))
    for i in first((unit[order][1:] == unit[order][:-1]) & (began[order][1:] < stays[order][:-1])):
        yield at("two jobs at once", int(order[i + 1]))
    kept = np.bincount(table["job"], table["kept"], trace.count("jobs"))
    is_committed = np.zeros(trace.count("jobs"), bool)
    is_committed[trace["outcomes"]["job"]] = True
    wrong = np.where(is_committed, differ(kept, jobs["work"]), kept > jobs["work"])
    for i in first(wrong):
        message = f"kept {kept[i]} s of {jobs['work'][i]} s of work"
        yield Violation(message, float(jobs["arrived"][i]), trace.label(Family.JOB, i))
    yield from _outcomes(trace)


def _outcomes(trace: Trace) -> Iterator[Violation]:
    """Find the delivery of each outcome."""
    outcomes, table = trace["outcomes"], trace["deliveries"]
    size = int(max(table["attempt"].max(initial=0), outcomes["attempt"].max(initial=0))) + 1
    place = np.searchsorted(
        table["job"] * size + table["attempt"], outcomes["job"] * size + outcomes["attempt"]
    )
    place = np.minimum(place, max(len(table["job"]) - 1, 0))
    found = np.zeros(len(place), bool)
    if len(table["job"]):
        same = (table["job"][place] == outcomes["job"]) & (table["attempt"][place] == outcomes["attempt"])
        ended = np.where(np.isnan(table["ended"][place]), trace.meta.t1, table["ended"][place])
        when = outcomes["committed"]
        found = same & (table["unit"][place] == outcomes["unit"])
        found &= (when >= table["began"][place]) & (when <= ended)
    for i in first(~found):
        message = "an outcome took effect outside its delivery"
        yield Violation(
            message, float(outcomes["committed"][i]), trace.label(Family.JOB, int(outcomes["job"][i]))
        )
