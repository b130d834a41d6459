"""Node losses: machines that die without notice."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from churnsim.base.reference import Reference
from churnsim.engine import Order
from churnsim.model.failure import Failure
from churnsim.model.gap import Gap
from churnsim.model.node import ISOLATED, UP
from churnsim.model.occasion import Occasions

if TYPE_CHECKING:
    from churnsim.model.system import System


class NodeLoss(Occasions, Failure):
    """Nodes of a pool die together, with all that stands on them; nobody is told.

    They are picked at random among those that are up, cut off or not. Their units are replaced once the
    control plane has found out and put up with it, or where they stood if the node is back before. Source:
    F184-F187.
    """

    kind: Literal["node-loss"] = "node-loss"
    causes: ClassVar[tuple[str, ...]] = ("node-loss",)
    pool: Annotated[str, Reference("nodes")] = Field(description="whose nodes die")
    nodes: int = Field(1, strict=True, ge=1, le=100_000, description="nodes that die together")
    lasts: Gap | None = Field(None, description="time until they are back; for good by default")

    @property
    def target(self) -> str:
        return self.pool

    @property
    def memory(self) -> float:
        return 0.0 if self.every is None or self.lasts is None else self.lasts.longest

    def arm(self, system: System, stream: str) -> None:
        for number, time in enumerate(self.instants(system.world, stream).tolist()):
            system.world.at(time, Order.FAULT, partial(self._strike, system, stream), number)

    def _strike(self, system: System, stream: str, number: int) -> None:
        world, cluster = system.world, system.cluster
        if cluster is None:
            return
        source, cause = world.stream(stream), world.cause("node-loss")
        up = [node for node in cluster.pool(self.pool) if node.state in (UP, ISOLATED)]
        chance = source.uniform(source.lane(1, number), np.arange(len(up)))
        victims = [up[i] for i in np.argsort(chance, kind="stable")[: self.nodes].tolist()]
        if self.lasts is None:
            for node in victims:
                cluster.lose_for_good(node, cause)
            return
        length = float(self.lasts.inverse(source.uniform(source.lane(2), number)))
        for node in victims:
            cluster.lose(node, cause)
            world.at(world.now + length, Order.RECOVERY, partial(cluster.regain, cause=cause), node)
