"""Seats: one row of arrays for each holder of credentials, from its first request to its last."""

from __future__ import annotations

from math import inf

import numpy as np
from numpy.typing import NDArray

from churnsim.engine import Stream

Indices = NDArray[np.int64]
Floats = NDArray[np.float64]

_ARRAYS = (
    ("holder", -1),
    ("bearer", -1),
    ("slot", -1),
    ("serial", 0),
    ("issued", -inf),
    ("due", inf),
    ("booted", inf),
    ("lane", 0),
    ("is_cut_off", False),
)


class Seats:
    """Who holds what, by seat; seats are given up and taken again.

    Parameters
    ----------
    slots : int
        Number of seats to begin with; it grows as needed.
    renewals : Stream
        Whose lanes the intervals of renewal are drawn from.

    Attributes
    ----------
    holder, bearer, serial : (n,) array
        Number of the unit, who bears its identity (-1: itself), serial of its newest credential.
    issued, due, booted : (n,) array
        When that was issued, when the next falls due, when the unit had booted [s]. `due` is infinite where
        nobody sits, and while the holder waits for an answer.
    slot : (n,) array
        Slot of the unit; -1 for a thief, whom nobody asks for.
    lane : (n,) array
        Lane of its renewals.
    is_cut_off : (n,) array of bool
        Whether it does not reach the issuer.
    place : list of tuple
        What names its random numbers: slot, incarnation, and for a thief the robbery.
    ticket : list of int
        Grows when a seat changes hands, so that stale turns are dropped.
    """

    def __init__(self, slots: int, renewals: Stream) -> None:
        size = max(slots, 1) * 2
        self._renewals = renewals
        self.holder = np.full(size, -1, np.int64)
        self.bearer = np.full(size, -1, np.int64)
        self.slot = np.full(size, -1, np.int64)
        self.serial = np.zeros(size, np.int64)
        self.issued = np.full(size, -inf)
        self.due = np.full(size, inf)
        self.booted = np.full(size, inf)
        self.lane = np.zeros(size, np.uint64)
        self.is_cut_off = np.zeros(size, bool)
        self.place: list[tuple[int, ...]] = [()] * size
        self.ticket = [0] * size
        self._free = list(range(size - 1, -1, -1))

    def take(self, holder: int, bearer: int, booted: float, place: tuple[int, ...]) -> int:
        """Give a holder a seat."""
        if not self._free:
            self._grow()
        seat = self._free.pop()
        self.holder[seat], self.bearer[seat], self.serial[seat] = holder, bearer, 0
        self.slot[seat] = place[0] if bearer < 0 else -1
        self.issued[seat], self.booted[seat], self.place[seat] = -inf, booted, place
        self.is_cut_off[seat] = False
        self.lane[seat] = self._renewals.lane(*place)
        return seat

    def leave(self, seat: int) -> None:
        """Give a seat up."""
        self.due[seat] = inf
        self.ticket[seat] += 1
        self._free.append(seat)

    def _grow(self) -> None:
        old = self.due.size
        for name, fill in _ARRAYS:
            array = getattr(self, name)
            setattr(self, name, np.concatenate([array, np.full(old, fill, array.dtype)]))
        self.place += [()] * old
        self.ticket += [0] * old
        self._free = list(range(2 * old - 1, old - 1, -1))
