"""What designs that find out which axes matter have in common."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import Field

from churnsim.scenario.axis import Axes, at
from churnsim.scenario.design.design import Objection, Settings, StudyDesign

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A list has no value at its very end: the last one reaches up to it.
_END = math.nextafter(1.0, 0.0)


class ProbeDesign(StudyDesign):
    """Points of which groups differ in one axis alone; each axis is taken over its whole range."""

    seed: int = Field(0, strict=True, ge=0, lt=2**63, description="seed of the draw; not that of the runs")

    @abstractmethod
    def shares(self, factors: int) -> NDArray[np.float64]:
        """Every point, shape (points, factors): the share in [0, 1] of each axis that lies below it."""

    def settings(self, axes: Axes) -> Iterator[Settings]:
        if not axes:
            yield {}
            return
        for row in self.shares(len(axes)).tolist():
            yield {
                path: at(axis, min(share, _END))
                for (path, axis), share in zip(axes.items(), row, strict=True)
            }

    def objections(self, axes: Axes) -> Iterator[Objection]:
        return iter(())
