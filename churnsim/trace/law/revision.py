"""L30: versions come to units within the bounds of their rollout, and every unit is of one that has begun."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.code import Family
from churnsim.trace.intervals import Steps, steps
from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.target import wanted
from churnsim.trace.trace import Trace

_SLACK = 1e-9
_CAUSES = ("rolled-out", "rolled-back")


@law(
    "L30",
    "Versions of a workload count 1, 2, 3, ... in order of time; each begins no earlier than it came, is "
    "complete, or taken back, no earlier than it began, and gone no earlier than it was taken back. A unit "
    "is of the version with which the world began, or of one that had begun when it was created. A rollout "
    "creates no unit beyond those wanted and its surge and, unless old ones are kept for a while, stops no "
    "ready one of those that may not be missing. When a version is complete, and nothing else begins at "
    "that instant, as many units of it are ready as are wanted and, unless old ones are kept, no others.",
)
def revision(trace: Trace) -> Iterator[Violation]:
    """Follow each version through `revisions`, and each rollout through the lives of units."""
    table, units, meta = trace["revisions"], trace["units"], trace.meta
    workload, number = table["workload"], table["revision"]

    def at(message: str, i: int) -> Violation:
        return Violation(message, float(table["committed"][i]), meta.workloads[workload[i]].name)

    follows = np.append(False, workload[1:] == workload[:-1])[: len(workload)]
    before = np.where(follows, np.append(0, number[:-1])[: len(number)], 0)
    for i in first(number != before + 1):
        yield at(f"version {number[i]} after {before[i]}", i)
    earlier = np.append(0.0, table["committed"][:-1])[: len(number)]
    for i in first(follows & (table["committed"] < earlier)):
        yield at(f"version {number[i]} came before the one before it", i)
    chains = (("committed", "began"), ("began", "completed"), ("began", "noticed"), ("noticed", "restored"))
    for one, other in chains:
        wrong = table[other] < table[one]
        for i in first(wrong | (np.isnan(table[one]) & ~np.isnan(table[other]))):
            yield at(f"version {number[i]} {other} before it {one}", i)
    for index in np.unique(units["workload"][units["revision"] != 0]).tolist():
        yield from _begun(trace, index)
    for index, info in enumerate(meta.workloads):
        if info.rollout is not None:
            yield from _bounded(trace, index)


def _begun(trace: Trace, workload: int) -> Iterator[Violation]:
    """Hold the birth of each unit against when its version began."""
    table, units = trace["revisions"], trace["units"]
    began = np.append(-np.inf, table["began"][table["workload"] == workload])
    mine = np.flatnonzero(units["workload"] == workload)
    version = units["revision"][mine]
    known = (version >= 0) & (version < len(began))
    late = np.where(known, began[np.where(known, version, 0)], np.inf)
    for i in first(~(units["created"][mine] >= late)):
        unit = trace.label(Family.UNIT, int(mine[i]))
        yield Violation(
            f"of version {version[i]}, which had not begun", float(units["created"][mine[i]]), unit
        )


def _bounded(trace: Trace, workload: int) -> Iterator[Violation]:
    """Hold the numbers of units against what the rollout may do, and against what it says it has done."""
    units, info = trace["units"], trace.meta.workloads[workload]
    mine = np.flatnonzero(units["workload"] == workload)
    created, ready = units["created"][mine], units["ready"][mine]
    stopped = np.fmin(units["stopped"][mine], trace.meta.t1)
    target, rules = wanted(trace, workload), info.rollout
    if rules is None:
        return

    def wrong(message: str, when: NDArray[Any], excess: NDArray[Any]) -> Iterator[Violation]:
        for i in first(excess > 0):
            yield Violation(f"{excess[i]:g} {message}", float(when[i]), info.name)

    causes = [code for code, name in enumerate(trace.meta.causes) if name in _CAUSES]
    births = trace.intervals(Family.UNIT)
    born = np.append(True, births["entity"][1:] != births["entity"][:-1])[: len(births["entity"])]
    by_rollout = np.zeros(len(units["unit"]), bool)
    by_rollout[births["entity"][born]] = np.isin(births["cause"][born], causes)
    when = np.unique(created[by_rollout[mine]])
    most = target.at(when) + np.ceil(rules.surge * target.at(when) - _SLACK)
    yield from wrong("units more than its surge", when, steps(created, stopped).at(when) - most)
    if not rules.keeps_old:  # what it keeps beyond is missed by nobody
        told = np.isin(units["end_cause"][mine], causes) & (ready < stopped)
        when = np.unique(stopped[told])
        spare = np.floor(rules.unavailable * target.at(when) + _SLACK)
        spare = np.maximum(spare, float(rules.surge == 0.0))  # one, where both shares come to nothing
        missing = target.at(when) - steps(ready, stopped).at(when)
        yield from wrong("ready units too few left", when, missing - spare)
    yield from _complete(trace, workload, target)


def _complete(trace: Trace, workload: int, target: Steps) -> Iterator[Violation]:
    """Hold who was ready when a version was complete, unless the next rollout began at that instant."""
    units, table, info = trace["units"], trace["revisions"], trace.meta.workloads[workload]
    mine, versions = units["workload"] == workload, table["workload"] == workload
    again = np.concatenate([table["began"][versions], table["noticed"][versions]])
    done = versions & ~np.isnan(table["completed"]) & ~np.isin(table["completed"], again)
    for row in np.flatnonzero(done).tolist():
        when, number = float(table["completed"][row]), int(table["revision"][row])
        is_ready = mine & (units["ready"] <= when) & ~(units["stopped"] <= when)
        new = int(np.count_nonzero(is_ready & (units["revision"] == number)))
        old = int(np.count_nonzero(is_ready)) - new
        if new < target.at(np.array([when]))[0]:
            yield Violation(f"version {number} is complete with {new} ready units", when, info.name)
        if old and info.rollout is not None and not info.rollout.keeps_old:
            yield Violation(f"version {number} is complete beside {old} ready units", when, info.name)
