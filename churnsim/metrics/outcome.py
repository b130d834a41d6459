"""Durable outcomes: which are lost, which took effect more than once, and why."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from churnsim.metrics.grouping import by_tenant, by_workload
from churnsim.metrics.measurement import Ratio
from churnsim.metrics.overlap import Floats, Mask
from churnsim.metrics.registry import measure
from churnsim.trace import JobState, Trace

_LOSSES = ("unit_ended", "refused")
_REPETITIONS = ("unit_ended", "acknowledgement_lost", "lease_over", "key_forgotten")


@measure("outcomes.lost", unit="share", better="lower", parts="cause", members=_LOSSES)
def lost(trace: Trace) -> dict[str, Ratio]:
    """Share of the jobs decided in the window that are lost: acknowledged, and never to be committed.

    A job is decided when it is committed for the first time, or lost. One that is put aside is neither: its
    queue still has it.
    """
    gone, cause = _lost(trace), trace["jobs"]["cause"]
    number = _number(gone) + _number(_first(trace))
    parts = {name: Ratio(_number(gone & (cause == code)), number) for name, code in _codes(trace, _LOSSES)}
    return {"": Ratio(_number(gone), number), **parts}


@measure("outcomes.duplicated", unit="1", better="lower", parts="cause", members=_REPETITIONS)
def duplicated(trace: Trace) -> dict[str, Ratio]:
    """Times that outcomes took effect again in the window, over those for the first time; by why again."""
    again, number, cause = _again(trace), _number(_first(trace)), trace["outcomes"]["cause"]
    parts = {
        name: Ratio(_number(again & (cause == code)), number) for name, code in _codes(trace, _REPETITIONS)
    }
    return {"": Ratio(_number(again), number), **parts}


@measure("outcomes.dead", unit="share", better="lower")
def dead(trace: Trace) -> Ratio:
    """Share of the jobs that their queue is done with in the window that are put aside, attempts spent."""
    jobs = trace["jobs"]
    left = _inside(trace, jobs["ended"])
    return Ratio(_number(left & (jobs["fate"] == JobState.DEAD)), _number(left))


@measure("outcomes.killed", unit="share", better="lower")
def killed(trace: Trace) -> Ratio:
    """Share of the jobs that their queue is done with in the window that took longer than they may."""
    jobs = trace["jobs"]
    left = _inside(trace, jobs["ended"])
    return Ratio(_number(left & (jobs["fate"] == JobState.KILLED)), _number(left))


@measure("outcomes.workload.lost", unit="share", better="lower", parts="workload")
def lost_by_workload(trace: Trace) -> dict[str, Ratio]:
    """Share of the jobs decided in the window that are lost, by workload."""
    return _lost_by(trace, by_workload(trace))


@measure("outcomes.workload.duplicated", unit="1", better="lower", parts="workload")
def duplicated_by_workload(trace: Trace) -> dict[str, Ratio]:
    """Times that outcomes took effect again in the window, over those for the first time, by workload."""
    return _duplicated_by(trace, by_workload(trace))


@measure("outcomes.tenant.lost", unit="share", better="lower", parts="tenant")
def lost_by_tenant(trace: Trace) -> dict[str, Ratio]:
    """Share of the jobs decided in the window that are lost, by tenant."""
    return _lost_by(trace, by_tenant(trace))


@measure("outcomes.tenant.duplicated", unit="1", better="lower", parts="tenant")
def duplicated_by_tenant(trace: Trace) -> dict[str, Ratio]:
    """Times that outcomes took effect again in the window, over those for the first time, by tenant."""
    return _duplicated_by(trace, by_tenant(trace))


def _lost_by(trace: Trace, groups: Mapping[str, list[int]]) -> dict[str, Ratio]:
    gone, first = _lost(trace), _first(trace)
    found: dict[str, Ratio] = {}
    for name, members in groups.items():
        number = _number(gone & np.isin(trace["jobs"]["workload"], members))
        found[name] = Ratio(number, number + _number(first & np.isin(trace["outcomes"]["workload"], members)))
    return found


def _duplicated_by(trace: Trace, groups: Mapping[str, list[int]]) -> dict[str, Ratio]:
    again, first, workload = _again(trace), _first(trace), trace["outcomes"]["workload"]
    return {
        name: Ratio(_number(again & np.isin(workload, members)), _number(first & np.isin(workload, members)))
        for name, members in groups.items()
    }


def _lost(trace: Trace) -> Mask:
    jobs = trace["jobs"]
    return np.asarray((jobs["fate"] == JobState.LOST) & _inside(trace, jobs["ended"]))


def _first(trace: Trace) -> Mask:
    return np.asarray((trace["outcomes"]["cause"] < 0) & _inside(trace, trace["outcomes"]["committed"]))


def _again(trace: Trace) -> Mask:
    return np.asarray((trace["outcomes"]["cause"] >= 0) & _inside(trace, trace["outcomes"]["committed"]))


def _inside(trace: Trace, when: Floats) -> Mask:
    return np.asarray((when >= trace.meta.t0) & (when < trace.meta.t1))


def _codes(trace: Trace, parts: tuple[str, ...]) -> list[tuple[str, int]]:
    """Codes of causes by part; one that this world does not know has a code that no row has."""
    causes = [cause.replace("-", "_") for cause in trace.meta.causes]
    return [(part, causes.index(part) if part in causes else len(causes)) for part in parts]


def _number(chosen: Mask) -> float:
    return float(np.count_nonzero(chosen))
