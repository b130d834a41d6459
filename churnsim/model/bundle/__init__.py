"""Bundle: how verification points follow the keys that an issuer publishes."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds
from churnsim.engine import Stream

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


class Bundle(Recipe):
    """A way of following; what reaches a point is the whole bundle, as it was when it was read or sent."""

    @property
    @abstractmethod
    def slowest(self) -> float:
        """Longest time from a change to its being in force at a point [s]; of laws without end, 99.9 %."""

    @abstractmethod
    def arrivals(
        self, changes: Floats, names: Indices, points: int, stream: Stream, start: float, end: float
    ) -> Floats:
        """Return when each change, or a later one, is in force at each point.

        Parameters
        ----------
        changes : (n,) array
            Instants [s] at which the published bundle changes; sorted.
        names : (n,) array
            A whole number for each change, the same whatever else changes: the index of its random numbers.
        points : int
            Number of verification points.
        stream : Stream
            This issuer's bundle stream.
        start, end : float
            The world's first instant and horizon [s].

        Returns
        -------
        (n, points) array
            Instants [s], never before the change, in order for each point; infinite where it is not before
            the horizon.
        """


BUNDLES = Kinds("bundle", "churnsim.model.bundle", Bundle)
