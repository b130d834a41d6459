"""Faults: what is wrong with a bad version of a workload."""

from __future__ import annotations

from churnsim.base.distribution import Distribution
from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds


class Fault(Recipe):
    """What is wrong with the units of a bad version; a kind says so in one of three ways."""

    @property
    def crash(self) -> Distribution | None:
        """The time from ready to a crash [s]; None: it does not make them crash."""
        return None

    @property
    def boots(self) -> bool:
        """Whether their start-up is ever over."""
        return True

    @property
    def failing(self) -> float:
        """Share of the requests to them that fail although everybody lets them through."""
        return 0.0


FAULTS = Kinds("fault", "churnsim.model.fault", Fault)
