"""Traffic: how many requests a workload is offered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds

Floats = NDArray[np.float64]


class Traffic(Recipe):
    """A traffic shape."""

    @property
    def mean_rate(self) -> float:
        """Mean rate [1/s]."""
        raise NotImplementedError

    def between(self, start: Floats, end: Floats) -> Floats:
        """Return the mean number of requests offered in each span ``[start, end)`` [s]; shape (n,)."""
        raise NotImplementedError


TRAFFICS = Kinds("traffic", "churnsim.model.traffic", Traffic)
