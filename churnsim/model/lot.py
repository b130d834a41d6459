"""The lot: all artefacts of one sort, each piece of time with the cell that it was held in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.engine import Streams
from churnsim.model.artefact import Artefact
from churnsim.model.cells import Cells
from churnsim.model.holder import Holders
from churnsim.model.made import Content, Made, joined
from churnsim.model.overflow import may_overflow, overflow
from churnsim.model.sieve import Sieve
from churnsim.model.sink import Sink
from churnsim.trace.code import Fate
from churnsim.trace.intervals import Spans, cut, rank
from churnsim.trace.trace import Trace

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]
Rows = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Lot:
    """Artefacts of one sort.

    Parameters
    ----------
    name : str
        What they are called.
    artefact : Artefact
        What they are.
    lane : two ndarrays of int, shape (h,)
        Coordinates of the random numbers of each holder.
    is_alive : ndarray of bool, shape (h,)
        Whether each holder lives on.
    cells : Cells
        What the holders gathered, parted where its fate changes; n of them.
    source : ndarray of int, shape (n,)
        Which of its holder's cells each is a part of.
    is_lost : ndarray of bool, shape (n,)
        Whether there was no room for it.
    made : Made
        The outcomes of which it was kept; m pieces, each within one cell.
    cell : ndarray of int, shape (m,)
        Cell of each piece.
    is_sound : ndarray of bool, shape (m,)
        Whether its signature verifies.
    left_out : Made
        The outcomes of which it was not kept.
    troubled : two ndarrays, shapes (m,) and that of `left_out`
        Which share of either was in trouble.
    """

    name: str
    artefact: Artefact
    lane: tuple[Indices, Indices]
    is_alive: Mask
    cells: Cells
    source: Indices
    is_lost: Mask
    made: Made
    cell: Indices
    is_sound: Mask
    left_out: Made
    troubled: tuple[Floats, Floats]

    @property
    def number(self) -> Floats:
        """Artefacts in each piece, on average where requests make them; shape (m,)."""
        return self.made.number * self.cells.density[self.cell] * self.artefact.per_outcome

    def rows(self, trace: Trace, durable: Floats, retention: float, streams: Streams) -> Rows:
        """Return columns of the table `artefacts`, without their code.

        Parameters
        ----------
        trace : Trace
            The run.
        durable : ndarray, shape (n,)
            When what was handed over first in each cell is durable [s]; NaN: never handed over.
        retention : float
            How long the sink keeps it [s].
        streams : Streams
            The random streams of this replication.
        """
        fate = self._fate(trace.meta.t1, durable, retention)[self.cell]
        fate[~self.is_sound & (fate <= Fate.BUFFERED)] = Fate.KEY_UNVERIFIABLE
        shipped = self._shipped()
        at = shipped + (durable - self.cells.shipped)[self.cell]
        shipped[(fate == Fate.BUFFER_OVERFLOW) | ~(shipped < trace.meta.t1)] = np.nan
        at[np.isnan(shipped) | ~(at < trace.meta.t1)] = np.nan
        number = self.number
        if trace.meta.requests == "sampled" and self.made.pace is not None:
            number = self._drawn(trace, number, streams)
        none, nothing = np.zeros(self.left_out.unit.size), np.full(self.left_out.unit.size, np.nan)
        left = self.left_out.number * self.artefact.per_outcome
        columns: Rows = {
            "unit": np.append(self.made.unit, self.left_out.unit),
            "start": np.append(self.made.start, self.left_out.start),
            "end": np.append(self.made.end, self.left_out.end),
            "number": np.append(number, left),
            "period": np.append(self.cells.period[self.cell], none),
            "shipped": np.append(shipped, nothing),
            "durable": np.append(at, nothing),
            "fate": np.append(fate, np.full(none.size, int(Fate.SAMPLED_OUT))),
            "troubled": np.concatenate(self.troubled),
        }
        some = columns["number"] > 0
        return {name: column[some] for name, column in columns.items()}

    def _fate(self, t1: float, durable: Floats, retention: float) -> Indices:
        cells = self.cells
        fate = np.full(cells.holder.size, int(Fate.DURABLE))
        never = np.isnan(cells.shipped)
        fate[never] = np.where(cells.low < cells.tried, Fate.SINK_OUTAGE, Fate.DIED_BEFORE_FLUSH)[never]
        fate[never & self.is_alive[cells.holder]] = Fate.BUFFERED
        last = durable + np.where(cells.period > 0, cells.high - cells.low - cells.period, 0.0)
        fate[last >= t1] = Fate.BUFFERED
        fate[last + retention <= t1] = Fate.RETENTION_EXPIRED
        fate[self.is_lost] = Fate.BUFFER_OVERFLOW
        return fate

    def _shipped(self) -> Floats:
        """When what was made first of each piece was handed over [s]."""
        if self.artefact.shipping.is_at_once:
            return self.made.start.copy()
        cells, cell = self.cells, self.cell
        shipped = cells.shipped[cell]
        regular = np.flatnonzero(cells.period[cell] > 0)
        low, period, start = cells.low[cell[regular]], cells.period[cell[regular]], self.made.start[regular]
        flush = np.floor((start - low) / period) + 1
        flush += low + flush * period <= start  # what rounding may have done
        shipped[regular] = low + flush * period
        return shipped

    def _drawn(self, trace: Trace, mean: Floats, streams: Streams) -> Floats:
        """Return whole numbers with these means; how many are in a batch is known already."""
        from scipy.stats import poisson

        units, unit = trace["units"], self.made.unit
        order = np.lexsort((self.made.start, unit))
        place = np.empty(unit.size, np.int64)
        place[order] = np.arange(unit.size) - np.searchsorted(unit[order], unit[order])
        source = streams.named(f"artefacts/{self.name}/number")
        uniform = source.uniform(source.lane(units["slot"][unit], units["incarnation"][unit]), place)
        many = self.artefact.per_outcome
        drawn = np.asarray(poisson.ppf(uniform, mean / many), float) * many
        return np.where(self.cells.density[self.cell] == 1.0, drawn, mean)


@dataclass(frozen=True, eq=False)
class Chain:
    """What one sort of artefact passes through.

    Parameters
    ----------
    name, artefact
        What it is.
    holders : Holders
        Who buffers it.
    sink : Sink
        Where it becomes durable.
    down : Spans
        When the sink takes nothing in; one group.
    sound : Spans or None
        When each unit holds a good credential to sign with; None: it is not signed.
    troubled : Made or None
        Outcomes that were in trouble; None where nobody asks.
    """

    name: str
    artefact: Artefact
    holders: Holders
    sink: Sink
    down: Spans
    sound: Spans | None
    troubled: Made | None

    def lot(self, trace: Trace, outcomes: Made, streams: Streams) -> Lot:
        """Return the artefacts that outcomes make."""
        holders, t0 = self.holders, trace.meta.t0
        sieve = self._sieve(trace, outcomes, streams)
        made, left_out = sieve.before()
        is_sound = np.ones(made.unit.size, bool)
        if self.sound is not None:
            good, bad = made.divided(self.sound)
            made, is_sound = joined([good, bad]), np.arange(good.unit.size + bad.unit.size) < good.unit.size
        group = holders.group_of[made.unit]
        row, start, end = cut(group, made.start, made.end, holders.group, holders.birth)
        made, is_sound = made.within(row, start, end), is_sound[row]
        holder = np.maximum(rank(holders.group, holders.birth, group[row], start) - 1, 0)
        cells, since, until = self._cells(Content(holder, made, len(holders)), streams)
        number = cells.number
        if self.artefact.waits:
            cells = cells.waiting(self.artefact.waits, holders)
            filled = cells.low < cells.high
            cells, number, since, until = cells.where(filled), number[filled], since[filled], until[filled]
        bounds = [cells.tried, cells.ripe, since, until, *self._turns(cells, trace.meta.t1)]
        whose = np.tile(np.arange(cells.holder.size), len(bounds))
        every = np.arange(cells.holder.size)
        parent, low, high = cut(every, cells.low, cells.high, whose, np.concatenate(bounds))
        parts = cells.parted(parent, low, high)
        # Nothing that was made before the window is in one piece with what was made in it.
        marks = np.append(parts.holder, np.arange(len(holders)))
        row, start, end = cut(
            holder, made.start, made.end, marks, np.append(parts.low, np.full(len(holders), t0))
        )
        cell = rank(parts.holder, parts.low, holder[row], start) - 1
        lost = (since[parent] <= low) & (low < until[parent])
        kept, thrown = sieve.after(made.within(row, start, end))
        left_out = joined([left_out.since(t0), thrown])
        return Lot(
            self.name, self.artefact, holders.lane, holders.is_alive, parts, number[parent], lost,
            kept, cell, is_sound[row], left_out, sieve.troubled(kept, left_out),
        )  # fmt: skip

    def _sieve(self, trace: Trace, outcomes: Made, streams: Streams) -> Sieve:
        """What is kept, and what is not, of all that is made."""
        units, unit, luck = trace["units"], outcomes.unit, np.empty(0)
        if outcomes.pace is None:
            source = streams.named(f"evidence/{self.artefact.of}/sampling")
            place = np.arange(unit.size) - np.searchsorted(unit, unit)
            lane = source.lane(units["slot"][unit], units["incarnation"][unit])
            luck = np.asarray(source.uniform(lane, place))
        return Sieve(self.artefact.sampling, outcomes, luck, self.troubled, units["unit"].size)

    def _cells(self, content: Content, streams: Streams) -> tuple[Cells, Floats, Floats]:
        """What the holders gather, and from when to when [s] there is no room for it."""
        artefact, holders = self.artefact, self.holders
        draws, room = (streams.named(f"artefacts/{self.name}/{purpose}") for purpose in ("flush", "room"))
        cells = artefact.shipping.cells(holders, content, self.down, draws, artefact.per_outcome)
        fills = artefact.buffer is not None and may_overflow(content, cells.period, artefact.bound)
        is_uneven = self.sink.capacity is not None or not self.sink.delay.is_constant
        if fills or is_uneven or artefact.waits > 0:
            cells = cells.single()
        never = np.full(cells.holder.size, np.nan)
        since, until = never, never.copy()
        if artefact.buffer is not None:
            oldest = artefact.buffer.when_full == "drop-oldest"
            single, lane = np.flatnonzero(cells.period == 0), room.lane(*holders.lane)
            lost = overflow(cells.where(single), content, artefact.bound, oldest, (room, lane))
            since[single], until[single] = lost
        return cells, since, until

    def _turns(self, cells: Cells, t1: float) -> list[Floats]:
        """Flushes of regular stretches after which what is handed over has another fate by t1 [s]."""
        regular = cells.period > 0
        low, period = cells.low[regular], cells.period[regular]
        left = (t1 - self.sink.delay.mean - low) / period
        turns = [np.ceil(left - 1e-9) - 1]
        if self.sink.retention is not None:
            turns.append(np.floor(left - self.sink.retention / period - 1e-9))
        found = []
        for turn in turns:
            at = np.full(regular.size, np.nan)
            # At a flush within: one at its end is the end, whatever rounding may have done.
            within = (turn > 0) & (turn < np.rint((cells.high[regular] - low) / period))
            at[regular] = np.where(within, low + turn * period, np.nan)
            found.append(at)
        return found
