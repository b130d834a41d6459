"""Space: what is taken and what is free on every node, in arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from churnsim.model.packing import Amounts, Packing
from churnsim.model.placement import Placement, Room
from churnsim.model.pool import Pool

_UNBOUNDED = 2**62
_MILLI = 1000


def capacity(pool: Pool) -> Amounts:
    """What a node of a pool holds: units, thousandths of cores, bytes."""
    cpu = _UNBOUNDED if pool.cpu is None else round(pool.cpu * _MILLI)
    memory = _UNBOUNDED if pool.memory is None else round(pool.memory)
    return np.array([pool.units, cpu, memory], np.int64)


def demand(placement: Placement) -> Amounts:
    """What a unit takes, as `capacity` counts."""
    return np.array([1, round(placement.cpu * _MILLI), round(placement.memory)], np.int64)


class Space:
    """Room on the nodes of all pools; a row for every node that is not gone.

    Parameters
    ----------
    pools : mapping of str to Pool
        The pools.
    zones : sequence of int
        Zone of each pool.
    workloads : int
        How many workloads there are.
    """

    def __init__(self, pools: Sequence[Pool], zones: Sequence[int], workloads: int) -> None:
        self._first = np.cumsum([0, *(pool.most for pool in pools)])
        self._held = np.array([capacity(pool) for pool in pools]).reshape(-1, 3)
        self._zones = np.array(zones, np.int64)
        size = 2 * max(sum(pool.count for pool in pools), 1)
        self._pool = np.zeros(size, np.int64)
        self._slot = np.zeros(size, np.int64)  # counted over all pools
        self._is_open = np.zeros(size, bool)
        self._taken = np.zeros((3, size), np.int64)
        self._siblings = np.zeros((workloads, size), np.int64)
        self._nearby = np.zeros((workloads, int(self._zones.max(initial=0)) + 1), np.int64)
        self._unused = list(range(size - 1, -1, -1))
        self._arrival = np.zeros(size, np.int64)
        self._arrivals = 0
        self._order: NDArray[np.intp] | None = None  # rows by pool and arrival; None: to be sorted again

    def add(self, pool: int, slot: int) -> int:
        """Row for a node that fills a slot of a pool, closed."""
        if not self._unused:
            self._grow()
        place = self._unused.pop()
        self._pool[place], self._slot[place] = pool, self._first[pool] + slot
        self._arrival[place] = self._arrivals
        self._arrivals += 1
        self._order = None
        return place

    def drop(self, place: int) -> None:
        """Give up the row of a node on which nobody stands any more."""
        self._is_open[place] = False
        self._unused.append(place)

    def open(self, place: int, is_open: bool) -> None:
        """Let a node take units, or no more."""
        self._is_open[place] = is_open

    def find(self, workload: int, allows: NDArray[np.bool_], wants: Amounts, placement: Placement) -> int:
        """Row of the node that takes a unit of a workload; -1 if none has room.

        Parameters
        ----------
        workload : int
            Whose unit it is.
        allows : (places,) array
            Which slots may take it, those of all pools in order.
        wants : (3,) array
            What it takes, as `demand` tells.
        placement : Placement
            Who chooses.
        """
        order = self._sorted()
        fits = self._is_open & allows[self._slot]
        for taken, most, wanted in zip(self._taken, self._capacity, wants.tolist(), strict=True):
            if wanted:
                fits &= taken <= most - wanted
        places = order[fits[order]]
        if not places.size:
            return -1
        room = Room(
            self._taken[0, places],
            self._siblings[workload, places],
            self._nearby[workload, self._zones[self._pool[places]]],
            lambda: self.filled(places),
        )
        return int(places[placement.choose(room)])

    def take(self, place: int, workload: int, wants: Amounts, sign: int = 1) -> None:
        """Let a unit of a workload take its room on a node; with a sign of -1, give it back."""
        self._taken[:, place] += sign * wants
        self._siblings[workload, place] += sign
        self._nearby[workload, self._zones[self._pool[place]]] += sign

    def opened(self) -> NDArray[np.intp]:
        """Rows of the nodes that take units, by pool and the oldest first."""
        order = self._sorted()
        return order[self._is_open[order]]

    def filled(self, places: NDArray[np.intp]) -> NDArray[np.float64]:
        """Share of the scarcest capacity that is taken on each of some nodes, in [0, 1]."""
        self._sorted()
        return np.asarray((self._taken[:, places] / self._capacity[:, places]).max(axis=0))

    def packing(self, places: NDArray[np.intp]) -> Packing:
        """What is free on each of some nodes, for units to be put there in thought."""
        self._sorted()
        return Packing(self._capacity[:, places] - self._taken[:, places], self._slot[places])

    def _sorted(self) -> NDArray[np.intp]:
        if self._order is None:
            # Which row is free depends on the nodes of all pools; who is preferred must not.
            self._order = np.lexsort((self._arrival, self._pool))
            self._capacity = np.ascontiguousarray(self._held[self._pool].T)
        return self._order

    def _grow(self) -> None:
        self._order = None
        old = self._pool.size
        self._pool = np.concatenate([self._pool, np.zeros(old, np.int64)])
        self._slot = np.concatenate([self._slot, np.zeros(old, np.int64)])
        self._is_open = np.concatenate([self._is_open, np.zeros(old, bool)])
        self._taken = np.concatenate([self._taken, np.zeros((3, old), np.int64)], axis=1)
        self._arrival = np.concatenate([self._arrival, np.zeros(old, np.int64)])
        self._siblings = np.concatenate([self._siblings, np.zeros_like(self._siblings)], axis=1)
        self._unused = list(range(2 * old - 1, old - 1, -1))
