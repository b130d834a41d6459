"""Doubts about tenants: places that keep nobody apart, and neighbours whom nobody feels."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

from churnsim.checks.doubt.doubt import Doubt
from churnsim.model.failure.deadly_request import DeadlyRequest
from churnsim.model.failure.noisy_neighbour import NoisyNeighbour
from churnsim.scenario import Scenario


def dealt_to_one(scenario: Scenario) -> Iterator[Doubt]:
    """Several workloads that are dealt places, all of them the places of one tenant."""
    dealt = {name: each for name, each in scenario.workloads.items() if each.placement.hand}
    tenants = {each.tenant for each in dealt.values()}
    if scenario.nodes and len(dealt) > 1 and len(tenants) == 1:
        yield Doubt(
            ("workloads", next(iter(dealt)), "tenant"),
            f"{', '.join(dealt)} are all of the tenant {next(iter(tenants))}, so that all of them are dealt "
            "the same places",
            "say with 'tenant:' whose each is, if they are to be kept apart",
        )


def strike_without_nodes(scenario: Scenario) -> Iterator[Doubt]:
    """A failure of whoever stands beside others, where nobody stands anywhere."""
    for position, failure in enumerate(scenario.failures):
        if isinstance(failure, DeadlyRequest | NoisyNeighbour) and not scenario.nodes:
            yield Doubt(
                ("failures", position),
                f"nothing comes of what {failure.target} does to others beside it: the scenario has no nodes",
                "add 'nodes:'",
            )


def noise_unheard(scenario: Scenario) -> Iterator[Doubt]:
    """Noise that takes nothing away, or nothing that anybody has."""
    for position, failure in enumerate(scenario.failures):
        if not isinstance(failure, NoisyNeighbour) or not scenario.nodes:
            continue
        others = {name: each for name, each in scenario.workloads.items() if name != failure.workload}
        if failure.left == 1:
            said, remedy = "it leaves others all of their capacity", "leave less than 100%"
        elif all(isnan(each.capacity_of_unit) for each in others.values()):
            said = f"none of {', '.join(others)} has a capacity" if others else "there is no other workload"
            remedy = "give whoever stands beside it a 'capacity'"
        else:
            continue
        yield Doubt(("failures", position), f"nobody hears the noise of {failure.workload}: {said}", remedy)


DOUBTS = (dealt_to_one, strike_without_nodes, noise_unheard)
