"""Pulls: which images nodes have, and when those that they lack will be there."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from churnsim.engine import World
    from churnsim.model.fleet import Fleet
    from churnsim.model.node import Node
    from churnsim.model.unit import Unit


class Pulls:
    """The images of all nodes.

    A pull is not broken off: who needs the image later finds it there, or waits for it with the others.

    Parameters
    ----------
    world : World
        Where nodes stand.
    pools : sequence of str
        Names of the pools.
    """

    def __init__(self, world: World, pools: Sequence[str]) -> None:
        self._world = world
        self._pools = [crc32(name.encode()) for name in pools]

    def have(self, node: Node, fleet: Fleet, unit: Unit) -> float:
        """Let a node have the image of a unit; return when it had it [s], NaN where the unit needs none."""
        if fleet.recipe.image is None:
            return nan
        return node.images.setdefault((fleet.index, unit.revision), self._world.now)

    def pull(self, node: Node, fleet: Fleet, unit: Unit) -> float:
        """Let a node pull the image of a unit if it lacks it; return when it is there [s].

        Now, if it has been there; NaN where the unit needs none.
        """
        image, now = fleet.recipe.image, self._world.now
        if image is None:
            return nan
        there = node.images.get((fleet.index, unit.revision))
        if there is None:
            stream = self._world.stream(f"workloads/{fleet.name}/image")
            lane = stream.lane(self._pools[node.pool], node.slot, node.incarnation, unit.revision)
            there = node.images[fleet.index, unit.revision] = now + image.takes(stream, lane)
        return max(there, now)
