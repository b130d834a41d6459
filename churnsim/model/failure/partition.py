"""Partitions: nodes cut off from the control plane, on which units go on running."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from churnsim.base.quantity import Share
from churnsim.base.reference import Reference
from churnsim.engine import Order
from churnsim.model.failure import Failure
from churnsim.model.node import DRAINING, UP
from churnsim.model.spell import Spells

if TYPE_CHECKING:
    from churnsim.model.system import System


class Partition(Spells, Failure):
    """Nodes of a zone are cut off from the control plane for a while, and nothing else happens to them.

    They are taken for lost: found not ready after the grace, evicted after the toleration. Units that were
    evicted do not hear of it; they run on beside those that replaced them, until the nodes are back and they
    are killed.
    """

    kind: Literal["partition"] = "partition"
    causes: ClassVar[tuple[str, ...]] = ("partition",)
    zone: Annotated[str, Reference("nodes", "zone")] = Field(description="which zone")
    share: Share = Field("100%", validate_default=True, description="chance of each node to be cut off")

    @property
    def target(self) -> str:
        return self.zone

    def arm(self, system: System, stream: str) -> None:
        for number, (begin, end) in enumerate(self.periods(system.world, stream)):
            if begin < end:
                strike = partial(self._strike, system, stream)
                system.world.at(begin, Order.FAULT, strike, (number, end))

    def _strike(self, system: System, stream: str, spell: tuple[int, float]) -> None:
        world, cluster, (number, end) = system.world, system.cluster, spell
        if cluster is None:
            return
        source, cause = world.stream(stream), world.cause("partition")
        there = [node for node in cluster.zones[self.zone].nodes if node.state in (UP, DRAINING)]
        chance = source.uniform(source.lane(3, number), np.arange(len(there)))
        for node, place in zip(there, chance.tolist(), strict=True):
            if place < self.share:
                cluster.isolate(node, cause)
                world.at(end, Order.RECOVERY, partial(cluster.rejoin, cause=cause), node)
