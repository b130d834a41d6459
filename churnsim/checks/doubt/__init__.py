"""Doubts: what is valid in a scenario and yet may not be what was meant, each with its arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from churnsim.base.errors import Problem
from churnsim.checks.doubt import (
    call,
    churn,
    environment,
    evidence,
    failure,
    function,
    invariant,
    issuer,
    key,
    node,
    policy,
    revocation,
    rollout,
    study,
    tenant,
    traffic,
    wait,
    work,
)
from churnsim.checks.doubt.doubt import Doubt
from churnsim.scenario import Scenario
from churnsim.scenario.path import path_text
from churnsim.scenario.problem import by_place

__all__ = ["DOUBTS", "WORLD_DOUBTS", "Doubt", "doubts"]

Doubter = Callable[[Scenario], Iterator[Doubt]]

WORLD_DOUBTS: tuple[Doubter, ...] = (
    *call.DOUBTS,
    *churn.DOUBTS,
    *environment.DOUBTS,
    *evidence.DOUBTS,
    *failure.DOUBTS,
    *function.DOUBTS,
    *policy.DOUBTS,
    *issuer.DOUBTS,
    *key.DOUBTS,
    *node.DOUBTS,
    *revocation.DOUBTS,
    *rollout.DOUBTS,
    *tenant.DOUBTS,
    *traffic.DOUBTS,
    *wait.DOUBTS,
    *work.DOUBTS,
    *study.DOUBTS,
)
"""Doubts about the world and its runs, for whoever does not hold the invariants."""

DOUBTS: tuple[Doubter, ...] = (*WORLD_DOUBTS, *invariant.DOUBTS)
"""All doubts; one's name is that of its function, with hyphens."""


def doubts(scenario: Scenario, doubters: Sequence[Doubter] = DOUBTS) -> tuple[Problem, ...]:
    """What is questionable about a valid scenario, each at the value that causes it, in the file's order.

    The points of a sweep are not looked at, only the scenario as it is written. The name of a doubt, such as
    ``outage-after-horizon``, is the rule of its problem.
    """
    found = [_problem(scenario, doubt, each) for doubt in doubters for each in doubt(scenario)]
    return tuple(by_place(found, scenario.written.tree.place.file))


def _problem(scenario: Scenario, doubt: Doubter, found: Doubt) -> Problem:
    origin = scenario.origin(path_text(found.path))
    return Problem(
        message=found.message,
        rule=doubt.__name__.replace("_", "-"),
        remedy=found.remedy,
        path=found.path,
        file=origin.file,
        line=origin.line,
        column=origin.column,
    )
