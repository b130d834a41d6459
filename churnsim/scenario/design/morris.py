"""Trajectories through the space, one axis changed at each step: a screening of many axes at little cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, field_validator

from churnsim.base.errors import refusal
from churnsim.scenario.axis import Axes
from churnsim.scenario.design.probe import ProbeDesign

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class MorrisDesign(ProbeDesign):
    """For `churnsim sensitivity`: trajectories that change one axis at a time; axes + 1 points each."""

    kind: Literal["morris"] = "morris"
    trajectories: int = Field(
        10, strict=True, ge=2, le=10_000, description="how many trajectories; 10 to 30 rank the axes"
    )
    levels: int = Field(6, strict=True, ge=2, le=100, description="values of each axis; an even number")

    @field_validator("levels")
    @classmethod
    def _even(cls, levels: int) -> int:
        if levels % 2:
            said = f"steps of a trajectory are fair only with an even number of levels (got {levels})"
            raise refusal("levels", said, f"write {levels - 1 or 2} or {levels + 1}")
        return levels

    def count(self, axes: Axes) -> int:
        return self.trajectories * (len(axes) + 1)

    def shares(self, factors: int) -> NDArray[np.float64]:
        import numpy as np
        from SALib.sample import morris

        cube = {
            "num_vars": factors,
            "names": [f"x{axis}" for axis in range(factors)],
            "bounds": [[0.0, 1.0]] * factors,
        }
        sample = morris.sample(
            cube, self.trajectories, num_levels=self.levels, seed=np.random.default_rng(self.seed)
        )
        return np.asarray(sample, dtype=np.float64)
