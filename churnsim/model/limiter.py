"""The limiter: a token bucket, which refuses whoever finds no token."""

from __future__ import annotations

ROUNDING_S = 1e-9  # a token that comes within it is there


class Limiter:
    """A bucket that holds `burst` tokens at most, is full at first and gains `rate` of them a second.

    Kept as the instant at which the bucket would be full again: one number that no long run wears off.

    Parameters
    ----------
    rate : float
        Tokens gained [1/s]; positive.
    burst : int
        Most tokens it holds.

    Source: generic cell rate algorithm, ITU-T I.371: equal to a token bucket.
    """

    __slots__ = ("_full", "_gap", "_slack")

    def __init__(self, rate: float, burst: int) -> None:
        self._gap = 1.0 / rate
        self._slack = (burst - 1) / rate
        self._full = float("-inf")

    @property
    def opens(self) -> float:
        """From when on a token is there [s]."""
        return self._full - self._slack

    def admits(self, now: float) -> bool:
        """Take a token if there is one at the instant `now` [s]."""
        if now + ROUNDING_S < self.opens:
            return False
        self._full = max(self._full, now) + self._gap
        return True
