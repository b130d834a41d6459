"""What designs that draw their points from ranges have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import Field

from churnsim.scenario.axis import Axes, at
from churnsim.scenario.design.design import Objection, Settings, StudyDesign

if TYPE_CHECKING:
    from scipy.stats.qmc import QMCEngine


class SampleDesign(StudyDesign):
    """Points spread evenly over the space of all axes; of a list, each value gets an equal share."""

    points: int = Field(strict=True, ge=1, le=100_000, description="how many points are drawn", examples=[8])
    seed: int = Field(0, strict=True, ge=0, lt=2**63, description="seed of the draw; not that of the runs")

    @abstractmethod
    def engine(self, dimensions: int) -> QMCEngine:
        """Where points in the unit cube come from."""

    def count(self, axes: Axes) -> int:
        return self.points

    def settings(self, axes: Axes) -> Iterator[Settings]:
        if not axes:
            yield {}
            return
        sample: list[list[Any]] = self.engine(len(axes)).random(self.points).tolist()
        for shares in sample:
            yield {path: at(axis, share) for (path, axis), share in zip(axes.items(), shares, strict=True)}

    def objections(self, axes: Axes) -> Iterator[Objection]:
        return iter(())
