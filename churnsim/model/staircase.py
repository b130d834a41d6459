"""A staircase: a rate that stays the same between jumps, perhaps for ever in the same circle."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Staircase:
    """Rates between jumps, integrated exactly.

    Parameters
    ----------
    begins : (n,) array_like
        Where each stair begins [s], ascending, an empty one with the next; the first at 0 where there is a
        period, else it has always been.
    rates : (n,) array_like
        Rate on each stair [1/s].
    period : float
        Time after which everything begins anew [s]; infinite for never.
    """

    def __init__(self, begins: Any, rates: Any, period: float = inf) -> None:
        self._begins, self._rates = np.asarray(begins, float), np.asarray(rates, float)
        self._period = period
        self._widths = np.diff(self._begins, append=period)
        finite = self._widths if period < inf else np.append(self._widths[:-1], 0.0)
        self._before = np.concatenate([[0.0], np.cumsum(self._rates * finite)])

    @property
    def mean(self) -> float:
        """Mean rate in the long run [1/s]."""
        if self._period == inf:
            return float(self._rates[-1])
        return float(self._before[-1] / self._period)

    def jumps(self, start: float, end: float) -> Floats:
        """Instants [s] in ``[start, end)`` at which a stair begins, ascending."""
        if self._period == inf:
            found = np.unique(self._begins)
        else:
            rounds = np.arange(np.floor(start / self._period), np.ceil(end / self._period) + 1)
            found = (rounds[:, None] * self._period + self._begins).ravel()
        return np.asarray(found[(found >= start) & (found < end)])

    def between(self, start: Floats, end: Floats) -> Floats:
        """Integral of the rate over each span ``[start, end)`` [s]; shape (n,)."""
        first, last = self._place(start), self._place(end)
        # What lies on one stair is its rate times its length: no large sums that cancel.
        alone = (first[0] == last[0]) & (first[1] == last[1])
        along = self._rates[first[1]] * (end - start)
        whole = (last[0] - first[0]) * self._before[-1] + self._before[last[1]] - self._before[first[1] + 1]
        left = self._widths[first[1]] - first[2]
        across = self._rates[first[1]] * np.where(alone, 0.0, left) + whole + self._rates[last[1]] * last[2]
        return np.asarray(np.where(alone, along, np.maximum(across, 0.0)))

    def _place(self, time: Floats) -> tuple[Floats, NDArray[np.int64], Floats]:
        """Round, stair, and time since the stair began [s] at each instant."""
        time = np.asarray(time, float)
        turn = np.zeros_like(time) if self._period == inf else np.floor(time / self._period)
        phase = time if self._period == inf else time - turn * self._period
        stair = np.maximum(np.searchsorted(self._begins, phase, side="right") - 1, 0)
        return turn, stair, phase - self._begins[stair]
