"""The overflow: which part of a cell finds no room in the buffer of its holder."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from churnsim.engine import Stream
from churnsim.model.cells import Cells
from churnsim.model.made import Content

Floats = NDArray[np.float64]

_DEVIATIONS = 8.0  # a buffer with so much room to spare is never full


def may_overflow(content: Content, period: Floats, room: float) -> bool:
    """Whether a buffer could ever be full between two flushes of a regular stretch."""
    if content.is_counted:
        return bool(content.total.max(initial=0.0) > room)
    return bool(_most(period.max(initial=0.0) * content.fastest) > room)


def overflow(
    cells: Cells, content: Content, room: float, oldest: bool, draws: tuple[Stream, NDArray[np.uint64]]
) -> tuple[Floats, Floats]:
    """Return from when to when what comes to each cell is lost for want of room [s]; NaN where nothing is.

    How much comes until the buffer is full is drawn (the gamma law); what comes after that is its mean.

    Parameters
    ----------
    cells : Cells
        None of them regular.
    content : Content
        What comes to the holders.
    room : float
        Outcomes whose artefacts a buffer holds.
    oldest : bool
        Whether what came first is dropped, else what comes last.
    draws : Stream, ndarray of shape (h,)
        Random numbers, and the lane of each holder.
    """
    from scipy.special import gammaincinv

    holder, size = cells.holder, cells.holder.size
    low, ripe, high = (content.level(holder, time) for time in (cells.low, cells.ripe, cells.high))
    batch = cells.density * (ripe - low)
    waits = cells.ripe < cells.high
    begin, left = np.where(waits, ripe, low), np.where(waits, np.maximum(room - np.rint(batch), 0.0), room)
    more = high - begin
    # A batch is handed over, or not complete, before its buffer is full.
    found = np.flatnonzero((waits | (cells.density == 1.0)) & (_most(more) > left))
    if content.is_counted:
        found = found[more[found] > left[found]]
        full = begin[found] + left[found]
    else:
        uniform = draws[0].uniform(draws[1][holder[found]], cells.number[found])
        drawn = np.where(left[found] > 0, gammaincinv(np.maximum(left[found], 1.0), uniform), 0.0)
        full = begin[found] + drawn
    over = full < high[found] - 1e-9 * (1.0 + high[found])
    found, full = found[over], full[over]
    excess = high[found] - full
    since, until = np.full(size, np.nan), np.full(size, np.nan)
    if oldest:
        # What pushes it out comes after the buffer is full; it was there first.
        below = np.minimum(excess, batch[found])
        level = low[found] + below / cells.density[found] + (excess - below)
        since[found], until[found] = cells.low[found], _just_after(content, cells, found, level)
    else:
        since[found], until[found] = _just_after(content, cells, found, full), cells.high[found]
    return since, until


def _most(mean: Floats | float) -> Floats:
    return np.asarray(mean + _DEVIATIONS * np.sqrt(mean) + _DEVIATIONS)


def _just_after(content: Content, cells: Cells, row: NDArray[np.int64], level: Floats) -> Floats:
    holder, low = cells.holder[row], cells.low[row]
    at = content.when(holder, level)
    if content.is_counted:
        # Cells are half-open: who takes the last place is not among those who find none.
        at = np.where(level > content.level(holder, low), np.nextafter(at, np.inf), low)
    return np.clip(at, low, cells.high[row])
