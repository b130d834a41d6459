"""Pipelines: workloads whose jobs come after those of others, stage by stage."""

from __future__ import annotations

from collections.abc import Mapping

from churnsim.model.workload import Workload


def before(workload: Workload) -> str | None:
    """The workload whose outcomes bring its jobs, by name; None: they come by themselves, or it has none."""
    return None if workload.terms is None else workload.terms.jobs.after


def chain(workloads: Mapping[str, Workload], name: str) -> tuple[str, ...]:
    """A workload and the stages before it, back to the first.

    Where they go round in a circle it ends with the first name that comes again.
    """
    stages = [name]
    while (source := before(workloads[stages[-1]])) is not None:
        if source in stages:
            return (*stages, source)
        stages.append(source)
    return tuple(stages)


def arriving(workloads: Mapping[str, Workload], name: str) -> float:
    """Jobs that come to a workload in the long run, each with one outcome [1/s]; 0 where all come at once."""
    *later, first = chain(workloads, name)
    terms = workloads[first].terms
    if terms is None or terms.jobs.every is None:
        return 0.0
    rate = 1.0 / terms.jobs.every.mean
    for stage in later:
        stage_terms = workloads[stage].terms
        rate *= 1 if stage_terms is None else stage_terms.jobs.each
    return rate
