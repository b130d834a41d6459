"""A law whose inverse is piecewise linear: exact moments, exact ages."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike


class Table:
    """Values at probabilities, linear in between; repeated values are atoms, repeated probabilities gaps.

    Parameters
    ----------
    probabilities : array_like, shape (n,)
        Ascending from 0 to 1.
    values : array_like, shape (n,)
        Ascending, at least 0 [s].
    """

    def __init__(self, probabilities: ArrayLike, values: ArrayLike) -> None:
        p, x = np.asarray(probabilities, dtype=np.float64), np.asarray(values, dtype=np.float64)
        self.probabilities, self.values = p, x
        weights = np.diff(p)
        self.mean = math.fsum(weights * (x[1:] + x[:-1]) / 2.0)
        a, b = x[:-1] - self.mean, x[1:] - self.mean
        self.variance = math.fsum(weights * (a * a + a * b + b * b) / 3.0)
        # The survival function from 0 on: straight lines between nodes, drops where a node is repeated.
        self._nodes, self._survival = np.append(0.0, x), np.append(1.0, 1.0 - p)
        self._widths = np.diff(self._nodes)
        self._drops = self._survival[:-1] - self._survival[1:]
        with np.errstate(divide="ignore", invalid="ignore"):
            self._slopes = np.where(self._widths > 0.0, self._drops / self._widths, 0.0)
        areas = self._widths * (self._survival[:-1] + self._survival[1:]) / 2.0
        self._areas = areas
        self._before = np.append(0.0, np.cumsum(areas))
        self._after = np.append(np.cumsum(areas[::-1])[::-1], 0.0)

    def inverse(self, u: Any) -> Any:
        """Value(s) [s] at the share(s) `u`."""
        return np.interp(u, self.probabilities, self.values)

    def survival(self, x: Any) -> Any:
        """Probability of more than `x` [s]."""
        return np.interp(x, self._nodes, self._survival)

    def inverse_survival(self, q: Any) -> Any:
        """Value(s) [s] exceeded with probability `q`."""
        return np.interp(q, self._survival[:0:-1], self.values[::-1])

    def excess(self, x: Any) -> Any:
        """Integral of the survival from `x` on [s]."""
        inside = np.clip(x, 0.0, self._nodes[-1])
        cell = np.clip(np.searchsorted(self._nodes, inside, side="right") - 1, 0, len(self._widths) - 1)
        left = self._nodes[cell + 1] - inside
        area = left * (self._survival[cell + 1] + self._slopes[cell] * left / 2.0)
        return self._after[cell + 1] + area - np.minimum(x, 0.0)

    def equilibrium(self, u: Any) -> Any:
        """Age(s) [s] at the share `u`: within a cell the root of a quadratic, from the nearer end."""
        before, after = np.multiply(u, self._before[-1]), np.subtract(1.0, u) * self._after[0]
        cell = np.clip(np.searchsorted(self._before, before, side="right") - 1, 0, len(self._areas) - 1)
        area, slope = self._areas[cell], self._slopes[cell]
        start, end = self._survival[cell], self._survival[cell + 1]
        past = np.clip(before - self._before[cell], 0.0, area)
        left = np.clip(after - self._after[cell + 1], 0.0, area)
        with np.errstate(divide="ignore", invalid="ignore"):
            from_start = 2.0 * past / (start + np.sqrt(np.maximum(start * start - 2.0 * slope * past, 0.0)))
            from_end = 2.0 * left / (end + np.sqrt(end * end + 2.0 * slope * left))
        near_start = self._nodes[cell] + np.nan_to_num(from_start)
        near_end = self._nodes[cell + 1] - np.nan_to_num(from_end)
        age = np.where(past < left, near_start, near_end)
        return np.clip(age, self._nodes[cell], self._nodes[cell + 1])[()]
