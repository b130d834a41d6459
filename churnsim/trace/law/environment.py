"""L31: an environment has all its units as long as it is there, and at no other time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.code import EnvironmentFate
from churnsim.trace.intervals import steps
from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.trace import Columns, Trace

Rows = NDArray[np.int64]


@law(
    "L31",
    "Environments of a workload count 0, 1, 2, ... in order of opening. At every instant from opened until "
    "removed, wanted or not, one has as many units that have not been told to stop as it is to have, and "
    "none at any other; one that is refused never has any, and is refused only while there are as many as "
    "there may be. One is removed when it is closed or, if it was orphaned, later; units of one that is "
    "orphaned are wanted until it is closed, and no other unit is disowned.",
)
def environment(trace: Trace) -> Iterator[Violation]:
    """Follow the units of each environment through time, and all environments of a workload."""
    table, residents, units = trace["environments"], trace["residents"], trace["units"]
    for workload, info in enumerate(trace.meta.workloads):
        mine = {name: column[table["workload"] == workload] for name, column in table.items()}
        here = np.flatnonzero(units["workload"][residents["unit"]] == workload)
        number = mine["number"]
        if info.estate is None:
            if len(number) or len(here):
                yield Violation("environments of a workload that has none", entity=info.name)
        elif not np.array_equal(number, np.arange(len(number))):
            yield Violation("environments do not count 0, 1, 2, ...", entity=info.name)
        elif len(here) != np.count_nonzero(units["workload"] == workload):
            yield Violation("a unit that belongs to no environment", entity=info.name)
        else:
            yield from _lives(trace, workload, mine)
            yield from _kept(trace, workload, mine, here)
            yield from _disowned(trace, workload, mine, here)


def _lives(trace: Trace, workload: int, table: Columns) -> Iterator[Violation]:
    """Hold each environment's fate against its instants, and how many there are against how many may be."""
    info, t1 = trace.meta.workloads[workload], trace.meta.t1
    most = 0 if info.estate is None else info.estate.most
    opened, closed, removed, fate = (table[name] for name in ("opened", "closed", "removed", "fate"))
    is_refused, is_orphan = fate == EnvironmentFate.REFUSED, fate == EnvironmentFate.ORPHANED
    is_open = is_refused | (fate == EnvironmentFate.STANDING)
    wrong = (np.isnan(closed) != is_open) | (np.isnan(removed) != (is_open | is_orphan)) | (closed < opened)
    wrong |= (fate == EnvironmentFate.TORN_DOWN) & (removed != closed)
    wrong |= (fate == EnvironmentFate.SWEPT) & ~(removed >= closed)
    wrong[1:] |= opened[1:] < opened[:-1]
    for i in first(wrong):
        yield Violation(f"environment {i} was not closed and removed as it says", float(opened[i]), info.name)
    there = steps(opened[~is_refused], np.fmin(removed[~is_refused], t1))
    for i in first(is_refused & (there.at(opened) != most)):
        yield Violation(f"environment {i} was refused although there was room", float(opened[i]), info.name)
    for i in first(there.counts > most):
        yield Violation("more environments than there may be", float(there.times[i]), info.name)


def _kept(trace: Trace, workload: int, table: Columns, here: Rows) -> Iterator[Violation]:
    """Count the units of each environment at every instant at which one of them comes or goes."""
    info, residents, units = trace.meta.workloads[workload], trace["residents"], trace["units"]
    unit, number = residents["unit"][here], residents["number"][here]
    stopped = units["stopped"][unit]
    ended = ~np.isnan(stopped)
    which = np.concatenate([number, number[ended]])
    when = np.concatenate([units["created"][unit], stopped[ended]])
    change = np.concatenate([np.ones(len(number)), -np.ones(np.count_nonzero(ended))])
    order = np.lexsort((when, which))
    which, when, count = which[order], when[order], np.cumsum(change[order])
    last = np.append((which[1:] != which[:-1]) | (when[1:] != when[:-1]), True)[: len(which)]
    which, when, count = which[last], when[last], count[last]
    # Whoever comes before has as many left at the end as it has when it is not removed.
    left = np.where(np.isnan(table["removed"]) & (table["fate"] != EnvironmentFate.REFUSED), 1, 0)
    each = 0 if info.estate is None else info.estate.units
    count = count - each * (np.cumsum(left) - left)[which]
    due = np.where(when >= table["removed"][which], 0, each)
    for i in first((count != due) | (when < table["opened"][which])):
        message = f"environment {which[i]} has {count[i]:g} units, not {due[i]}"
        yield Violation(message, float(when[i]), info.name)
    has_any = np.zeros(len(table["number"]), bool)
    has_any[which] = True
    for i in first(has_any == (table["fate"] == EnvironmentFate.REFUSED)):
        yield Violation(f"environment {i} never had a unit, or was refused", entity=info.name)


def _disowned(trace: Trace, workload: int, table: Columns, here: Rows) -> Iterator[Violation]:
    """Find whose units go on although nobody wants them."""
    residents, name = trace["residents"], trace.meta.workloads[workload].name
    unit, number, until = (residents[column][here] for column in ("unit", "number", "until"))
    stopped, fate, closed = trace["units"]["stopped"][unit], table["fate"][number], table["closed"][number]
    outlives = np.isin(fate, (EnvironmentFate.ORPHANED, EnvironmentFate.SWEPT)) & ~(stopped < closed)
    for i in first(np.where(outlives, until != closed, ~np.isnan(until))):
        yield Violation(f"a unit of environment {number[i]} is disowned, or is not", float(closed[i]), name)
