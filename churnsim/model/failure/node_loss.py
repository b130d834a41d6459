"""Node losses: machines that die without notice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from churnsim.base.reference import Reference
from churnsim.model.failure import Failure
from churnsim.model.loss import Losses
from churnsim.model.node import ISOLATED, UP

if TYPE_CHECKING:
    from churnsim.engine import World
    from churnsim.model.cluster import Cluster
    from churnsim.model.node import Node
    from churnsim.model.system import System


class NodeLoss(Losses, Failure):
    """Nodes of a pool die together, with all that stands on them; nobody is told.

    They are picked at random among those that are up, cut off or not. Their units are replaced once the
    control plane has found out and put up with it, or where they stood if the node is back before. Source:
    F184-F187.
    """

    kind: Literal["node-loss"] = "node-loss"
    causes: ClassVar[tuple[str, ...]] = ("node-loss",)
    pool: Annotated[str, Reference("nodes")] = Field(description="whose nodes die")
    nodes: int = Field(1, strict=True, ge=1, le=100_000, description="nodes that die together")

    @property
    def is_deadly(self) -> bool:
        return True

    @property
    def target(self) -> str:
        return self.pool

    def arm(self, system: System, stream: str) -> None:
        self.strike_at(system, stream, "node-loss")

    def victims(self, cluster: Cluster, world: World, stream: str, number: int) -> Sequence[Node]:
        source = world.stream(stream)
        up = [node for node in cluster.pool(self.pool) if node.state in (UP, ISOLATED)]
        chance = source.uniform(source.lane(1, number), np.arange(len(up)))
        return [up[i] for i in np.argsort(chance, kind="stable")[: self.nodes].tolist()]
