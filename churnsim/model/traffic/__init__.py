"""Traffic: how many requests a workload is offered."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds
from churnsim.engine.stream import Stream

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Load:
    """What one run is offered.

    Parameters
    ----------
    between : callable
        Mean number of requests in each span ``[start, end)`` [s]; arrays of shape (n,).
    jumps : (k,) array
        Instants [s] at which the rate jumps.
    """

    between: Callable[[Floats, Floats], Floats]
    jumps: Floats = field(default_factory=lambda: np.empty(0))


class Traffic(Recipe):
    """A traffic shape; one that is drawn anew for every run overrides `load`."""

    @property
    @abstractmethod
    def mean_rate(self) -> float:
        """Mean rate in the long run [1/s]."""

    @abstractmethod
    def between(self, start: Floats, end: Floats) -> Floats:
        """Return the mean number of requests offered in each span ``[start, end)`` [s]; shape (n,)."""

    def load(self, stream: Stream, start: float, end: float) -> Load:
        """Return what a run from `start` to `end` [s] is offered; chance comes from `stream` alone."""
        return Load(self.between)


TRAFFICS = Kinds("traffic", "churnsim.model.traffic", Traffic)
