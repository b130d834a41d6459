"""Doubts about nodes: too few, none used, drains and cuts too short, nodes that come and go."""

from __future__ import annotations

from collections.abc import Iterator

from churnsim.base.quantity import format_duration
from churnsim.base.readable import counted
from churnsim.checks.doubt.doubt import Doubt
from churnsim.model.failure.partition import Partition
from churnsim.model.failure.spot_reclaim import SpotReclaim
from churnsim.model.pool import Pool
from churnsim.model.space import capacity, demand
from churnsim.model.workload import Workload
from churnsim.scenario import Scenario


def units_beyond_capacity(scenario: Scenario) -> Iterator[Doubt]:
    """More units than the nodes of a workload hold when nobody else stands on them."""
    for name, workload in scenario.workloads.items():
        pools = _pools(scenario, workload)
        hand = workload.placement.hand
        fits = sorted(
            (_fit(pool, workload) for pool in pools.values() for _ in range(pool.most)), reverse=True
        )
        held = sum(fits[: hand or None])
        nodes = f"best {counted(hand, 'node')} to be dealt" if hand else "nodes"
        if pools and held < workload.kept:
            yield Doubt(
                ("workloads", name),
                f"{workload.kept} units of {name} are wanted, and the "
                f"{nodes} of {', '.join(pools)} hold {held}: {workload.kept - held} wait for ever",
                "give a pool more or larger nodes",
            )


def pool_unused(scenario: Scenario) -> Iterator[Doubt]:
    """A pool that no workload may use."""
    for name in scenario.nodes:
        if all(name not in _pools(scenario, workload) for workload in scenario.workloads.values()):
            yield Doubt(
                ("nodes", name),
                f"nobody stands on the nodes of {name}: every workload names other pools",
                "leave it out, or name it in a workload's placement",
            )


def placement_without_nodes(scenario: Scenario) -> Iterator[Doubt]:
    """Units that take room although there are no nodes."""
    for name, workload in scenario.workloads.items():
        if not scenario.nodes and (demand(workload.placement)[1:].any() or workload.placement.hand):
            yield Doubt(
                ("workloads", name, "placement"),
                f"units of {name} take room of nobody: the scenario has no nodes",
                "add 'nodes:'",
            )


def image_without_nodes(scenario: Scenario) -> Iterator[Doubt]:
    """An image although there are no nodes to pull it."""
    for name, workload in scenario.workloads.items():
        if not scenario.nodes and workload.image is not None:
            yield Doubt(
                ("workloads", name, "image"),
                f"nobody pulls the image of {name}: the scenario has no nodes",
                "add 'nodes:', or let startup be as long as it takes with the image",
            )


def drain_longer_than_notice(scenario: Scenario) -> Iterator[Doubt]:
    """A reclaim that leaves units too little time to drain."""
    for position, failure in enumerate(scenario.failures):
        if not isinstance(failure, SpotReclaim):
            continue
        for name, workload in scenario.workloads.items():
            if failure.pool in _pools(scenario, workload) and workload.drain.mean > failure.notice:
                yield Doubt(
                    ("failures", position),
                    f"units of {name} are killed while they drain: that takes "
                    f"{format_duration(workload.drain.mean)} on average, the notice is "
                    f"{format_duration(failure.notice)}",
                    "shorten the drain, if the provider's notice is right",
                )


def partition_unnoticed(scenario: Scenario) -> Iterator[Doubt]:
    """A partition from the control plane that is over before any node is missed."""
    control = scenario.control_plane
    soonest = control.grace - control.heartbeat
    for position, failure in enumerate(scenario.failures):
        if not isinstance(failure, Partition) or failure.what != ("control-plane",):
            continue
        longest = max(failure.lengths or (failure.lasts.longest,))
        if longest <= soonest:
            yield Doubt(
                ("failures", position, "lasts"),
                f"nobody notices this partition: it lasts {format_duration(longest)} at most, and a node is "
                f"missed {format_duration(control.grace)} after its last sign of life, so "
                f"{format_duration(soonest)} after it is cut off at the earliest",
                "lengthen it, or name in 'from' what its units do not reach meanwhile",
            )


def removed_too_soon(scenario: Scenario) -> Iterator[Doubt]:
    """An autoscaler that removes a node sooner than it has another."""
    for name, pool in scenario.nodes.items():
        scaler = pool.autoscaler
        if scaler is not None and pool.is_elastic and scaler.patience < pool.boot.mean:
            yield Doubt(
                ("nodes", name, "autoscaler"),
                f"a node of {name} is removed when it was not needed for {format_duration(scaler.patience)}, "
                f"and another takes {format_duration(pool.boot.mean)} to boot on average: units wait for it "
                "whenever they were gone for as long as that",
                "let nodes stand unneeded for longer than one takes to boot",
            )


DOUBTS = (
    units_beyond_capacity,
    pool_unused,
    placement_without_nodes,
    image_without_nodes,
    drain_longer_than_notice,
    partition_unnoticed,
    removed_too_soon,
)


def _pools(scenario: Scenario, workload: Workload) -> dict[str, Pool]:
    named = workload.placement.pools
    return {name: pool for name, pool in scenario.nodes.items() if not named or name in named}


def _fit(pool: Pool, workload: Workload) -> int:
    """How many units of a workload a node of a pool holds."""
    wants = demand(workload.placement)
    return int((capacity(pool)[wants > 0] // wants[wants > 0]).min())
