"""Scrambled Sobol sequence: points that leave no region of the space empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import field_validator

from churnsim.base.errors import refusal
from churnsim.scenario.design.sample import SampleDesign

if TYPE_CHECKING:
    from scipy.stats.qmc import QMCEngine


class SobolDesign(SampleDesign):
    """A sample that is even in all axes at once; its number of points is a power of 2."""

    kind: Literal["sobol"] = "sobol"

    @field_validator("points")
    @classmethod
    def _balanced(cls, points: int) -> int:
        if points & (points - 1):
            below = 1 << (points.bit_length() - 1)
            said = f"a Sobol sequence is even only at powers of 2 (got {points})"
            raise refusal("power-of-2", said, f"draw {below} or {2 * below} points, or use latin-hypercube")
        return points

    def engine(self, dimensions: int) -> QMCEngine:
        from scipy.stats.qmc import Sobol

        return Sobol(dimensions, rng=self.seed)
