"""Moments of a law by Gauss-Legendre quadrature, for laws without a closed form."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(10)
_PIECES_MAX = 40


def moments(inverse: Callable[[Any], Any], breaks: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and variance of the law with that inverse, both integrals over u from 0 to 1.

    Parameters
    ----------
    inverse : callable
        Maps u in (0, 1) to values.
    breaks : ndarray, shape (n,)
        Values of u at which the inverse jumps or bends sharply, in any order.
    """
    ends = np.unique(np.clip(np.append(breaks, [0.0, 1.0]), 0.0, 1.0))
    pieces = len(ends) - 1
    # With many pieces, those within the support are short and smooth; only at its ends it may be steep.
    inner = _halved(52 if pieces <= _PIECES_MAX else 2)
    rows = [
        _panels(start + (end - start) * (_halved(52) if i in (0, pieces - 1) else inner))
        for i, (start, end) in enumerate(itertools.pairwise(ends.tolist()))
    ]
    u, weights = (np.concatenate(part) for part in zip(*rows, strict=True))
    values = inverse(np.minimum(u, 1.0 - 2.0**-53))  # a node may round to 1, where values may be infinite
    mean = float(np.sum(values * weights))
    return mean, float(np.sum(np.square(values - mean) * weights))


def _halved(times: int) -> NDArray[np.float64]:
    """Edges of panels from 0 to 1 that halve towards both ends, so many times."""
    half = np.append(0.0, 2.0 ** -np.arange(times, 0.0, -1.0))
    return np.append(half, 1.0 - half[-2::-1])


class Excess:
    """Integral of a survival function from x on, a sum of positive terms throughout.

    Parameters
    ----------
    survival : callable
        Maps x to the probability of more than x.
    grid : ndarray, shape (n,)
        Ascending points, smooth in between, from the least value to where the survival is negligible.
    """

    def __init__(self, survival: Callable[[Any], Any], grid: NDArray[np.float64]) -> None:
        x, weights = _panels(grid)
        areas = np.sum((survival(x) * weights).reshape(len(grid) - 1, -1), axis=1)
        self._survival = survival
        self._grid = grid
        self._after = np.append(np.cumsum(areas[::-1])[::-1], 0.0)

    def __call__(self, x: Any) -> Any:
        """Integral [s] from `x` on; the shape of `x`."""
        inside = np.clip(x, self._grid[0], self._grid[-1])
        right = np.clip(np.searchsorted(self._grid, inside, side="right"), 1, len(self._grid) - 1)
        half = (self._grid[right] - inside) / 2.0
        total = self._after[right]
        # Node by node instead of one sum: a batch must give the bits of its elements alone.
        for node, weight in zip(_NODES.tolist(), _WEIGHTS.tolist(), strict=True):
            total = total + half * weight * self._survival(inside + half * (1.0 + node))
        return total + np.maximum(self._grid[0] - x, 0.0)


def _panels(edges: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nodes and weights of the panels between neighbours, panel by panel."""
    half = np.diff(edges)[:, None] / 2.0
    middle = ((edges[1:] + edges[:-1]) / 2.0)[:, None]
    nodes = middle + half * _NODES
    return nodes.ravel(), (half * _WEIGHTS).ravel()
