"""Losses: nodes that die together without notice, for good or for a while."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from pydantic import Field

from churnsim.engine import Order
from churnsim.model.gap import Gap
from churnsim.model.occasion import Occasions

if TYPE_CHECKING:
    from churnsim.engine import World
    from churnsim.model.cluster import Cluster
    from churnsim.model.node import Node
    from churnsim.model.system import System


class Losses(Occasions):
    """Nodes that die together; a kind says which.

    Lane (2,) of its stream gives the time until they are back, by the number of the strike.
    """

    lasts: Gap | None = Field(None, description="time until they are back; for good by default")

    @property
    def memory(self) -> float:
        """How long the past matters [s]: who was down when the record begins has to be back."""
        return 0.0 if self.every is None or self.lasts is None else self.lasts.longest

    @abstractmethod
    def victims(self, cluster: Cluster, world: World, stream: str, number: int) -> Sequence[Node]:
        """Return whom a strike, of this number, takes down."""

    def strike_at(self, system: System, stream: str, cause: str) -> None:
        """Put every strike on the world's queue."""
        world, cluster = system.world, system.cluster
        if cluster is None:
            return
        for number, time in enumerate(self.instants(world, stream).tolist()):
            world.at(
                time, Order.FAULT, partial(self._strike, cluster, world, stream, world.cause(cause)), number
            )

    def _strike(self, cluster: Cluster, world: World, stream: str, cause: int, number: int) -> None:
        victims = self.victims(cluster, world, stream, number)
        if self.lasts is None:
            for node in victims:
                cluster.lose_for_good(node, cause)
            return
        source = world.stream(stream)
        length = float(self.lasts.inverse(source.uniform(source.lane(2), number)))
        for node in victims:
            cluster.lose(node, cause)
            world.at(world.now + length, Order.RECOVERY, partial(cluster.regain, cause=cause), node)
