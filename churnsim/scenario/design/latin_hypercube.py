"""Latin hypercube: every axis is cut into as many slices as there are points, each used once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from churnsim.scenario.design.sample import SampleDesign

if TYPE_CHECKING:
    from scipy.stats.qmc import QMCEngine


class LatinHypercubeDesign(SampleDesign):
    """A sample that uses every slice of every axis once, for any number of points."""

    kind: Literal["latin-hypercube"] = "latin-hypercube"

    def engine(self, dimensions: int) -> QMCEngine:
        from scipy.stats.qmc import LatinHypercube

        return LatinHypercube(dimensions, rng=self.seed)
