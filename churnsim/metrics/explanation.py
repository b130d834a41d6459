"""Explanations: when what an outcome owes cannot be found in time, by outcome, unit and cause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from churnsim.metrics.overlap import Mask, expand
from churnsim.trace import Trace
from churnsim.trace.code import Fate
from churnsim.trace.intervals import Spans, cut, difference, rank, union
from churnsim.trace.meta import OutcomeInfo
from churnsim.trace.pace import Pace, of_window

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

LATE, UNRESOLVABLE = "late", "unresolvable_reference"
CAUSES = (*(fate.name.lower() for fate in Fate if fate.is_lost), UNRESOLVABLE, LATE)


@dataclass(frozen=True, eq=False)
class Outcomes:
    """All outcomes of one kind: `number` of them in `[start, end)`, or at `start` where that is `end`."""

    unit: Indices
    start: Floats
    end: Floats
    number: Floats
    troubled: Floats  # which share was in trouble; 0 where nobody asks
    pace: Pace | None

    def within(self, spans: Spans) -> Outcomes:
        """Return those that lie in the spans of their unit."""
        bounds = np.concatenate([spans.start, spans.end])
        row, start, end = cut(self.unit, self.start, self.end, np.tile(spans.group, 2), bounds)
        number = self.number[row]
        if self.pace is not None:
            whole = self.pace.at(self.end[row]) - self.pace.at(self.start[row])
            part = self.pace.at(end) - self.pace.at(start)
            number = number * np.divide(part, whole, out=np.zeros(len(row)), where=whole > 0)
        inside = spans.contains(start, self.unit[row])
        unit, troubled = self.unit[row][inside], self.troubled[row][inside]
        return Outcomes(unit, start[inside], end[inside], number[inside], troubled, self.pace)

    @property
    def total(self) -> float:
        """How many there are."""
        return float(self.number.sum())

    @property
    def in_trouble(self) -> float:
        """How many of them were in trouble."""
        return float((self.number * self.troubled).sum())


def outcomes(trace: Trace, code: int) -> Outcomes:
    """Return the outcomes of one kind that happened in the window, as an artefact of theirs tells.

    The first that is sampled by what becomes of them, whose rows tell best which were in trouble, else the
    first.
    """
    info, table, artefacts = trace.meta.outcomes[code], trace["artefacts"], trace.meta.artefacts
    own = [artefact for artefact, each in enumerate(artefacts) if each.outcome == code]
    own.sort(key=lambda artefact: artefacts[artefact].kept_in_trouble == artefacts[artefact].kept)
    mine = (table["artefact"] == (own[0] if own else -1)) & (table["start"] >= trace.meta.t0)
    many = artefacts[own[0]].per_outcome if own else 1
    pace = of_window(trace, info.workload) if (table["start"] < table["end"])[mine].any() else None
    unit, start, end, number, troubled = (
        table[name][mine] for name in ("unit", "start", "end", "number", "troubled")
    )
    return Outcomes(unit, start, end, number / many, np.nan_to_num(troubled), pace)


def unexplained(trace: Trace, info: OutcomeInfo, patience: float) -> dict[str, Spans]:
    """When an outcome at a unit lacks something `patience` [s] later, by cause; the first counts.

    What is not kept of a share of the requests is no time, and is left out: see `kept`.
    """
    found, known = dict[str, Spans](), Spans.of(np.empty(0), np.empty(0))
    for owed in info.owes:
        is_own = trace.meta.outcomes[trace.meta.artefacts[owed].outcome] == info
        for said, missing in _missing(trace, owed, patience):
            cause = said if is_own or said == LATE else UNRESOLVABLE
            spans = difference(missing, known)
            found[cause] = union(found[cause], spans) if cause in found else spans
            known = union(known, spans)
    return found


def kept(trace: Trace, owed: int) -> float:
    """Share of the outcomes of which an artefact is kept, where it is not known of which.

    One that is made once, such as a record, is known to be kept or not.
    """
    artefact = trace.meta.artefacts[owed]
    return artefact.kept if trace.meta.outcomes[artefact.outcome].kind == "request" else 1.0


def kept_in_trouble(trace: Trace, owed: int) -> float:
    """Share of the outcomes in trouble of which an artefact is kept, where it is not known of which."""
    artefact = trace.meta.artefacts[owed]
    return artefact.kept_in_trouble if trace.meta.outcomes[artefact.outcome].kind == "request" else 1.0


def _missing(trace: Trace, owed: int, patience: float) -> Iterator[tuple[str, Spans]]:
    """Yield why and when an artefact is missing for whoever owes it."""
    made = _Made.of(trace, owed)
    for fate in Fate:
        if fate.is_lost and fate != Fate.RETENTION_EXPIRED:
            gone = made.fate == fate
            yield fate.name.lower(), Spans.of(made.start[gone], made.end[gone], made.unit[gone])
    piece = made.pieces(patience)
    late = np.where(np.isnan(piece.durable), piece.end, np.minimum(piece.end, piece.durable - patience))
    yield LATE, Spans.of(piece.start, late, piece.unit)
    over = np.maximum(piece.start, piece.durable + made.retention - patience)
    some = ~np.isnan(over)
    yield Fate.RETENTION_EXPIRED.name.lower(), Spans.of(over[some], piece.end[some], piece.unit[some])


class _Pieces(NamedTuple):
    """What units made, or refer to, on ``[start, end)``, and when it is durable, NaN for never."""

    unit: Indices
    start: Floats
    end: Floats
    durable: Floats


@dataclass(frozen=True, eq=False)
class _Made:
    """Artefacts of one sort as rows of the trace, `end` being until when one is referred to."""

    unit: Indices
    start: Floats
    end: Floats
    period: Floats
    shipped: Floats
    wait: Floats
    fate: Indices
    is_single: Mask
    retention: float

    @classmethod
    def of(cls, trace: Trace, owed: int) -> _Made:
        table = trace["artefacts"]
        single = table["start"] == table["end"]
        # Of requests a share is sampled out at all times, of what is made once some are.
        mine = np.flatnonzero((table["artefact"] == owed) & (single | (table["fate"] != Fate.SAMPLED_OUT)))
        unit, start, end, single = table["unit"][mine], table["start"][mine], table["end"][mine], single[mine]
        # What is made once is referred to until the next one is.
        gone = trace["units"]["gone"][unit]
        follows = np.append(unit[1:] == unit[:-1], False)[: mine.size]
        until = np.where(follows, np.append(start[1:], 0.0)[: mine.size], np.fmin(gone, trace.meta.t1))
        return cls(
            unit=unit,
            start=start,
            end=np.where(single, np.maximum(until, np.nextafter(start, np.inf)), end),
            period=np.where(single, 0.0, table["period"][mine]),
            shipped=table["shipped"][mine],
            wait=table["durable"][mine] - table["shipped"][mine],
            fate=table["fate"][mine],
            is_single=single,
            retention=trace.meta.sinks[trace.meta.artefacts[owed].sink].retention,
        )

    def pieces(self, patience: float) -> _Pieces:
        """What was not lost on its way, flush by flush, but for what is surely there `patience` [s] later."""
        left = np.isin(self.fate, (Fate.DURABLE, Fate.BUFFERED, Fate.RETENTION_EXPIRED))
        at_once = (self.shipped < self.end) & (self.period == 0) & ~self.is_single
        in_time = (self.wait <= patience) & (self.wait + self.retention > patience)
        once = np.flatnonzero(left & (self.period == 0) & ~(at_once & in_time))
        # What goes at once is late, or over, for itself alone.
        never = np.where(self.wait > patience, np.nan, -np.inf)
        durable = np.where(at_once, never, self.shipped + self.wait)
        longest = self.period + self.wait
        unsure = ~(longest <= patience) | (self.wait + self.retention <= patience)
        row, turn = expand(np.where(left & (self.period > 0) & unsure, self._flushes, 0))
        flush = self.shipped[row] + turn * self.period[row]
        return _Pieces(
            np.append(self.unit[once], self.unit[row]),
            np.append(self.start[once], np.where(turn == 0, self.start[row], flush - self.period[row])),
            np.append(self.end[once], np.minimum(flush, self.end[row])),
            np.append(durable[once], flush + self.wait[row]),
        )

    @property
    def _flushes(self) -> Indices:
        """How many flushes hand over what was made in each regular row."""
        period = np.where(self.period > 0, self.period, 1.0)
        behind = np.nan_to_num((self.end - self.shipped) / period)
        return np.maximum(np.ceil(behind), 0.0).astype(np.int64) + 1


def durable_at(trace: Trace, owed: int, unit: Indices, time: Floats) -> Floats:
    """When the artefact is durable that an outcome at each unit and time owes [s]; infinite: never by t1."""
    table = trace["artefacts"]
    single = table["start"] == table["end"]
    mine = np.flatnonzero((table["artefact"] == owed) & (single | (table["fate"] != Fate.SAMPLED_OUT)))
    if not mine.size:
        return np.full(time.size, np.inf)
    row = mine[np.maximum(rank(table["unit"][mine], table["start"][mine], unit, time) - 1, 0)]
    shipped, period = table["shipped"][row], table["period"][row]
    behind = np.divide(time - shipped, period, out=np.full(time.size, -1.0), where=period > 0)
    flush = shipped + np.maximum(np.floor(behind) + 1, 0.0) * period
    flush = np.where((flush < time) & ~single[row], time, flush)
    durable = flush + table["durable"][row] - shipped
    return np.where((table["unit"][row] == unit) & ~np.isnan(durable), np.maximum(durable, time), np.inf)
