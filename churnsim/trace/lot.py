"""Lots: a long table looked at part by part, so that what is worked out on the way stays small."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Rows in a lot, unless one group alone has more.
ROWS = 1 << 16


def lots(count: int, size: int = ROWS) -> Iterator[slice]:
    """Yield slices of at most `size` rows that together are rows 0 to `count` - 1."""
    for low in range(0, count, size):
        yield slice(low, min(low + size, count))


def whole_groups(group: NDArray[Any], size: int = ROWS) -> Iterator[slice]:
    """Yield slices of about `size` rows that cut no group in two.

    Parameters
    ----------
    group : ndarray of int, shape (n,)
        Whose each row is; sorted.
    size : int
        Rows in a slice at most, but for a group that has more.
    """
    low = 0
    while low < len(group):
        high = len(group)
        if low + size < high:
            last = group[low + size]
            high = int(np.searchsorted(group, last, side="left"))
            if high <= low:
                high = int(np.searchsorted(group, last, side="right"))
        yield slice(low, high)
        low = high
