"""L27: every request to a function is with one unit, or turned away for want of a place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.code import Family, InvocationOutcome
from churnsim.trace.intervals import steps
from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.target import wanted
from churnsim.trace.trace import Trace

Rows = dict[str, NDArray[Any]]


@law(
    "L27",
    "Requests to a function count 0, 1, 2, ... in order of arrival; each is turned away, or with one unit, "
    "which takes no more at a time than it has places. It begins with one at once, or the instant it is "
    "ready, and is there until it is done or given up; it is gone the instant at which one is cut short. A "
    "unit that is not kept is created the instant its first request comes. One is turned away only where as "
    "many units are wanted as there may be, and none has a place that ever takes another one.",
)
def invocation(trace: Trace) -> Iterator[Violation]:
    """Hold the requests of each function against the lives of its units."""
    for workload, info in enumerate(trace.meta.workloads):
        taken, refused = (_of(trace, table, workload) for table in ("invocations", "throttles"))
        if not info.places:
            for row in (taken["arrived"], refused["time"]):
                for i in first(np.ones(row.size, bool)):
                    yield Violation("a request by itself, though it is no function", float(row[i]), info.name)
            continue
        yield from _numbers(info.name, taken, refused)
        yield from _lives(trace, taken)
        yield from _places(trace, taken, info.places)
        yield from _starts(trace, taken, workload)
        yield from _refusals(trace, taken, refused["time"], workload)


def _of(trace: Trace, table: str, workload: int) -> Rows:
    mine = trace[table]["workload"] == workload
    return {name: column[mine] for name, column in trace[table].items()}


def _at(trace: Trace, taken: Rows, message: str, i: int) -> Violation:
    return Violation(message, float(taken["arrived"][i]), trace.label(Family.UNIT, int(taken["unit"][i])))


def _left(trace: Trace, taken: Rows) -> NDArray[np.float64]:
    """When each request was over; t1 where it was not."""
    return np.where(np.isnan(taken["ended"]), trace.meta.t1, taken["ended"])


def _numbers(name: str, taken: Rows, refused: Rows) -> Iterator[Violation]:
    number = np.concatenate([taken["number"], refused["number"]])
    time = np.concatenate([taken["arrived"], refused["time"]])
    order = np.argsort(number, kind="stable")
    late = np.append(False, np.diff(time[order]) < 0)[: order.size]
    for i in first((number[order] != np.arange(order.size)) | late):
        yield Violation("requests do not count 0, 1, 2, ... in order of arrival", float(time[order][i]), name)


def _lives(trace: Trace, taken: Rows) -> Iterator[Violation]:
    """Follow each request from when it came to when it was over."""
    units, unit, began = trace["units"], taken["unit"], taken["began"]
    ready, gone, left = units["ready"][unit], units["gone"][unit], _left(trace, taken)
    arrived, outcome = taken["arrived"], taken["outcome"]
    begun = ~np.isnan(began)
    for i in first(begun & (began != np.fmax(arrived, ready))):
        yield _at(trace, taken, f"begun at {began[i]}, its unit being ready at {ready[i]}", i)
    for i in first(~begun & (left > ready)):
        yield _at(trace, taken, "still waits though its unit is ready", i)
    for i in first((left < arrived) | (begun & (left < began))):
        yield _at(trace, taken, "over before it began", i)
    for i in first((left > gone) | (arrived >= units["stopped"][unit]) & (left > arrived)):
        yield _at(trace, taken, "with a unit that was gone, or told to stop when it came", i)
    wrong = (outcome == InvocationOutcome.OPEN) != np.isnan(taken["ended"])
    wrong |= (outcome == InvocationOutcome.DONE) & ~begun
    wrong |= (outcome == InvocationOutcome.GAVE_UP) & begun
    wrong |= (outcome == InvocationOutcome.CUT_SHORT) & (taken["ended"] != gone)
    for i in first(wrong):
        yield _at(trace, taken, f"outcome {outcome[i]} of what began at {began[i]} and ended at {left[i]}", i)


def _places(trace: Trace, taken: Rows, places: int) -> Iterator[Violation]:
    """Count how many requests each unit has at a time."""
    whose = np.tile(taken["unit"], 2)
    time = np.concatenate([taken["arrived"], _left(trace, taken)])
    change = np.repeat([1, -1], taken["unit"].size)
    order = np.lexsort((change, time, whose))  # who comes as another goes finds a place
    held = np.cumsum(change[order])  # each unit's changes add up to nothing
    for i in first(held > places):
        row = int(order[i]) % taken["unit"].size
        yield _at(trace, taken, f"{held[i]} requests at a time, in {places} places", row)


def _starts(trace: Trace, taken: Rows, workload: int) -> Iterator[Violation]:
    units = trace["units"]
    start = np.full(units["unit"].size, np.nan)
    np.fmin.at(start, taken["unit"], taken["arrived"])
    on_demand = (units["workload"] == workload) & (units["slot"] >= trace.meta.workloads[workload].kept)
    for i in first(on_demand & (units["created"] != start)):
        message = f"created although its first request came at {start[i]}"
        yield Violation(message, float(units["created"][i]), trace.label(Family.UNIT, i))


def _refusals(trace: Trace, taken: Rows, refused: NDArray[np.float64], workload: int) -> Iterator[Violation]:
    """Hold what was turned away against the places of units that take another request later."""
    if not refused.size:
        return
    info, units = trace.meta.workloads[workload], trace["units"]
    last = np.full(units["unit"].size, -np.inf)
    np.maximum.at(last, taken["unit"], taken["arrived"])
    some = np.flatnonzero(last > units["created"])
    open_ = steps(units["created"][some], last[some], float(info.places))
    until = np.minimum(_left(trace, taken), last[taken["unit"]])
    held = steps(taken["arrived"], np.maximum(until, taken["arrived"]))
    target, most = wanted(trace, workload).at(refused), info.most
    free = open_.at(refused) - held.at(refused)
    for i in first((target < most) | (free > 0)):
        message = f"turned away with {target[i]:g} of {most} units and {free[i]:g} places free"
        yield Violation(message, float(refused[i]), info.name)
