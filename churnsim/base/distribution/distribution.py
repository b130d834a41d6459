"""What every probability law of a duration can do."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from churnsim.base.distribution.descent import Descent
from churnsim.base.distribution.quadrature import Excess, moments
from churnsim.base.recipe import Recipe

Numbers: TypeAlias = Any  # a float or a float64 array of any shape; results have the shape of the argument

_TAILS = 2.0 ** -np.arange(8.0, 81.0)
_MIDDLE = np.arange(1, 128) / 128.0


class Distribution(Recipe):
    """A probability law of a duration [s].

    A kind gives ``low`` and ``high`` (bounds of the support: no value lies outside), ``mean`` and
    ``variance``, each a field or a property; ``inverse`` and ``survival``; and wherever a closed form exists
    ``inverse_survival``, ``excess``, ``equilibrium`` and ``residual`` too. All functions take a float or an
    array and use the same numpy functions for both, so that a draw and a batch of draws give the same bits.
    """

    if TYPE_CHECKING:  # not at run time: a field of a kind may have the name of any of these

        @property
        @abstractmethod
        def low(self) -> float:
            """No value lies below it [s]; -inf where there is no bound."""

        @property
        @abstractmethod
        def high(self) -> float:
            """No value lies above it [s]; inf where there is no bound."""

        @property
        @abstractmethod
        def mean(self) -> float:
            """Mean [s]; may be inf."""

        @property
        @abstractmethod
        def variance(self) -> float:
            """Variance [s^2]; may be inf."""

    @property
    def is_constant(self) -> bool:
        """Whether it always gives the same value."""
        return False

    @property
    def longest(self) -> float:
        """Longest value to reckon with [s]: `high`, or where there is none what 99.9 % do not exceed."""
        return self.high if math.isfinite(self.high) else float(self.inverse(0.999))

    @property
    def breaks(self) -> tuple[float, ...]:
        """Where the survival function jumps or bends sharply [s], ascending."""
        return tuple(edge for edge in (self.low, self.high) if math.isfinite(edge))

    @abstractmethod
    def inverse(self, u: Numbers) -> Numbers:
        """Value [s] below which the share `u` lies; never decreasing in `u`, which is in [0, 1]."""

    @abstractmethod
    def survival(self, x: Numbers) -> Numbers:
        """Probability of more than `x` [s]."""

    def inverse_survival(self, q: Numbers) -> Numbers:
        """Value [s] exceeded with probability `q`: ``inverse(1 - q)``, exact for tiny `q` too."""
        return self.inverse(1.0 - q)

    def excess(self, x: Numbers) -> Numbers:
        """Mean of the part above `x` [s], 0 where there is none: the integral of `survival` from `x` on."""
        return self._excess(x)

    def equilibrium(self, u: Numbers) -> Numbers:
        """Age [s] found at a random instant, at the share `u`; the remaining time has the same law.

        Its density is ``survival(x) / mean``. Source: renewal theory; docs/theory.md O07.

        Raises
        ------
        ValueError
            If the mean is infinite or values can be negative.
        """
        self._require_equilibrium()
        return self._ages.at((1.0 - u) * self.mean)

    def residual(self, age: Numbers, u: Numbers) -> Numbers:
        """Time left [s] at the share `u`, given that `age` [s] was survived; 0 where none can survive it."""
        left = self.inverse_survival(self.survival(age) * (1.0 - u)) - age
        return np.maximum(np.where(np.greater_equal(age, self.high), 0.0, left), 0.0)[()]

    @cached_property
    def _moments(self) -> tuple[float, float]:
        """Mean [s] and variance [s^2] by quadrature, for a kind that knows no closed form."""
        edges = np.asarray(self.breaks)
        sides = np.concatenate([edges, np.nextafter(edges, -np.inf)])  # of a jump, both
        return moments(self.inverse, 1.0 - self.survival(sides))

    @cached_property
    def _excess(self) -> Callable[[Numbers], Numbers]:
        return Excess(self.survival, self._grid)

    @cached_property
    def _ages(self) -> Descent:
        grid = self._grid
        if not math.isfinite(self.high):
            # The time in excess of x falls more slowly than the survival: go on until none is left.
            steps = np.arange(1.0, 4.0 * (1000.0 - np.log2(grid[-1])))  # quarters of a doubling, up to 2^1000
            beyond = grid[-1] * np.exp2(steps / 4.0)
            grid = np.append(grid, beyond[self.excess(beyond) > 2.0**-60 * self.mean])
        return Descent(self.excess, np.append(0.0, grid[grid > 0.0]), self.high)

    @cached_property
    def _grid(self) -> NDArray[np.float64]:
        """Values [s] close enough that the law is smooth between them, ascending and finite."""
        points = np.concatenate(
            [self.inverse(_TAILS), self.inverse(_MIDDLE), self.inverse_survival(_TAILS), self.breaks]
        )
        return np.unique(points[np.isfinite(points)])

    def _require_equilibrium(self) -> None:
        if not math.isfinite(self.mean):
            raise ValueError(f"equilibrium needs a finite mean (the {self._name} law has none)")
        if self.low < 0:
            raise ValueError(f"equilibrium needs durations of at least 0 (low is {self.low:g} s)")

    @property
    def _name(self) -> str:
        return str(getattr(self, "kind", type(self).__name__))
