"""Failures: what goes wrong, when, and for how long."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds

if TYPE_CHECKING:
    from churnsim.model.system import System


class Failure(Recipe):
    """A failure; `arm` hangs it into the world before the run."""

    causes: ClassVar[tuple[str, ...]] = ()

    @property
    @abstractmethod
    def target(self) -> str:
        """Name of what it strikes; with the kind it names the random streams."""

    @property
    def is_deadly(self) -> bool:
        """Whether it ends units; the cause of their end is its kind."""
        return False

    @property
    def memory(self) -> float:
        """How long the past matters beyond what its target remembers [s]."""
        return 0.0

    def hastened(self, factor: float) -> Failure:
        """Return it with units that die by it so many times sooner; itself where it ends no units."""
        return self

    @abstractmethod
    def arm(self, system: System, stream: str) -> None:
        """Put its strikes on the world's queue; its random streams' names begin with `stream`."""


FAILURES = Kinds("failure", "churnsim.model.failure", Failure)
