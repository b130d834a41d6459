"""Wants: what the units of each workload take of a node, and on which places."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from churnsim.model.hand import hand
from churnsim.model.packing import Packing
from churnsim.model.pool import Pool
from churnsim.model.space import capacity, demand

if TYPE_CHECKING:
    from churnsim.engine import Stream
    from churnsim.model.workload import Workload


class Wants:
    """What is asked of nodes, by position of the workload.

    Parameters
    ----------
    workloads : sequence of Workload
        How their units are placed, and whose they are.
    pools : mapping of str to Pool
        The pools by name.
    stream : callable
        Gives the random stream of a name.

    Attributes
    ----------
    takes : list of (3,) arrays
        What a unit takes, as `space.demand` tells.
    allows : list of (places,) arrays
        Which slots may take it, those of all pools in order.
    """

    def __init__(
        self, workloads: Sequence[Workload], pools: Mapping[str, Pool], stream: Callable[[str], Stream]
    ) -> None:
        self.takes = [demand(recipe.placement) for recipe in workloads]
        self.allows = [hand(recipe.placement, recipe.tenant, pools, stream) for recipe in workloads]
        self._held = [capacity(pool) for pool in pools.values()]
        self._first = np.cumsum([0, *(pool.most for pool in pools.values())]).tolist()

    def put(self, packing: Packing, workload: int, number: int) -> int:
        """Put so many units on nodes in thought; return how many find no room."""
        return packing.put(self.takes[workload], self.allows[workload], number)

    def fit(self, packing: Packing, place: int, nodes: int, units: Sequence[tuple[int, int]]) -> bool:
        """Whether units find room on the first so many nodes, other than that at a place.

        Parameters
        ----------
        packing : Packing
            What is free.
        place, nodes : int
            The node that is left out, and how many there are.
        units : sequence of (int, int)
            Workloads and how many units of each.
        """
        if not units:
            return True
        takes = np.sum([number * self.takes[workload] for workload, number in units], axis=0)
        allows = np.logical_and.reduce([self.allows[workload] for workload, _ in units])
        # Where one node could take them all, it takes whoever finds no room on those before it.
        if packing.holds(takes, allows, place, nodes):
            return True
        others = packing.without(place, nodes)
        return not any(self.put(others, workload, number) for workload, number in units)

    def add(self, packing: Packing, workload: int, pool: int, number: int, most: int) -> int:
        """Put so many units on new nodes of a pool in thought, up to `most`; return how many that takes."""
        takes, held = self.takes[workload], self._held[pool]
        slot = self._first[pool]  # no place of a pool that grows is dealt: what one may take, all may
        each = int((held[takes > 0] // takes[takes > 0]).min()) if self.allows[workload][slot] else 0
        if not each or not number:
            return 0
        new = min(-(-number // each), most)
        packing.add(slot, held, new)
        self.put(packing, workload, number)
        return new
