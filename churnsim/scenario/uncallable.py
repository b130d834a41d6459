"""Calls that nobody can answer, that never end, or that cannot be worked out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from churnsim.base.recipe import Recipe
from churnsim.model.artefact import Artefact
from churnsim.model.outcome import Outcome
from churnsim.model.workload import Workload
from churnsim.scenario.path import Path

_Contradiction = tuple[Path, str, str]


def uncallable(scenario: Recipe) -> Iterator[_Contradiction]:
    """Places, contradictions and remedies in what a scenario says of calls."""
    workloads: Mapping[str, Workload] = getattr(scenario, "workloads", {})
    if any(callee not in workloads for each in workloads.values() for callee in each.callees):
        return  # names that lead nowhere are reported elsewhere
    for name, workload in workloads.items():
        for callee in workload.callees:
            if not workloads[callee].answers:
                said = f"{callee} answers no calls: only services do"
                yield ("workloads", name, "calls", callee), said, "call a service"
    yield from _prompt(workloads)
    yield from _idle(workloads)
    yield from _endless(workloads)
    yield from _held_up(scenario, workloads)


def _prompt(workloads: Mapping[str, Workload]) -> Iterator[_Contradiction]:
    """Time-outs of calls that take no time."""
    for name, workload in workloads.items():
        for callee, call in workload.callees.items():
            if call.timeout is not None and workloads[callee].answers and workloads[callee].staff is None:
                said = f"{callee} answers at once: without workers its requests take no time"
                remedy = f"write workers in {callee}, or leave the time-out out"
                yield ("workloads", name, "calls", callee, "timeout"), said, remedy


def _idle(workloads: Mapping[str, Workload]) -> Iterator[_Contradiction]:
    """Autoscalers that go by a load that there is not."""
    called = {callee for each in workloads.values() for callee in each.callees}
    for name, workload in workloads.items():
        scaler = workload.scaler
        if scaler is None or not scaler.needs_traffic or not workload.answers:
            continue
        if workload.requests is None and name not in called:
            said = "this autoscaler needs the traffic of the workload"
            yield ("workloads", name, "autoscaler"), said, "write traffic beside it, or let somebody call it"


def _endless(workloads: Mapping[str, Workload]) -> Iterator[_Contradiction]:
    """A circle of calls in which each request, with all retries, brings about one more or as many."""
    names = list(workloads)
    most = np.zeros((len(names), len(names)))
    for row, workload in enumerate(workloads.values()):
        for callee, call in workload.callees.items():
            most[row, names.index(callee)] = call.share * call.most
    growth = float(np.abs(np.linalg.eigvals(most)).max(initial=0.0))
    if growth < 1.0 - 1e-9:
        return
    circle = next(found for name in names if (found := _circle(workloads, name)))
    yield (
        ("workloads", circle[0], "calls", circle[1]),
        f"these calls come round without bound: {' -> '.join(circle)}, and with all retries every step makes "
        f"{growth:.3g} requests of one in the long run",
        "lower a share, the retries or their budget, until it is less than 1",
    )


def _circle(workloads: Mapping[str, Workload], name: str) -> tuple[str, ...]:
    """The shortest way from a workload back to it, both ends included; empty if there is none."""
    ways: list[tuple[str, ...]] = [(name,)]
    seen = set[str]()
    for way in ways:
        for callee in workloads[way[-1]].callees:
            if callee == name:
                return (*way, callee)
            if callee not in seen:
                seen.add(callee)
                ways.append((*way, callee))
    return ()


def _held_up(scenario: Recipe, workloads: Mapping[str, Workload]) -> Iterator[_Contradiction]:
    """Evidence that refuses requests of workloads whose requests depend on who else refuses some."""
    outcomes: Mapping[str, Outcome] = getattr(scenario, "evidence", {})
    artefacts: Mapping[str, Artefact] = getattr(scenario, "artefacts", {})
    calling = {name for name, each in workloads.items() if each.callees}
    called = {callee for each in workloads.values() for callee in each.callees}
    for name, artefact in artefacts.items():
        outcome = outcomes.get(artefact.of)
        blocks = artefact.buffer is not None and artefact.buffer.when_full == "block"
        if outcome is not None and blocks and outcome.workload in calling | called:
            yield (
                ("artefacts", name, "buffer"),
                f"how full this buffer is depends on the calls of {outcome.workload}, and these on whether "
                "it is full: that is not worked out",
                "let the buffer drop something",
            )
