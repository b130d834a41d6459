"""Evidence that nothing makes, or that cannot be kept as it is meant to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from churnsim.base.recipe import Recipe
from churnsim.model.artefact import Artefact
from churnsim.model.outcome import Outcome
from churnsim.model.sink import Sink
from churnsim.model.workload import Workload
from churnsim.scenario.path import Path


def unkept(scenario: Recipe) -> Iterator[tuple[Path, str, str]]:
    """Places, contradictions and remedies in what a scenario says of evidence."""
    outcomes: Mapping[str, Outcome] = getattr(scenario, "evidence", {})
    artefacts: Mapping[str, Artefact] = getattr(scenario, "artefacts", {})
    workloads: Mapping[str, Workload] = getattr(scenario, "workloads", {})
    sinks: Mapping[str, Sink] = getattr(scenario, "sinks", {})
    if not _is_connected(outcomes, artefacts, workloads, sinks):
        return  # names that lead nowhere are reported elsewhere
    for name, outcome in outcomes.items():
        objection = outcome.objection(workloads[outcome.workload])
        if objection is not None:
            said = f"{outcome.workload} has no such outcomes: {objection}"
            yield ("evidence", name, "workload"), said, "name another workload, or another kind of outcome"
        for number, owed in enumerate(outcome.owes):
            maker = outcomes[artefacts[owed].of]
            if maker.workload != outcome.workload:
                said = f"'{owed}' is made by outcomes of {maker.workload}, not of {outcome.workload}"
                yield ("evidence", name, "owes", number), said, "let it owe what its own workload makes"
    has_nodes = bool(getattr(scenario, "nodes", {}))
    blocking: dict[str, str] = {}
    for name, artefact in artefacts.items():
        outcome = outcomes[artefact.of]
        blocks = artefact.buffer is not None and artefact.buffer.when_full == "block"
        where: Path = ("artefacts", name, "buffer") if blocks else ("artefacts", name, "shipping")
        if artefact.holder.needs_nodes and not has_nodes:
            said = "there are no nodes on which anybody could hold it"
            yield ("artefacts", name, "holder"), said, "write nodes, or let units or agents hold it"
        if (blocks or artefact.shipping.is_at_once) and not outcome.can_wait:
            said = f"'{artefact.of}' happens whether its evidence can be kept or not, so nothing is held up"
            yield where, said, "let the buffer drop something" if blocks else "ship it by time or number"
        if artefact.shipping.is_at_once and sinks[artefact.sink].capacity is not None:
            said = f"a request that waits for {artefact.sink} would have to queue for its capacity"
            yield where, said, "leave the capacity of the sink out, or ship in another way"
        if blocks and blocking.setdefault(outcome.workload, name) != name:
            said = f"{outcome.workload} is blocked by the buffer of '{blocking[outcome.workload]}' already"
            yield where, said, "let one buffer of a workload block, and the others drop"


def _is_connected(
    outcomes: Mapping[str, Outcome],
    artefacts: Mapping[str, Artefact],
    workloads: Mapping[str, Workload],
    sinks: Mapping[str, Sink],
) -> bool:
    """Whether every name in the evidence leads somewhere."""
    owing = all({*each.owes} <= {*artefacts} and each.workload in workloads for each in outcomes.values())
    return owing and all(each.of in outcomes and each.sink in sinks for each in artefacts.values())
