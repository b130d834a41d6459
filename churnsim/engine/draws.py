"""Draws of one law for every incarnation of every slot, made in blocks and handed out one by one."""

from __future__ import annotations

from array import array

import numpy as np

from churnsim.base.distribution import Distribution
from churnsim.engine.stream import Stream

_FIRST_BLOCK = 4  # incarnations
_NEIGHBOURS = 64  # slots drawn for together when one of them needs more


class Draws:
    """A law's variates, addressed by slot and incarnation.

    Parameters
    ----------
    law : Distribution
        What is drawn [s].
    stream : Stream
        The purpose's stream; lane = slot, index = incarnation.
    slots : int
        Number of slots, drawn for together at first; others are added as they are asked for.
    """

    __slots__ = ("_rows", "_stream", "constant", "law")

    def __init__(self, law: Distribution, stream: Stream, slots: int) -> None:
        self.law = law
        self.constant: float | None = float(law.inverse(0.5)) if law.is_constant else None
        self._stream = stream
        self._rows: list[array[float]] = []
        if self.constant is None and slots:
            self._add(slots)

    def remaining(self, slot: int, age: float) -> float:
        """Return what is left [s] at `age` [s] of the variate of the slot's first unit (uniform 0)."""
        return float(self.law.residual(age, self._stream.uniform(self._stream.lane(slot), 0)))

    def take(self, slot: int, incarnation: int) -> float:
        """Return the variate [s] of that slot's incarnation (counted from 1)."""
        if self.constant is not None:
            return self.constant
        if slot >= len(self._rows):
            self._add(slot + 1)
        row = self._rows[slot]
        while incarnation > len(row):
            self._double(slot)
        return row[incarnation - 1]

    def _double(self, slot: int) -> None:
        """Draw as many again for a slot, and for its neighbours, who will need them about as soon."""
        first, drawn = slot - slot % _NEIGHBOURS, len(self._rows[slot])
        near = range(first, min(first + _NEIGHBOURS, len(self._rows)))
        alike = [i for i in near if len(self._rows[i]) == drawn]
        lanes, index = self._stream.lane(np.array(alike))[:, None], np.arange(drawn + 1, 2 * drawn + 1)
        block = self.law.inverse(self._stream.uniform(lanes, index[None, :]))
        for i, more in zip(alike, block.tolist(), strict=True):
            self._rows[i].extend(more)

    def _add(self, slots: int) -> None:
        """Draw for so many more slots."""
        lanes = self._stream.lane(len(self._rows) + np.arange(slots))[:, None]
        block = self.law.inverse(self._stream.uniform(lanes, np.arange(1, 1 + _FIRST_BLOCK)[None, :]))
        self._rows += (array("d", row) for row in block.tolist())
