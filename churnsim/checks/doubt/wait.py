"""Doubts about answers that take time: callers that give up, or try again, too soon."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import exp, isfinite

import numpy as np

from churnsim.base.quantity import format_duration
from churnsim.checks.doubt.doubt import Doubt, about, rate_text
from churnsim.model.call import Call
from churnsim.model.graph import Graph
from churnsim.model.standing import Standing
from churnsim.model.workload import Workload
from churnsim.scenario import Scenario

_FORGOTTEN = 30.0  # times in which a full unit is worked off, after which what was found is forgotten
_STAYS = 0.01  # share of calls that fail for good, above which a state is one of a storm


def timeout_below_work(scenario: Scenario) -> Iterator[Doubt]:
    """Callers that wait for less than a request takes on average, if nobody is before them."""
    for path, call, callee in _timed(scenario):
        work = _work(callee)
        if call.timeout is not None and call.timeout < work:
            yield Doubt(
                path,
                f"{exp(-call.timeout / work):.1%} of the attempts are late even where nobody is before them, "
                f"e^-({format_duration(call.timeout)} / {about(work)}): {_pace(callee)}",
                "wait for longer, or give the callee more capacity",
            )


def timeouts_do_not_add_up(scenario: Scenario) -> Iterator[Doubt]:
    """Callers that give up while those whom they call still try in vain to reach others."""
    for path, call, callee in _timed(scenario):
        for name, below in callee.callees.items():
            if call.timeout is None or below.timeout is None:
                continue
            tries = 1 + below.retries
            longest = tries * below.timeout + below.retries * below.pause
            if call.timeout < longest:
                pauses = f" + {below.retries} x {format_duration(below.pause)}" if below.pause else ""
                yield Doubt(
                    path,
                    f"{path[1]} gives up after {format_duration(call.timeout)}, while {path[3]} goes on "
                    f"trying to reach {name} for up to {tries} x {format_duration(below.timeout)}{pauses} = "
                    f"{about(longest)}: of that time nothing is counted here",
                    "wait for longer above than below, retries included",
                )


def retries_too_soon(scenario: Scenario) -> Iterator[Doubt]:
    """Retries that find the callee as full as the attempt before them left it."""
    for path, call, callee in _timed(scenario):
        assert callee.staff is not None
        full = (callee.staff.number + callee.staff.queue) / callee.capacity_of_unit
        if call.retries and call.pause < _FORGOTTEN * full:
            yield Doubt(
                path,
                f"a full unit of {path[3]} is worked off in {about(full)}, and is asked again after "
                f"{format_duration(call.pause)}: less than {_FORGOTTEN:g} times that, so that retries fail "
                "more often than is worked out here",
                "pause for longer, or shorten the queue",
            )


def storm_would_stay(scenario: Scenario) -> Iterator[Doubt]:
    """Load at which calls that are all answered now would all fail for good, had they once begun to fail."""
    workloads = scenario.workloads
    names = list(workloads)
    edges = {
        (row, names.index(callee)): call
        for row, workload in enumerate(workloads.values())
        for callee, call in workload.callees.items()
    }
    if not any(call.retries for call in edges.values()):
        return
    standing = _calm(workloads)
    graph = Graph(edges, [workload.capacity_of_unit for workload in workloads.values()])
    calm, storm = graph.solve(standing), graph.solve_from_above(standing)
    for number, ((caller, callee), call) in enumerate(edges.items()):
        now, then = (float(call.lost(each.failing[number])[0]) for each in (calm, storm))
        if call.retries and then - now > _STAYS:
            yield Doubt(
                ("workloads", names[caller], "calls", names[callee]),
                f"a storm would stay: {rate_text(calm.received[callee, 0])} come to {names[callee]} and "
                f"{now:.1%} of the calls fail, but once {rate_text(storm.received[callee, 0])} come, "
                f"{then:.1%} fail, and that keeps itself up; it is not simulated",
                "let fewer wait than are served within the time-out, give retries a budget, or add capacity",
            )


def _timed(scenario: Scenario) -> Iterator[tuple[tuple[str, ...], Call, Workload]]:
    """Calls to those who have workers: where they are written, the call, and whom it goes to."""
    for caller, workload in scenario.workloads.items():
        for callee, call in workload.callees.items():
            if scenario.workloads[callee].staff is not None:
                yield ("workloads", caller, "calls", callee), call, scenario.workloads[callee]


def _work(callee: Workload) -> float:
    """How long a request takes on average [s], once somebody works on it."""
    return 0.0 if callee.staff is None else callee.staff.number / callee.capacity_of_unit


def _pace(callee: Workload) -> str:
    workers = 0 if callee.staff is None else callee.staff.number
    return f"{workers} at a time and {rate_text(callee.capacity_of_unit)} take {about(_work(callee))} each"


def _calm(workloads: Mapping[str, Workload]) -> Standing:
    """All units ready, everybody trusted and intended, and the mean load for one second."""
    traffics = [workload.requests for workload in workloads.values()]
    outside = np.array([[0.0 if each is None else each.mean_rate] for each in traffics])
    able = [workload.capacity_of_unit * workload.begins for workload in workloads.values()]
    ones = np.ones_like(outside)
    return Standing(
        outside=outside,
        lost=0.0 * ones,
        alive=ones,
        right=ones[:, None],
        passing=ones[:, None],
        able=np.array([[[each if isfinite(each) else np.inf]] for each in able]),
        workers=[workload.staff for workload in workloads.values()],
    )


DOUBTS = (timeout_below_work, timeouts_do_not_add_up, retries_too_soon, storm_would_stay)
