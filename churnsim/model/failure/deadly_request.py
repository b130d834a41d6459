"""Deadly requests: what a tenant sends brings down every machine that it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from churnsim.model.failure import Failure
from churnsim.model.loss import Losses
from churnsim.model.workload import TENANT

if TYPE_CHECKING:
    from churnsim.engine import World
    from churnsim.model.cluster import Cluster
    from churnsim.model.node import Node
    from churnsim.model.system import System


class DeadlyRequest(Losses, Failure):
    """All nodes on which a tenant has units die together, with whoever else stands on them; nobody is told.

    It follows the tenant, so that how its units are placed says whom it takes along: everybody, those of its
    pools, or those who were dealt one of its places.
    """

    kind: Literal["deadly-request"] = "deadly-request"
    causes: ClassVar[tuple[str, ...]] = ("deadly-request",)
    tenant: Annotated[str, TENANT] = Field(description="whose requests are deadly")

    @property
    def is_deadly(self) -> bool:
        return True

    @property
    def target(self) -> str:
        return self.tenant

    def arm(self, system: System, stream: str) -> None:
        self.strike_at(system, stream, "deadly-request")

    def victims(self, cluster: Cluster, world: World, stream: str, number: int) -> Sequence[Node]:
        nodes = (node for pool in cluster.nodes for node in pool)
        return [
            node
            for node in nodes
            if not node.is_dead and any(each.recipe.tenant == self.tenant for each in node.units.values())
        ]
