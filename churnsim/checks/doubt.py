"""Doubts: what is valid in a scenario and yet may not be what was meant."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from churnsim.base.errors import Problem
from churnsim.base.quantity import format_duration
from churnsim.model.failure.theft import Theft
from churnsim.model.refresh.pull import PullRefresh
from churnsim.scenario import Scenario
from churnsim.simulate import design

Doubt = tuple[str, str, str]
"""Dotted path, what is questionable, what to do."""


def doubts(scenario: Scenario) -> tuple[Problem, ...]:
    """What is questionable about a valid scenario, each at its place.

    Outages that never come, thefts with nothing to steal, copies that are stale between two answered polls,
    and a history too short for the past to be complete at 0.
    """
    found = (
        *_never(scenario),
        *_nothing_to_steal(scenario),
        *_always_stale(scenario),
        *_short_history(scenario),
    )
    return tuple(_problem(scenario, *doubt) for doubt in found)


def _never(scenario: Scenario) -> Iterator[Doubt]:
    for position, failure in enumerate(scenario.failures):
        times = getattr(failure, "at", None)
        for index, at in enumerate(times if isinstance(times, tuple) else ()):
            if at >= scenario.horizon:
                said = f"this outage never comes: it begins at {format_duration(at)}, "
                said += f"the run ends at {format_duration(scenario.horizon)}"
                yield f"failures.{position}.at.{index}", said, "begin it earlier or lengthen the horizon"


def _nothing_to_steal(scenario: Scenario) -> Iterator[Doubt]:
    for position, failure in enumerate(scenario.failures):
        if (
            isinstance(failure, Theft)
            and getattr(scenario.workloads[failure.workload], "issuer", None) is None
        ):
            said = f"there is nothing to steal: the units of {failure.workload} hold no credentials"
            yield f"failures.{position}.workload", said, "give the workload an issuer"


def _always_stale(scenario: Scenario) -> Iterator[Doubt]:
    for name, policy in scenario.policies.items():
        refresh, stale = policy.refresh, policy.when_stale
        if not isinstance(refresh, PullRefresh) or stale is None or stale.then == "last-good":
            continue
        least = refresh.every.mean + refresh.delay.mean
        if isfinite(least) and stale.after < least:
            said = "a copy is too old before the next poll answers: "
            said += f"{format_duration(stale.after)} is less than "
            said += f"{format_duration(least)}, the mean time between polls and the delay"
            yield f"policies.{name}.when_stale.after", said, "wait longer or poll more often"


def _short_history(scenario: Scenario) -> Iterator[Doubt]:
    if scenario.history is not None and scenario.start == "stationary":
        needed = design(scenario.model_copy(update={"history": None})).memory
        if scenario.history < needed:
            said = (
                f"the past matters for {format_duration(needed)}, so orphans, stale copies and lockouts at 0 "
            )
            said += "are fewer than in a system that has run for long"
            yield "history", said, f"leave it out, or make it {format_duration(needed)}"


def _problem(scenario: Scenario, path: str, message: str, remedy: str) -> Problem:
    origin = scenario.origin(path)
    steps = tuple(path.split("."))
    return Problem(message, "doubt", remedy, steps, origin.file, origin.line, origin.column)
