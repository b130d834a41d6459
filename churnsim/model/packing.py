"""A packing: units put on nodes in thought, each on the first that has room."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Amounts = NDArray[np.int64]


class Packing:
    """Free room on some nodes, of which units of one workload after the other take theirs.

    Parameters
    ----------
    free : (3, n) array
        What is free on each node, as `space.capacity` counts.
    slot : (n,) array
        Slot that each fills, counted over all pools.
    """

    def __init__(self, free: Amounts, slot: NDArray[np.int64]) -> None:
        self._free = free
        self._slot = slot

    def put(self, wants: Amounts, allows: NDArray[np.bool_], number: int) -> int:
        """Put units of one workload where there is room; return how many find none.

        Parameters
        ----------
        wants : (3,) array
            What a unit takes, one place at least.
        allows : (places,) array
            Which slots may take it.
        number : int
            How many there are.
        """
        some = wants > 0
        each = (self._free[some] // wants[some, None]).min(axis=0)
        each[~allows[self._slot]] = 0
        before = np.cumsum(np.minimum(each, number)) - np.minimum(each, number)
        taken = np.clip(number - before, 0, each)
        self._free -= wants[:, None] * taken
        return number - int(taken.sum())

    def add(self, slot: int, capacity: Amounts, number: int) -> None:
        """Add empty nodes behind all others, that may take what a slot may."""
        self._free = np.concatenate([self._free, np.repeat(capacity[:, None], number, axis=1)], axis=1)
        self._slot = np.concatenate([self._slot, np.full(number, slot)])

    def holds(self, amounts: Amounts, allows: NDArray[np.bool_], place: int, nodes: int) -> bool:
        """Whether one of the first so many nodes, other than that at a place, has room for all of it."""
        fits = (self._free[:, :nodes] >= amounts[:, None]).all(axis=0) & allows[self._slot[:nodes]]
        fits[place] = False
        return bool(fits.any())

    def without(self, place: int, nodes: int) -> Packing:
        """Return a copy with the first so many nodes, of which one is full."""
        free = self._free[:, :nodes].copy()
        free[:, place] = 0
        return Packing(free, self._slot[:nodes])
