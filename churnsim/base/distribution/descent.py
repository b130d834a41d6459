"""The point where a falling function takes a given level."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

_STEPS_MAX = 24
_ENOUGH = 2.0**-51


class Descent:
    """Inverse of a function that never rises, by a table of brackets and guarded false position.

    Parameters
    ----------
    function : callable
        Maps x (float or array) to its level; continuous, or with jumps only where the grid has the point
        twice, the second time meant for the right-hand limit.
    grid : ndarray, shape (n,)
        Ascending points; between neighbours the function is smooth.
    end : float
        Where the level 0 is reached; may be inf.
    before : ndarray, shape (n,), optional
        Left-hand limits of the function at the grid, where they differ.
    """

    def __init__(
        self,
        function: Callable[[Any], Any],
        grid: NDArray[np.float64],
        end: float,
        before: NDArray[np.float64] | None = None,
    ) -> None:
        after = np.asarray(function(grid), dtype=np.float64)
        before = after if before is None else before
        # Every point twice, before and after its jump: a level within the jump falls between the two.
        levels = np.minimum.accumulate(np.column_stack([before, after]).ravel())
        self._function = function
        self._points = np.repeat(grid, 2)
        self._levels = levels
        self._rising = -levels
        self._end = end

    def at(self, level: Any) -> Any:
        """Point(s) at which the function takes `level`; the shape of the argument."""
        flat = np.asarray(level, dtype=np.float64).ravel()
        right = np.clip(np.searchsorted(self._rising, -flat, side="left"), 1, len(self._points) - 1)
        low, high = self._points[right - 1], self._points[right]
        over, under = self._levels[right - 1] - flat, self._levels[right] - flat
        result = high.copy()
        open_ = np.flatnonzero((high > low) & (over > 0.0) & (under < 0.0))
        result[open_] = self._search(flat[open_], low[open_], high[open_], over[open_], under[open_])
        result = np.where(over <= 0.0, low, result)
        result = np.where(flat <= 0.0, self._end, result)
        return result.reshape(np.shape(level))[()]

    def _search(self, level: Any, low: Any, high: Any, over: Any, under: Any) -> Any:
        """Illinois false position: within the bracket, and exact on a smooth cell after a few steps."""
        x, side = low, np.zeros(len(level))
        is_found = np.zeros(len(level), dtype=bool)
        for _ in range(_STEPS_MAX):
            trial = np.clip(low + (high - low) * (over / (over - under)), low, high)
            # Each element stops by itself: a batch must give the bits of its elements alone.
            last, x = x, np.where(is_found, x, trial)
            is_found |= np.abs(x - last) <= _ENOUGH * np.abs(x)
            if np.all(is_found):
                break
            gap = self._function(x) - level
            is_over = gap > 0.0
            now = np.where(is_over, 1.0, -1.0)
            # An end that stays twice is given half its weight, or it would stay for ever.
            weight = np.where(now == side, 0.5, 1.0)
            over, under = np.where(is_over, gap, over * weight), np.where(is_over, under * weight, gap)
            low, high = np.where(is_over, x, low), np.where(is_over, high, x)
            side = now
        return x
