"""Restarts: how long a slot waits whose unit has crashed."""

from __future__ import annotations

from abc import abstractmethod

from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds


class Restart(Recipe):
    """When the replacement of a unit that has crashed goes on to be placed."""

    @abstractmethod
    def pause(self, crashes: int) -> float:
        """Time that a slot waits [s] whose unit is the n-th in a row to crash, n from 1."""

    @property
    @abstractmethod
    def reset(self) -> float:
        """How long a unit must have been ready for its crash to be the first in a row [s]."""

    @property
    @abstractmethod
    def memory(self) -> float:
        """How long the past matters [s]."""


RESTARTS = Kinds("restart", "churnsim.model.restart", Restart)
