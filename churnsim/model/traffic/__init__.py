"""Traffic: how many requests a workload is offered."""

from __future__ import annotations

from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds


class Traffic(Recipe):
    """A traffic shape."""

    @property
    def mean_rate(self) -> float:
        """Mean rate [1/s]."""
        raise NotImplementedError


TRAFFICS = Kinds("traffic", "churnsim.model.traffic", Traffic)
