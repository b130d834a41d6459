"""The sizer: scans a pool when its autoscaler does, and orders or removes the nodes that that decides."""

from __future__ import annotations

from collections import Counter
from math import ceil, inf
from typing import TYPE_CHECKING

import numpy as np

from churnsim.engine import Order
from churnsim.model.node import BOOTING, UP, Node
from churnsim.model.node_autoscaler import NodeAutoscaler, PoolSight
from churnsim.model.packing import Packing

if TYPE_CHECKING:
    from churnsim.engine import World
    from churnsim.model.cluster import Cluster

_HAIR = 1e-6  # of a scan: what is due within that of one is due at it


class Sizer:
    """What closes the loop from units that wait, and nodes that stand idle, to the nodes of a pool.

    Scans stand on a grid with a phase of its own. One that could find nothing new is not made: it sleeps
    until something changes on nodes or in the queue for them, or time alone would make a difference.

    Parameters
    ----------
    pool : int
        Position of the pool.
    name : str
        Its name.
    autoscaler : NodeAutoscaler
        Who decides.
    cluster : Cluster
        Who acts.
    world : World
        Where it stands.
    """

    def __init__(
        self, pool: int, name: str, autoscaler: NodeAutoscaler, cluster: Cluster, world: World
    ) -> None:
        self._pool, self._autoscaler, self._cluster, self._world = pool, autoscaler, cluster, world
        self._decider = autoscaler.decider()
        stream = world.stream(f"nodes/{name}/autoscaler")
        self._phase = float(stream.uniform(stream.lane(0), 0))
        self._leaving: dict[Node, None] = {}
        self._last = self._planned = -1
        self._is_awake = False

    def wake(self) -> None:
        """Scan at the next instant of the grid, for something has changed."""
        if not self._is_awake:
            self._is_awake = True
            self._plan(self._world.now)

    def _plan(self, when: float) -> None:
        world, period = self._world, self._autoscaler.scan
        number = max(ceil((when - world.start) / period - self._phase - _HAIR), self._last + 1)
        instant = world.start + (number + self._phase) * period
        if instant < world.now:
            number, instant = number + 1, instant + period
        self._planned = number
        world.at(instant, Order.CONTROL, self._scan, number)

    def _scan(self, number: int) -> None:
        if number != self._planned:
            return
        self._is_awake, self._last, self._planned = False, number, -1
        nodes, sight = self._look()
        resize = self._decider.decide(sight)
        for place in resize.remove:
            self._leaving[nodes[place]] = None
            self._cluster.remove(nodes[place])
        for _ in range(resize.add):
            self._cluster.add(self._pool)
        if resize.again < inf and not self._is_awake:
            self._plan(resize.again)

    def _look(self) -> tuple[list[Node], PoolSight]:
        """What there is to be seen; units that wait take their room first."""
        cluster, mine = self._cluster, self._cluster.nodes[self._pool]
        self._leaving = {node: None for node in self._leaving if node in mine}
        nodes = [node for node in mine if node.state == UP]
        opened = cluster.space.opened()
        booting = [node for each in cluster.nodes for node in each if node.state == BOOTING]
        # In the order of their orders: so those who wait find the same node scan after scan.
        coming = [node.place for node in sorted(booting, key=lambda node: node.id)]
        packing = cluster.space.packing(np.concatenate([opened, np.array(coming, np.intp)]))
        lacking = self._lacking(packing)
        column = {row: number for number, row in enumerate(opened.tolist())}

        def fits(place: int) -> bool:
            node = nodes[place]
            units = Counter(fleet.index for unit, fleet in node.units.items() if not unit.is_stopped)
            return cluster.wants.fit(packing, column[node.place], len(opened), sorted(units.items()))

        return nodes, PoolSight(
            now=self._world.now,
            size=cluster.sizes[self._pool],
            lacking=lacking,
            unready=sum(node.is_missed for node in mine),
            leaving=len(self._leaving),
            nodes=np.array([node.id for node in nodes], np.int64),
            filled=cluster.space.filled(np.array([node.place for node in nodes], np.intp)),
            fits=fits,
        )

    def _lacking(self, packing: Packing) -> int:
        """Put those who wait on nodes that are there or boot, and on new ones; return how many new ones."""
        cluster, new = self._cluster, 0
        most = self._autoscaler.ceiling - cluster.sizes[self._pool]
        for workload, number in cluster.scheduler.waiting():
            left = cluster.wants.put(packing, workload, number)
            new += cluster.wants.add(packing, workload, self._pool, left, most - new)
        return new
