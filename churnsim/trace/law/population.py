"""L01: every slot is filled by exactly one unit at a time, and no unit is lost from the count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.code import Family, UnitState
from churnsim.trace.intervals import steps
from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.resident import disowned
from churnsim.trace.target import held
from churnsim.trace.trace import Trace


@law(
    "L01",
    "Births = alive + deaths in every workload; from the start on every slot holds exactly one unit that has "
    "not stopped: a replacement is created at the instant its predecessor stopped, or, where that was lost "
    "with its node, once it was evicted or the node was back, the slot being empty until then; a service "
    "has one slot for every replica. Where the number of units changes, as many have been created and not "
    "stopped, disowned, or lost and not replaced, at every instant as are wanted, and as a rollout has more "
    "or fewer; no slot holds two; those slots that are kept whatever that number are never empty all the "
    "same.",
)
def population(trace: Trace) -> Iterator[Violation]:
    """Count births in `units`, the living and the dead in `intervals`; follow each slot through time."""
    units, workloads = trace["units"], trace.meta.workloads
    lives = trace.intervals(Family.UNIT)

    def by_workload(unit: np.ndarray) -> np.ndarray:
        return np.bincount(units["workload"][unit], minlength=len(workloads))

    gone = lives["state"] == UnitState.GONE
    births = by_workload(units["unit"])
    alive, deaths = by_workload(lives["entity"][lives["open"] & ~gone]), by_workload(lives["entity"][gone])
    for i in first(births != alive + deaths):
        yield Violation(f"{births[i]} born, {alive[i]} alive, {deaths[i]} dead", entity=workloads[i].name)

    def at(message: str, column: str, i: int) -> Violation:
        return Violation(message, float(units[column][i]), trace.label(Family.UNIT, i))

    follows = np.zeros(len(units["unit"]), bool)
    follows[1:] = (np.diff(units["workload"]) == 0) & (np.diff(units["slot"]) == 0)
    before = np.append(0, units["incarnation"][:-1])[: len(follows)]
    for i in first(units["incarnation"] != np.where(follows, before + 1, 1)):
        yield at("incarnations of a slot do not count 1, 2, 3, ...", "created", i)
    lost = np.zeros(len(follows), bool)
    lost[trace["losses"]["unit"]] = True
    ended = np.array(units["stopped"])
    ended[trace["losses"]["unit"]] = trace["losses"]["replaced"]
    stopped = np.append(np.nan, ended[:-1])[: len(follows)]
    kept = np.array([info.kept for info in workloads], np.int64)[units["workload"]]
    changing = np.isin(units["workload"], trace["targets"]["workload"]) & (units["slot"] >= kept)
    for i in first(follows & changing & ~(units["created"] >= stopped)):
        yield at("created in a slot that is not free", "created", i)
    yield from _as_wanted(trace, ended)
    for i in first(follows & ~changing & (units["created"] != stopped)):
        yield at(
            f"replacement created although its predecessor was to be replaced at {stopped[i]}", "created", i
        )
    for i in first(~follows & ~changing & (units["created"] > trace.meta.start)):
        yield at("slot empty at the start", "created", i)
    last = np.append(~follows[1:], np.ones(min(len(follows), 1), bool))
    for i in first(last & ~changing & ~np.isnan(ended)):
        yield at("stopped unit has no replacement", "stopped", i)
    for i in first(lost & ~(ended >= units["stopped"]) & ~np.isnan(ended)):
        yield at("replaced before it was lost", "stopped", i)
    slots = by_workload(units["unit"][last])
    desired = np.array([info.replicas if info.kind == "service" else -1 for info in workloads])
    desired[np.unique(trace["targets"]["workload"])] = -1
    for i in first((desired >= 0) & (slots != desired)):
        yield Violation(f"{slots[i]} slots for {desired[i]} replicas", entity=workloads[i].name)


def _as_wanted(trace: Trace, ended: NDArray[Any]) -> Iterator[Violation]:
    """Hold the number of units that have not ended against the number wanted, wherever one changes."""
    units, meta = trace["units"], trace.meta
    ended = np.fmin(ended, disowned(trace))
    for workload in np.unique(trace["targets"]["workload"]).tolist():
        mine = units["workload"] == workload
        there = steps(units["created"][mine], np.fmin(ended[mine], meta.t1))
        target = held(trace, workload)
        when = np.union1d(there.times, target.times)
        when = when[(when >= meta.start) & (when < meta.t1)]
        found, due = there.at(when), target.at(when)
        for i in first(found != due):
            yield Violation(
                f"{found[i]:g} units where {due[i]:g} are wanted",
                float(when[i]),
                meta.workloads[workload].name,
            )
