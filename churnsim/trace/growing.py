"""A column of a table that grows at its end, in place."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_FIRST = 1024
_ROOM = 16  # by how small a part of itself a full column grows: what is not used yet takes memory, too


class Growing:
    """One column of rows that are handed in bit by bit; never held twice.

    Parameters
    ----------
    dtype : str
        What its values are.
    """

    def __init__(self, dtype: str) -> None:
        self._array: NDArray[Any] = np.empty(0, dtype)
        self._size = 0

    def __len__(self) -> int:
        """Return the number of values so far."""
        return self._size

    def append(self, values: Any, count: int) -> None:
        """Add `count` values: an array of so many, or one value for all of them."""
        past = self._size + count
        if past > len(self._array):
            room = max(past, self._size + self._size // _ROOM, _FIRST)
            self._array.resize(room, refcheck=False)
        self._array[self._size : past] = values
        self._size = past

    def close(self) -> NDArray[Any]:
        """Give the column away, shape (n,); nothing may be added any more."""
        array, self._array = self._array, self._array[:0].copy()
        array.resize(self._size, refcheck=False)
        self._size = 0
        return array
