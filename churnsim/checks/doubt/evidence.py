"""Doubts about evidence: flushes that come too late, sinks that take in less than is made, clocks."""

from __future__ import annotations

from collections.abc import Iterator

from churnsim.checks.doubt.doubt import Doubt, about, rate_text
from churnsim.checks.volume import stay
from churnsim.model.holder.unit import UnitHolder
from churnsim.model.outcome.request import RequestOutcome
from churnsim.model.shipping.periodic import PeriodicShipping
from churnsim.scenario import Scenario

_BEYOND = 0.05  # of the clocks, which a bound leaves out


def flush_after_life(scenario: Scenario) -> Iterator[Doubt]:
    """Flushes further apart than a unit lives."""
    for name, artefact in scenario.artefacts.items():
        workload = scenario.evidence[artefact.of].workload
        shipping, life = artefact.shipping, stay(scenario, workload)
        if not isinstance(shipping, PeriodicShipping) or not isinstance(artefact.holder, UnitHolder):
            continue
        if shipping.every.mean > life:
            yield Doubt(
                ("artefacts", name, "shipping", "every"),
                f"most units of {workload} are gone before they ever flush: that is every "
                f"{about(shipping.every.mean)}, and they live for {about(life)} on average",
                "flush more often, or let an agent hold it that outlives them",
            )


def sink_too_slow(scenario: Scenario) -> Iterator[Doubt]:
    """Sinks whose capacity is below what requests make all the time."""
    for name, sink in scenario.sinks.items():
        made = 0.0
        for artefact in scenario.artefacts.values():
            outcome = scenario.evidence[artefact.of]
            traffic = scenario.workloads[outcome.workload].requests
            if artefact.sink == name and isinstance(outcome, RequestOutcome) and traffic is not None:
                made += traffic.mean_rate * artefact.per_outcome * artefact.kept
        if sink.capacity is not None and made > sink.capacity:
            yield Doubt(
                ("sinks", name, "capacity"),
                f"the queue of {name} grows without end: requests make {rate_text(made)} artefacts, and it "
                f"makes {rate_text(sink.capacity)} durable",
                "raise the capacity, or sample what is kept",
            )


def clock_beyond_bound(scenario: Scenario) -> Iterator[Doubt]:
    """Clocks that are often further off than whoever reads their stamps reckons with."""
    for name, workload in scenario.workloads.items():
        clock = workload.clock
        if clock is None or clock.bound == 0.0:
            continue
        beyond = 1.0 + float(clock.error.survival(clock.bound)) - float(clock.error.survival(-clock.bound))
        if beyond > _BEYOND:
            yield Doubt(
                ("workloads", name, "clock", "bound"),
                f"{beyond:.0%} of the clocks of {name} are off by more than the {about(clock.bound)} that is "
                "reckoned with, so that an order read from their stamps may be wrong",
                "reckon with more, or set the clocks better",
            )


DOUBTS = (flush_after_life, sink_too_slow, clock_beyond_bound)
