"""Spot reclaims: a provider takes machines of one type back, many within minutes, after a short notice."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from churnsim.base.quantity import Duration, Share
from churnsim.base.reference import Reference
from churnsim.engine import Order
from churnsim.model.failure import Failure
from churnsim.model.occasion import Occasions

if TYPE_CHECKING:
    from churnsim.model.node import Node
    from churnsim.model.system import System


class SpotReclaim(Occasions, Failure):
    """A share of the nodes of one machine type in one zone is reclaimed, each within minutes of the first.

    It strikes all pools that have the machine type and the zone of `pool`. A node is told to drain at the
    notice, another is ordered, and what has not left when the notice is over is killed. Source: F213, F232.
    """

    kind: Literal["spot-reclaim"] = "spot-reclaim"
    causes: ClassVar[tuple[str, ...]] = ("spot-reclaim",)
    pool: Annotated[str, Reference("nodes")] = Field(description="a pool of the machine type and zone")
    share: Share = Field("100%", validate_default=True, description="chance of each node to be reclaimed")
    within: Duration = Field("3m", validate_default=True, description="time over which notices come (F232)")
    notice: Duration = Field("2m", validate_default=True, description="time from notice to the end (F213)")

    @property
    def is_deadly(self) -> bool:
        return True

    @property
    def target(self) -> str:
        return self.pool

    def arm(self, system: System, stream: str) -> None:
        for number, time in enumerate(self.instants(system.world, stream).tolist()):
            system.world.at(time, Order.FAULT, partial(self._strike, system, stream), number)

    def _strike(self, system: System, stream: str, number: int) -> None:
        world, cluster = system.world, system.cluster
        if cluster is None:
            return
        source = world.stream(stream)
        nodes = cluster.like(self.pool)
        chosen = source.uniform(source.lane(1, number), np.arange(len(nodes))) < self.share
        delay = self.within * np.asarray(source.uniform(source.lane(2, number), np.arange(len(nodes))))
        for node, is_chosen, wait in zip(nodes, chosen.tolist(), delay.tolist(), strict=True):
            if is_chosen:
                world.at(world.now + wait, Order.FAULT, partial(self._give_notice, system), node)

    def _give_notice(self, system: System, node: Node) -> None:
        if system.cluster is not None:
            system.cluster.drain(node, self.notice, system.world.cause("spot-reclaim"))
