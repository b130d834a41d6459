"""Doubts about evidence: what comes too late or is forgotten too early, slow sinks and bad clocks."""

from __future__ import annotations

from collections.abc import Iterator

from churnsim.checks.doubt.doubt import Doubt, about, rate_text
from churnsim.checks.volume import stay
from churnsim.metrics.evidence import PATIENCE_S
from churnsim.model.holder.agent import AgentHolder
from churnsim.model.holder.unit import UnitHolder
from churnsim.model.outcome import Outcome
from churnsim.model.outcome.issuance import IssuanceOutcome
from churnsim.model.outcome.request import RequestOutcome
from churnsim.model.shipping.batch import BatchShipping
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


def decided_after_life(scenario: Scenario) -> Iterator[Doubt]:
    """Waits before a decision what to keep that are longer than a unit lives."""
    for name, artefact in scenario.artefacts.items():
        workload = scenario.evidence[artefact.of].workload
        life = stay(scenario, workload)
        if artefact.waits > life and isinstance(artefact.holder, UnitHolder):
            yield Doubt(
                ("artefacts", name, "sampling", "wait"),
                f"most units of {workload} are gone before they ever decide what to keep: that is "
                f"{about(artefact.waits)} after it was made, and they live for {about(life)} on average",
                "decide sooner, or let an agent hold it that outlives them",
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


def batch_too_late(scenario: Scenario) -> Iterator[Doubt]:
    """Batches that take longer to fill than anybody waits for an explanation."""
    for name, artefact in scenario.artefacts.items():
        shipping, holder = artefact.shipping, artefact.holder
        rate = _rate_of_unit(scenario, scenario.evidence[artefact.of]) * artefact.per_outcome * artefact.kept
        # Of how many units stand on a node nothing is known beforehand.
        rate *= holder.units if isinstance(holder, AgentHolder) else isinstance(holder, UnitHolder)
        if not isinstance(shipping, BatchShipping) or rate == 0.0:
            continue
        fills = shipping.size / rate
        if fills > PATIENCE_S:
            yield Doubt(
                ("artefacts", name, "shipping", "size"),
                f"a batch of {shipping.size} takes {about(fills)} to fill at {rate_text(rate)}, and an "
                f"outcome whose artefacts come more than {about(PATIENCE_S)} later is a gap",
                "make the batch smaller, or flush at intervals",
            )


def forgotten_too_early(scenario: Scenario) -> Iterator[Doubt]:
    """Artefacts that are no longer kept when somebody asks for them."""
    for name, outcome in scenario.evidence.items():
        for number, owed in enumerate(outcome.owes):
            artefact = scenario.artefacts[owed]
            sink, maker = scenario.sinks[artefact.sink], scenario.evidence[artefact.of]
            used, why = PATIENCE_S, ""
            if isinstance(maker, IssuanceOutcome) and maker is not outcome:
                used += _renewed_every(scenario, maker)
                why = f"a credential is used for {about(used - PATIENCE_S)} before the next is issued, and "
            if sink.retention is not None and sink.retention < used:
                yield Doubt(
                    ("evidence", name, "owes", number),
                    f"{why}an outcome is to be explained {about(PATIENCE_S)} later, "
                    f"but {artefact.sink} keeps '{owed}' for {about(sink.retention)}",
                    f"keep it for {about(used)} at least",
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


def _rate_of_unit(scenario: Scenario, outcome: Outcome) -> float:
    """Outcomes that one unit makes on average [1/s]; 0 where that is not known beforehand."""
    workload = scenario.workloads[outcome.workload]
    if isinstance(outcome, RequestOutcome) and workload.requests is not None:
        return workload.requests.mean_rate / max(workload.begins, 1)
    if isinstance(outcome, IssuanceOutcome):
        return 1.0 / _renewed_every(scenario, outcome)
    return 0.0


def _renewed_every(scenario: Scenario, outcome: Outcome) -> float:
    """Mean time from one credential of a unit to the next [s]."""
    issuer = scenario.issuers[str(scenario.workloads[outcome.workload].issuer)]
    return issuer.renewal.mean(issuer.ttl)


DOUBTS = (
    flush_after_life,
    decided_after_life,
    sink_too_slow,
    batch_too_late,
    forgotten_too_early,
    clock_beyond_bound,
)
