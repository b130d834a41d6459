"""Explanations: when what an outcome owes cannot be found in time, by outcome, unit and cause."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
        return Outcomes(self.unit[row][inside], start[inside], end[inside], number[inside], self.pace)

    @property
    def total(self) -> float:
        """How many there are."""
        return float(self.number.sum())


def outcomes(trace: Trace, code: int) -> Outcomes:
    """Return the outcomes of one kind that happened in the window, as the first artefact of theirs tells."""
    info, table = trace.meta.outcomes[code], trace["artefacts"]
    own = [artefact for artefact, each in enumerate(trace.meta.artefacts) if each.outcome == code]
    mine = (table["artefact"] == (own[0] if own else -1)) & (table["start"] >= trace.meta.t0)
    many = trace.meta.artefacts[own[0]].per_outcome if own else 1
    pace = of_window(trace, info.workload) if (table["start"] < table["end"])[mine].any() else None
    unit, start, end, number = (table[name][mine] for name in ("unit", "start", "end", "number"))
    return Outcomes(unit, start, end, number / many, pace)


def unexplained(trace: Trace, info: OutcomeInfo, patience: float) -> dict[str, Spans]:
    """When an outcome at a unit lacks something for longer than `patience` [s], by cause; the first counts.

    What is not kept of a share of the outcomes is no time, and is left out.
    """
    found, known = dict[str, Spans](), Spans.of(np.empty(0), np.empty(0))
    for owed in info.owes:
        artefact = trace.meta.artefacts[owed]
        is_own = trace.meta.outcomes[artefact.outcome] == info
        for fate in Fate:
            if fate == Fate.SAMPLED_OUT:
                continue
            cause = fate.name.lower() if fate.is_lost else LATE
            spans = difference(_missing(trace, owed, fate, patience), known)
            cause = cause if is_own or cause == LATE else UNRESOLVABLE
            found[cause] = union(found[cause], spans) if cause in found else spans
            known = union(known, spans)
    return found


def _missing(trace: Trace, owed: int, fate: Fate, patience: float) -> Spans:
    """When artefacts that met one fate are missing for whoever owes them."""
    table = trace["artefacts"]
    mine = np.flatnonzero((table["artefact"] == owed) & (table["fate"] != Fate.SAMPLED_OUT))
    rows = {name: table[name][mine] for name in ("unit", "start", "end", "period", "shipped", "durable")}
    # What is made once, such as a record, is referred to until the next one is.
    single = rows["start"] == rows["end"]
    gone = trace["units"]["gone"][rows["unit"]]
    follows = np.append(rows["unit"][1:] == rows["unit"][:-1], False)[: mine.size]
    until = np.where(follows, np.append(rows["start"][1:], 0.0)[: mine.size], np.fmin(gone, trace.meta.t1))
    end = np.where(single, np.maximum(until, np.nextafter(rows["start"], np.inf)), rows["end"])
    chosen = table["fate"][mine] == fate
    unit, start, end = rows["unit"][chosen], rows["start"][chosen], end[chosen]
    if fate.is_lost and fate != Fate.RETENTION_EXPIRED:
        return Spans.of(start, end, unit)
    period, shipped = rows["period"][chosen], rows["shipped"][chosen]
    wait = rows["durable"][chosen] - shipped
    at_once = (shipped < end) & (period == 0) & ~single[chosen]
    # Late is what was made longer before its flush than patience allows; the first flush of each stretch.
    late = np.where(np.isnan(wait), end, np.minimum(end, shipped + wait - patience))
    late = np.where(at_once, np.where(wait > patience, end, start), late)
    regular = np.flatnonzero((period > 0) & (period + wait > patience))
    count = np.ceil((end[regular] - shipped[regular]) / period[regular]).astype(np.int64)
    which = np.repeat(regular, np.maximum(count, 0))
    step = np.arange(which.size) - np.repeat(np.cumsum(np.maximum(count, 0)) - count, np.maximum(count, 0))
    begin = shipped[which] + step * period[which]
    stop = np.minimum(begin + period[which] + wait[which] - patience, end[which])
    return Spans.of(np.append(start, begin), np.append(late, stop), np.append(unit, unit[which]))


def durable_at(trace: Trace, owed: int, unit: Indices, time: Floats) -> Floats:
    """When the artefact is durable that an outcome at each unit and time owes [s]; infinite: never by t1."""
    table = trace["artefacts"]
    mine = np.flatnonzero((table["artefact"] == owed) & (table["fate"] != Fate.SAMPLED_OUT))
    if not mine.size:
        return np.full(time.size, np.inf)
    row = mine[np.maximum(rank(table["unit"][mine], table["start"][mine], unit, time) - 1, 0)]
    shipped, period = table["shipped"][row], table["period"][row]
    behind = np.divide(time - shipped, period, out=np.full(time.size, -1.0), where=period > 0)
    flush = shipped + np.maximum(np.floor(behind) + 1, 0.0) * period
    single = table["start"][row] == table["end"][row]
    flush = np.where((flush < time) & ~single, time, flush)
    durable = flush + table["durable"][row] - shipped
    return np.where((table["unit"][row] == unit) & ~np.isnan(durable), np.maximum(durable, time), np.inf)
