"""Sampling: of which outcomes an artefact is made at all."""

from __future__ import annotations

from abc import abstractmethod

from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds


class Sampling(Recipe):
    """A rule by which artefacts are not even buffered."""

    @property
    @abstractmethod
    def kept(self) -> float:
        """Share of the outcomes whose artefacts are kept."""


SAMPLINGS = Kinds("sampling", "churnsim.model.sampling", Sampling)
