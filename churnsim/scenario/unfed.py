"""Stages that nothing ever comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from churnsim.base.recipe import Recipe
from churnsim.model.pipeline import before, chain
from churnsim.model.workload import Workload
from churnsim.scenario.path import Path


def unfed(scenario: Recipe) -> Iterator[tuple[Path, str, str]]:
    """Places, contradictions and remedies in what a scenario says of jobs that come after others."""
    workloads: Mapping[str, Workload] = getattr(scenario, "workloads", {})
    if any(before(each) not in (None, *workloads) for each in workloads.values()):
        return  # names that lead nowhere are reported elsewhere
    told = set[str]()
    for name, workload in workloads.items():
        source = before(workload)
        if source is None:
            continue
        if workloads[source].terms is None:
            said = f"{source} has no jobs, so no outcome of it ever brings one to {name}"
            yield ("workloads", name, "jobs", "after"), said, "name a processor or a runner"
        stages = chain(workloads, name)
        if stages[-1] == name and name not in told:
            told |= set(stages)
            circle = " after ".join(stages)
            said = f"these stages wait for each other, so that no job ever comes: {circle}"
            yield ("workloads", name, "jobs", "after"), said, "let the jobs of one come by themselves"
