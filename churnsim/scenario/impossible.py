"""What each part of a scenario may say, and all of them together cannot mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf

from churnsim.base.errors import Problem
from churnsim.base.quantity import format_duration
from churnsim.base.recipe import Recipe
from churnsim.model.policy import Policy
from churnsim.model.workload import Workload
from churnsim.scenario.node import Branch, find
from churnsim.scenario.path import Path
from churnsim.scenario.problem import problem_at


def impossible(scenario: Recipe, tree: Branch) -> Iterator[Problem]:
    """Problems of a valid scenario whose parts contradict each other, each at its place in `tree`."""
    for path, said, remedy in _unreachable(scenario):
        node = find(tree, path)
        yield problem_at(tree.place if node is None else node.place, "unreachable", said, remedy, path)


def _unreachable(scenario: Recipe) -> Iterator[tuple[Path, str, str]]:
    """Times to live of caches that no cached decision lives to see."""
    policies: Mapping[str, Policy] = getattr(scenario, "policies", {})
    workloads: Mapping[str, Workload] = getattr(scenario, "workloads", {})
    for name, policy in policies.items():
        lives = {each: _longest(workload) for each, workload in workloads.items() if workload.policy == name}
        if policy.cache is None or not lives:
            continue
        where = max(lives, key=lambda each: lives[each])
        for field, ttl in (("allow", policy.cache.allow), ("deny", policy.cache.deny)):
            if ttl >= lives[where]:
                yield (
                    ("policies", name, "cache", field),
                    f"a time to live of {format_duration(ttl)} can never be reached: no unit that enforces "
                    f"{name} lives longer than {format_duration(lives[where])} (the units of {where})",
                    "shorten it, or lengthen the lifetime",
                )


def _longest(workload: Workload) -> float:
    """How long a unit decides at most [s]: from ready to gone."""
    return inf if workload.stay is None else float(workload.stay.high) + float(workload.drain.high)
