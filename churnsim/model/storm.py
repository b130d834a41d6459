"""Storms: spells in which something happens many times as often as in between."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from churnsim.base.quantity import Factor
from churnsim.base.recipe import Recipe
from churnsim.engine.arrivals import alternating
from churnsim.model.gap import Gap

if TYPE_CHECKING:
    from churnsim.engine import Stream

Floats = NDArray[np.float64]


class Storms(Recipe):
    """Spells in which something happens so many times as often; an MMPP where all laws are exponential."""

    every: Gap = Field(description="time from the end of one storm to the next")
    lasts: Gap = Field(description="length of a storm")
    factor: Factor = Field(description="how many times as often it happens in a storm")

    @property
    def cycle(self) -> float:
        """Mean time from one storm to the next [s]."""
        return self.every.mean + self.lasts.mean

    def pace(self, stream: Stream, start: float, end: float) -> Pace:
        """How fast its clock goes in a run from `start` to `end` [s]."""
        spells = np.array(alternating(self.every, self.lasts, stream, start, end)).reshape(-1, 2)
        edges = np.concatenate([[start], spells.ravel()])
        speeds = np.ones(edges.size)
        speeds[1::2] = self.factor
        return Pace(edges, speeds)


@dataclass(frozen=True)
class Pace:
    """A clock that goes faster in storms, on which gaps are as they are without any.

    Parameters
    ----------
    edges : ndarray of float, shape (k,)
        Where each stretch begins [s], in order; the last goes on for ever.
    speeds : ndarray of float, shape (k,)
        How fast the clock goes in it; positive.
    """

    edges: Floats
    speeds: Floats

    @cached_property
    def shown(self) -> Floats:
        """What it shows at each edge [s]."""
        passed = np.cumsum(np.diff(self.edges) * self.speeds[:-1])
        return np.concatenate([self.edges[:1], self.edges[0] + passed])

    def reading(self, time: Any) -> Any:
        """What it shows at an instant [s]; at the first edge it is right."""
        stretch = np.maximum(np.searchsorted(self.edges, time, side="right") - 1, 0)
        return self.shown[stretch] + (time - self.edges[stretch]) * self.speeds[stretch]

    def instant(self, reading: Any) -> Any:
        """When it shows that [s]."""
        stretch = np.maximum(np.searchsorted(self.shown, reading, side="right") - 1, 0)
        return self.edges[stretch] + (reading - self.shown[stretch]) / self.speeds[stretch]

    def after(self, time: float, gap: float) -> float:
        """When so much has passed on it since an instant [s]."""
        return float(self.instant(self.reading(time) + gap))
