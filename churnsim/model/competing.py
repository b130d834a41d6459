"""Competing ends: the law of the earliest of several independent times."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from churnsim.base.distribution import Distribution

_STEPS = 1 << 14
_TAIL = 1e-9
# In shares of the greatest age, so that doubling every duration doubles every age to the bit.
_GRID = np.union1d(np.linspace(0.0, 1.0, _STEPS), np.geomspace(1e-9, 1.0, _STEPS))


@lru_cache(maxsize=64)
def competing(laws: tuple[Distribution, ...]) -> Competing:
    """Return the earliest of independent times; worked out once for the same laws."""
    return Competing(laws)


class Competing:
    """The earliest of independent times, as far as a stationary start needs to know it.

    Parameters
    ----------
    laws : sequence of Distribution
        Laws of the times [s]; at least one.
    """

    def __init__(self, laws: Sequence[Distribution]) -> None:
        self._only = laws[0] if len(laws) == 1 else None
        if self._only is None:
            # The age at a random instant has density proportional to the chance that nothing has
            # happened by then; integrate that chance once, on a grid dense where it moves.
            top = min(min(law.high, float(law.inverse(1.0 - _TAIL))) for law in laws)
            grid = top * _GRID
            middle = (grid[1:] + grid[:-1]) / 2
            chance = np.ones_like(middle)
            for law in laws:
                chance = chance * np.asarray(law.survival(middle), float)
            self._ages = grid
            self._area = np.concatenate([[0.0], np.cumsum(chance * np.diff(grid))])

    @property
    def mean(self) -> float:
        """Mean of the earliest [s]."""
        return self._only.mean if self._only is not None else float(self._area[-1])

    def equilibrium(self, u: Any) -> Any:
        """Age [s] at a random instant, at the uniforms `u`."""
        if self._only is not None:
            return self._only.equilibrium(u)
        return np.interp(np.asarray(u) * self._area[-1], self._area, self._ages)
