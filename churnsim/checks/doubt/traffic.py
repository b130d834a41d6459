"""Doubts about traffic: steps that nobody lives to see, counts that begin anew."""

from __future__ import annotations

from collections.abc import Iterator

from churnsim.base.quantity import format_duration
from churnsim.checks.doubt.doubt import Doubt
from churnsim.model.traffic.steps import StepsTraffic
from churnsim.model.traffic.trace import TraceTraffic
from churnsim.scenario import Scenario


def step_after_horizon(scenario: Scenario) -> Iterator[Doubt]:
    """A step of the traffic that begins when the run is over."""
    for name, workload in scenario.workloads.items():
        traffic = workload.requests
        if not isinstance(traffic, StepsTraffic):
            continue
        for index, step in enumerate(traffic.steps):
            if step.at >= scenario.horizon:
                yield Doubt(
                    ("workloads", name, "traffic", "steps", index, "at"),
                    f"this step never comes: it begins at {format_duration(step.at)}, the run ends at "
                    f"{format_duration(scenario.horizon)}",
                    "begin it earlier or lengthen the horizon",
                )


def counts_begin_anew(scenario: Scenario) -> Iterator[Doubt]:
    """Counts that are over before the run is."""
    for name, workload in scenario.workloads.items():
        traffic = workload.requests
        if isinstance(traffic, TraceTraffic) and traffic.length < scenario.horizon:
            yield Doubt(
                ("workloads", name, "traffic"),
                f"these counts begin anew after {format_duration(traffic.length)}: "
                f"{len(traffic.counts or ())} intervals of {format_duration(traffic.interval or 0.0)}, "
                f"the run ends at {format_duration(scenario.horizon)}",
                "shorten the horizon, or give more intervals",
            )


DOUBTS = (step_after_horizon, counts_begin_anew)
