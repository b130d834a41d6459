"""Waves: which points may see a new version when."""

from __future__ import annotations

from typing import Self

import numpy as np
from pydantic import Field, model_validator

from churnsim.base.quantity import PositiveDuration, Share, format_share
from churnsim.base.recipe import Recipe
from churnsim.model.refresh import Floats, Indices

_SLACK = 1e-9


class Waves(Recipe):
    """Versions in waves: the points of each wave see a version a bake time after those of the wave before.

    A slot belongs to the same wave for ever. All at once is one wave, or no rollout at all.
    """

    waves: tuple[Share, ...] = Field(
        min_length=1, max_length=100, description="share of the points in each wave, first wave first"
    )
    bake: PositiveDuration = Field(description="time from wave to wave")

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        total = sum(self.waves)
        if abs(total - 1.0) > _SLACK:
            raise ValueError(
                f"the shares of the waves must add up to 100% (got {format_share(round(total, 9))}: "
                f"{', '.join(map(format_share, self.waves))}); change the last one"
            )
        return self

    @property
    def last(self) -> float:
        """Time from a commit until the last wave sees it [s]."""
        return (len(self.waves) - 1) * self.bake

    def wave(self, u: Floats) -> Indices:
        """Wave of the points at the shares `u`, from 0; shape (n,)."""
        return np.searchsorted(np.cumsum(self.waves)[:-1], u, side="right").astype(np.int64)
