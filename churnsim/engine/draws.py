"""Draws of one law for every incarnation of every slot, made in blocks and handed out one by one."""

from __future__ import annotations

import numpy as np

from churnsim.base.distribution import Distribution
from churnsim.engine.stream import Stream

_FIRST_BLOCK = 4


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
        self._rows: list[list[float]] = []
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
            index = np.arange(len(row) + 1, 2 * len(row) + 1)
            row.extend(self.law.inverse(self._stream.uniform(self._stream.lane(slot), index)).tolist())
        return row[incarnation - 1]

    def _add(self, slots: int) -> None:
        """Draw for so many more slots."""
        lanes = self._stream.lane(len(self._rows) + np.arange(slots))[:, None]
        block = self.law.inverse(self._stream.uniform(lanes, np.arange(1, 1 + _FIRST_BLOCK)[None, :]))
        self._rows += block.tolist()
