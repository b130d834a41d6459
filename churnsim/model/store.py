"""The store: when a sink has made durable what is handed over to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.engine import Streams
from churnsim.model.lot import Lot
from churnsim.model.sink import Sink
from churnsim.trace.intervals import Spans

Floats = NDArray[np.float64]


def durable(sink: Sink, down: Spans, lots: Sequence[Lot], streams: Streams) -> list[Floats]:
    """Return for each lot when what was handed over first in each of its cells is durable [s].

    A sink with a capacity serves whoever comes first, one shipment after the other, and stands still while
    it is down; the delay comes on top.

    Parameters
    ----------
    sink : Sink
        Where it goes.
    down : Spans
        When it is down; one group.
    lots : sequence of Lot
        All that goes there.
    streams : Streams
        The random streams of this replication.

    Returns
    -------
    list of ndarray, shape (n,)
        NaN where nothing is handed over.
    """
    taken = [lot.cells.shipped for lot in lots]
    if sink.capacity is not None and lots:
        taken = _served(sink.capacity, down, lots)
    return [at + _delay(sink, lot, streams) for at, lot in zip(taken, lots, strict=True)]


def _delay(sink: Sink, lot: Lot, streams: Streams) -> Floats | float:
    if sink.delay.is_constant:
        return sink.delay.mean
    source = streams.named(f"artefacts/{lot.name}/delay")
    lane = source.lane(*(coordinate[lot.cells.holder] for coordinate in lot.lane))
    return np.asarray(sink.delay.inverse(source.uniform(lane, lot.source)), float)


def _served(capacity: float, down: Spans, lots: Sequence[Lot]) -> list[Floats]:
    """When each shipment is served, as everybody's is counted in time that the sink is up."""
    number, arrived, size = list[NDArray[Any]](), list[Floats](), list[Floats]()
    for lot in lots:
        # Parts of one cell are one shipment; those never handed over have none.
        first = np.append(True, (np.diff(lot.cells.holder) != 0) | (np.diff(lot.source) != 0))
        number.append(np.cumsum(first[: lot.source.size]) - 1)
        held = np.bincount(lot.cell, weights=lot.number, minlength=lot.source.size)
        held[lot.is_lost] = 0.0
        count = int(number[-1][-1]) + 1 if lot.source.size else 0
        size.append(np.bincount(number[-1], weights=held, minlength=count).astype(float))
        when = np.full(count, np.nan)
        when[number[-1]] = lot.cells.shipped
        arrived.append(when)
    whole = np.concatenate([*arrived, np.empty(0)])
    comes = np.flatnonzero(~np.isnan(whole))
    order = comes[np.argsort(whole[comes], kind="stable")]
    work = np.cumsum(np.concatenate([*size, np.empty(0)])[order]) / capacity
    clock = _Uptime(down)
    begun = np.maximum.accumulate(clock.at(whole[order]) - np.append(0.0, work[:-1])[: work.size])
    done = np.full(whole.size, np.nan)
    done[order] = np.maximum(clock.when(begun + work), whole[order])
    ends = np.split(done, np.cumsum([each.size for each in arrived])[:-1])
    return [end[mine] for end, mine in zip(ends, number, strict=True)]


class _Uptime:
    """Time that a sink has been up, and the instant by which it has been up for so long."""

    def __init__(self, down: Spans) -> None:
        self._down = down
        lengths = np.append(0.0, np.cumsum(down.length))
        self._before = lengths
        self._begins = down.start - lengths[:-1]  # of each outage, in time up

    def at(self, time: Floats) -> Floats:
        """Return the time up until each instant [s]."""
        place = np.searchsorted(self._down.start, time, side="right")
        within = np.append(0.0, self._down.end)[place] - time
        return np.asarray(time - self._before[place] + np.where(place > 0, np.maximum(within, 0.0), 0.0))

    def when(self, up: Floats) -> Floats:
        """Return the first instant [s] by which it has been up for so long."""
        return np.asarray(up + self._before[np.searchsorted(self._begins, up, side="left")])
