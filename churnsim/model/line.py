"""A line: whoever reads from a source with a capacity waits for his turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import AfterValidator

from churnsim.base.errors import refusal
from churnsim.base.quantity import Rate
from churnsim.model.refresh import Floats, Indices, Source


def _answers_some(rate: float) -> float:
    if rate <= 0:
        raise refusal(
            "capacity",
            "a capacity of 0/s answers nobody",
            "leave it out for no limit, or add a policy-outage",
        )
    return rate


ReadCapacity = Annotated[Rate, AfterValidator(_answers_some)]


@dataclass(frozen=True, eq=False)
class Line:
    """When a source is done with each read: one after the other, in the order in which they come.

    Parameters
    ----------
    unit : (n,) array
        Who asked; sorted.
    read : (n,) array
        When each was read [s]; sorted within a unit.
    """

    unit: Indices
    read: Floats

    @classmethod
    def of(cls, capacity: float, source: Source, asks: Sequence[tuple[Indices, Floats]]) -> Line:
        """Serve all who ask.

        Parameters
        ----------
        capacity : float
            Reads per time [1/s], each of which takes as long as any other.
        source : Source
            What is read: it stands still while it is down, and is slow while it is slow.
        asks : sequence of (n,) arrays
            By fleet who asks, in the order in which those are served who come at one instant, and when [s];
            each unit's in order of time.
        """
        unit = np.concatenate([np.empty(0, np.int64), *(who for who, _ in asks)])
        at = np.concatenate([np.empty(0), *(when for _, when in asks)])
        order = np.argsort(at, kind="stable")
        pace = _Pace(source)
        before = np.arange(at.size) / capacity
        begun = np.maximum.accumulate(pace.work_until(at[order]) - before)
        read = np.empty(at.size)
        read[order] = source.when_up(np.maximum(pace.when(begun + before + 1.0 / capacity), at[order]))
        order = np.argsort(unit, kind="stable")
        return cls(unit[order], read[order])

    def of_units(self, unit: Indices) -> Floats:
        """When each read of some units was made [s], all of a unit's beside each other; shape (n,)."""
        row = np.arange(unit.size)
        begins = np.append(True, unit[1:] != unit[:-1])[: unit.size]
        number = row - np.maximum.accumulate(np.where(begins, row, 0))
        read: Floats = self.read[np.searchsorted(self.unit, unit) + number]
        return read


class _Pace:
    """How fast a source works: as fast as ever, slower, or not at all."""

    def __init__(self, source: Source) -> None:
        ends = np.concatenate([[source.start], source.down.ravel(), source.slow[:, :2].ravel()])
        self._edges = np.unique(ends[np.isfinite(ends) & (ends >= source.start)])
        self._speed = np.where(source.is_down(self._edges), 0.0, 1.0 / source.slowness(self._edges))
        self._work = np.append(0.0, np.cumsum(self._speed[:-1] * np.diff(self._edges)))

    def work_until(self, at: Floats) -> Floats:
        """Work that could be done until the instants `at`, in seconds at full pace."""
        place = np.searchsorted(self._edges, at, side="right") - 1
        done: Floats = self._work[place] + self._speed[place] * (at - self._edges[place])
        return done

    def when(self, work: Floats) -> Floats:
        """When so much work has been done [s]; what ends as an outage begins ends with it."""
        place = np.searchsorted(self._work, work, side="right") - 1
        at: Floats = self._edges[place] + (work - self._work[place]) / self._speed[place]
        return at
