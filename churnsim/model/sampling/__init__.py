"""Sampling: of which outcomes an artefact is kept."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds


class Sampling(Recipe):
    """A rule by which some artefacts are never handed over."""

    is_late: ClassVar[bool] = False
    """Whether it is decided as the artefacts are handed over, so that all are buffered until then."""

    @property
    @abstractmethod
    def kept(self) -> float:
        """Share of the outcomes whose artefacts are kept."""

    @property
    def kept_in_trouble(self) -> float:
        """The same of outcomes in trouble: refused, failed, decided by rote, or not at the first attempt."""
        return self.kept

    @property
    def waits(self) -> float:
        """Time after an outcome before which it is not decided [s]."""
        return 0.0


SAMPLINGS = Kinds("sampling", "churnsim.model.sampling", Sampling)
