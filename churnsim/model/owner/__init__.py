"""Owners: who asks for the credentials of a workload's units."""

from __future__ import annotations

from abc import abstractmethod

from churnsim.base.quantity import Rate
from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds


class Owner(Recipe):
    """An owner of credentials: how many slots share one renewer, which is up or down as a whole."""

    @abstractmethod
    def slots(self, replicas: int) -> int:
        """Return how many of a workload's slots one renewer serves; 0: every unit asks for itself."""

    @property
    def pace(self) -> Rate | None:
        """How fast a renewer that is back asks for what fell due meanwhile [1/s]; None: all at once."""
        return None


OWNERS = Kinds("owner", "churnsim.model.owner", Owner)
