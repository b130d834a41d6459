"""Cells: what a holder gathers in one stretch of time, and what becomes of it when the stretch ends."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from churnsim.model.copies import ragged
from churnsim.model.holder import Holders
from churnsim.trace.intervals import Spans

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cells:
    """Stretches that tile the lives of holders, each with one fate or, where regular, one fate each period.

    Parameters
    ----------
    holder : ndarray of int, shape (n,)
        Whose; sorted, and by `low` within it.
    low, high : ndarray, shape (n,)
        Stretch [s].
    period : ndarray, shape (n,)
        Time between the flushes of a regular stretch [s], the first one period after `low`, the last one at
        `high`; 0: one cell.
    shipped : ndarray, shape (n,)
        When it is handed over [s], the first time in a regular stretch; NaN: it never is.
    tried : ndarray, shape (n,)
        The last attempt to hand it over that failed because the sink was down [s]; NaN: none.
    ripe : ndarray, shape (n,)
        When the batch was complete [s]; `high` where nothing depends on it.
    density : ndarray, shape (n,)
        What there is before `ripe`, in multiples of its mean; 1 but for batches.
    """

    holder: Indices
    low: Floats
    high: Floats
    period: Floats
    shipped: Floats
    tried: Floats
    ripe: Floats
    density: Floats

    def where(self, chosen: NDArray[np.bool_] | Indices) -> Cells:
        """Return some of them."""
        return Cells(*(getattr(self, each.name)[chosen] for each in fields(self)))

    @property
    def number(self) -> Indices:
        """Which of its holder's cells each is, from 0; regular stretches count as one."""
        first = np.searchsorted(self.holder, self.holder, side="left")
        return np.arange(self.holder.size) - first

    def parted(self, row: Indices, low: Floats, high: Floats) -> Cells:
        """Return parts of them: of which, from when to when [s]; regular ones are parted at flushes."""
        cells = self.where(row)
        shipped = np.where(cells.period > 0, low + cells.period, cells.shipped)
        density = np.where(low < cells.ripe, cells.density, 1.0)
        return replace(cells, low=low, high=high, shipped=shipped, density=density)

    def waiting(self, wait: float, holders: Holders) -> Cells:
        """Return them, none regular, where nothing is handed over that is no older than a time [s].

        But by who is told to stop, at its end; some may be empty.
        """
        birth, end = holders.birth[self.holder], holders.end[self.holder]
        is_last = self.high >= end
        low = np.maximum(self.low - wait, birth)
        high = np.where(is_last, self.high, np.maximum(self.high - wait, birth))
        tried = np.where(self.tried < end, self.tried - wait, self.tried)
        return replace(self, low=low, high=high, tried=tried, ripe=high)

    def single(self) -> Cells:
        """Return them with every regular stretch taken apart."""
        count = np.ones(self.holder.size, np.int64)
        regular = self.period > 0
        count[regular] = np.rint((self.high - self.low)[regular] / self.period[regular]).astype(np.int64)
        row, step = ragged(np.zeros(count.size, np.int64), count)
        parts, was = self.where(row), regular[row]
        low = np.where(was, parts.low + step * parts.period, parts.low)
        high = np.where(was & (step < count[row] - 1), parts.low + (step + 1) * parts.period, parts.high)
        shipped = np.where(was, high, parts.shipped)
        ripe = np.where(was, high, parts.ripe)
        zero = np.zeros(row.size)
        return Cells(parts.holder, low, high, zero, shipped, parts.tried, ripe, parts.density)


def joined(parts: list[Cells]) -> Cells:
    """Return all of them, in order; there may be none."""
    none = Cells(np.empty(0, np.int64), *(np.empty(0) for _ in fields(Cells)[1:]))
    columns = {
        each.name: np.concatenate([getattr(part, each.name) for part in (none, *parts)])
        for each in fields(Cells)
    }
    cells = Cells(**columns)
    filled = cells.where(cells.low < cells.high)
    return filled.where(np.lexsort((filled.low, filled.holder)))


def of_flushes(
    holders: Holders, who: Indices, at: Floats, tried: Floats, on_stop: bool, down: Spans
) -> Cells:
    """Return the cells between flushes.

    Parameters
    ----------
    holders : Holders
        Whose.
    who, at : ndarray, shape (n,)
        Flushes that succeeded, by holder and instant [s].
    tried : ndarray, shape (h,)
        The last attempt of each holder after its last success [s]; NaN: none.
    on_stop : bool
        Whether who ends with notice flushes once more.
    down : Spans
        When the sink takes nothing in.
    """
    everyone = np.arange(len(holders))
    order = np.lexsort((np.append(at, holders.birth), np.append(who, everyone)))
    holder = np.append(who, everyone)[order]
    low = np.append(at, holders.birth)[order]
    is_last = np.append(holder[1:] != holder[:-1], np.ones(min(holder.size, 1), bool))
    high = np.where(is_last, holders.end[holder], np.append(low[1:], 0.0)[: low.size])
    shipped, failed = closing(holders, on_stop, down)
    none = np.full(holder.size, np.nan)
    return joined(
        [
            Cells(
                holder, low, high, np.zeros(holder.size),
                np.where(is_last, shipped[holder], high),
                np.where(is_last, np.fmax(tried, failed)[holder], none),
                high, np.ones(holder.size),
            )
        ]
    )  # fmt: skip


def closing(holders: Holders, on_stop: bool, down: Spans) -> tuple[Floats, Floats]:
    """Return when each holder hands over what it holds at its end, or tries to in vain [s, NaN: not]."""
    stops = holders.is_stopped & on_stop
    is_down = down.contains(holders.end)
    nan = np.full(len(holders), np.nan)
    return np.where(stops & ~is_down, holders.end, nan), np.where(stops & is_down, holders.end, nan)
