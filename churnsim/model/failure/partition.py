"""Partitions: who is cut off from the control plane, or from issuers and policies, and goes on running."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from churnsim.base.errors import located, refusal
from churnsim.base.quantity import Share
from churnsim.base.reference import Reference
from churnsim.engine import Order
from churnsim.model.failure import Failure
from churnsim.model.link import Severance
from churnsim.model.node import DRAINING, ISOLATED, UP, Node
from churnsim.model.spell import Spells

if TYPE_CHECKING:
    from churnsim.model.fleet import Fleet
    from churnsim.model.shared_service import SharedService
    from churnsim.model.system import System

_CONTROL_PLANE = "control-plane"
_FROM = Reference("issuers", also=("policies",), words=(_CONTROL_PLANE,))


class Partition(Spells, Failure):
    """Nodes of a zone, or slots of a workload, are cut off for a while; nothing else happens to them.

    From the control plane: nodes are taken for lost, found not ready after the grace, evicted after the
    toleration. Units that were evicted do not hear of it; they run on beside those that replaced them, until
    the nodes are back and they are killed. From an issuer or a policy: for the units there it is down.
    """

    kind: Literal["partition"] = "partition"
    causes: ClassVar[tuple[str, ...]] = ("partition",)
    zone: Annotated[str, Reference("nodes", "zone")] | None = Field(
        None, description="which zone; give this or workload"
    )
    workload: Annotated[str, Reference("workloads")] | None = Field(
        None, description="which workload, wherever its units stand: whoever fills a slot is cut off with it"
    )
    what: tuple[Annotated[str, _FROM], ...] = Field(
        (_CONTROL_PLANE,), alias="from", min_length=1, description="what they do not reach meanwhile"
    )
    share: Share = Field(
        "100%", validate_default=True, description="chance of each node, or slot, to be cut off"
    )

    @model_validator(mode="after")
    def _of_one_thing(self) -> Self:
        if (self.zone is None) == (self.workload is None):
            both = "both are" if self.zone is not None else "neither is"
            said = f"it cuts off a zone or a workload ({both} given)"
            raise refusal("partition", said, "give one of them, or write a partition for each")
        if self.workload is not None and _CONTROL_PLANE in self.what:
            said = "nodes alone are heard by the control plane, not the units of a workload"
            remedy = "name issuers or policies, as in 'from: [mesh]', or give a zone"
            raise located(refusal("partition", said, remedy), "from")
        return self

    @property
    def target(self) -> str:
        return self.zone or self.workload or ""

    def arm(self, system: System, stream: str) -> None:
        spells = self.periods(system.world, stream)
        if self.workload is not None:
            self._part(system, system.fleets[self.workload], stream, spells)
            return
        for number, (begin, end) in enumerate(spells):
            if begin < end:
                strike = partial(self._strike, system, stream)
                system.world.at(begin, Order.FAULT, strike, (number, end))

    # --- slots ---------------------------------------------------------------------------------------

    def _part(self, system: System, fleet: Fleet, stream: str, spells: list[tuple[float, float]]) -> None:
        world, source = system.world, system.world.stream(stream)

        def strikes(number: int, slot: int) -> bool:
            return float(source.uniform(source.lane(3, number), slot)) < self.share

        def look(_: object) -> None:
            for unit in fleet.living:
                fleet.look(unit)

        fleet.links.part(Severance(self._services(system), tuple(spells), strikes))
        for begin, end in spells:
            if begin < end:
                world.at(begin, Order.FAULT, look)
                world.at(end, Order.RECOVERY, look)

    def _services(self, system: System) -> tuple[SharedService, ...]:
        found = (group.get(name) for name in self.what for group in (system.issuers, system.policies))
        return tuple(service for service in found if service is not None)

    # --- nodes ---------------------------------------------------------------------------------------

    def _strike(self, system: System, stream: str, spell: tuple[int, float]) -> None:
        world, cluster, (number, end) = system.world, system.cluster, spell
        if cluster is None:
            return
        source, cause = world.stream(stream), world.cause("partition")
        there = [
            node for node in cluster.zones[self.zone or ""].nodes if node.state in (UP, DRAINING, ISOLATED)
        ]
        chance = source.uniform(source.lane(3, number), np.arange(len(there)))
        services = self._services(system)
        for node, place in zip(there, chance.tolist(), strict=True):
            if place >= self.share:
                continue
            if _CONTROL_PLANE in self.what:
                cluster.isolate(node, cause)
                world.at(end, Order.RECOVERY, partial(cluster.rejoin, cause=cause), node)
            if services:
                node.link.sever(services, (world.now, end))
                _look_all(node)
                world.at(end, Order.RECOVERY, _look_all, node)


def _look_all(node: Node) -> None:
    for unit, fleet in list(node.units.items()):
        fleet.look(unit)
