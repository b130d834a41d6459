"""The verifiers: what every point shows, learns and keeps open, laid down once the lives are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.engine import Stream, Streams
from churnsim.model.issuer import Issuer
from churnsim.model.revocation import Audience, Cases
from churnsim.trace.acceptance import PAIRS_MOST, Acceptance
from churnsim.trace.code import Family, ServiceState
from churnsim.trace.holder import of_thieves, of_units, own
from churnsim.trace.intervals import Spans
from churnsim.trace.schema import SCHEMA
from churnsim.trace.trace import Trace, typed_table

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Rows = dict[str, Any]


def verified(trace: Trace, issuers: Mapping[str, Issuer], streams: Streams) -> Trace:
    """Complete a run by what verification points know; nobody's life depends on it.

    Parameters
    ----------
    trace : Trace
        Lives, credentials, thefts and outages; `revoked` as decided during the run.
    issuers : mapping of str to Issuer
        In the order of their codes.
    streams : Streams
        The random streams of this replication.

    Returns
    -------
    Trace
        With the revocations of units that ended, and with `points`, `learned`, `unanswered` and
        `connections`.
    """
    desks = [_Desk(code, name, recipe, streams) for code, (name, recipe) in enumerate(issuers.items())]
    if any(desk.recipe.revocation.at_end is not None for desk in desks):
        revoked = trace["credentials"]["revoked"].copy()
        for desk in desks:
            desk.recall(trace, revoked)
        trace = _with(trace, "credentials", [{**trace["credentials"], "revoked": revoked}])
    heard = [desk.hear(trace) for desk in desks]
    for place, table in enumerate(("points", "learned", "unanswered")):
        trace = _with(trace, table, [rows for parts in heard for rows in parts[place]])
    return _with(trace, "connections", [rows for desk in desks for rows in desk.keep(trace)])


@dataclass(frozen=True)
class _Desk:
    """The points of one issuer."""

    code: int
    name: str
    recipe: Issuer
    streams: Streams

    def recall(self, trace: Trace, revoked: Floats) -> None:
        """Write into `revoked` when the credentials of units that ended are revoked."""
        law = self.recipe.revocation.at_end
        if law is None:
            return
        table, gone = trace["credentials"], trace["units"]["gone"]
        row = own(trace, self.code)
        row = row[np.isfinite(gone[table["unit"][row]])]
        unit = table["unit"][row]
        lane = _lanes(trace, self._stream("recall"), unit, np.full(unit.size, -1))
        when = gone[unit] + np.asarray(law.inverse(Stream.uniform(lane, 0)), float)
        # What has run out need not be revoked.
        chosen = (when < table["expires"][row]) & (when < trace.meta.t1)
        revoked[row[chosen]] = np.fmin(revoked[row[chosen]], when[chosen])

    def hear(self, trace: Trace) -> tuple[list[Rows], list[Rows], list[Rows]]:
        """Rows of `points`, and of what they learn or get no answer about."""
        checks, rule = self.recipe.verification, self.recipe.revocation
        points = self.recipe.points
        clocks = checks.clocks(self.name, self.streams, points)
        table: Rows = {"issuer": self.code, "point": np.arange(points), "weight": 1.0 / points} | clocks
        if not rule.revokes:
            return [table], [], []
        audience, row = (
            self._audience(trace, points),
            np.flatnonzero(trace["credentials"]["issuer"] == self.code),
        )
        cases = self._cases(trace, row, checks.leeway + float(np.max(checks.behind(clocks))))
        table["messages"], table["bytes"] = rule.load(cases, audience)
        learned, unanswered = list[Rows](), list[Rows]()
        chunk = max(PAIRS_MOST // points, 1)
        for low in range(0, row.size, chunk):
            some, here = cases.where(slice(low, low + chunk)), row[low : low + chunk]
            revoked = np.flatnonzero(np.isfinite(some.revoked))
            at = rule.refusals(some.where(revoked), audience)
            case, point = np.nonzero(np.isfinite(at))
            news = {"credential": here[revoked[case]], "point": point, "at": at[case, point]}
            learned.append({"issuer": self.code} | news)
            silent = rule.unanswered(some, audience)
            known = np.full((here.size, points), np.inf)
            known[revoked] = at
            # Once it knows, it need not ask again.
            waits = silent.start < known[silent.case, silent.point]
            silence: Rows = {"credential": here[silent.case], "point": silent.point}
            silence |= {"start": silent.start, "end": silent.end}
            unanswered.append(
                {"issuer": self.code} | {name: column[waits] for name, column in silence.items()}
            )
        return [table], learned, unanswered

    def keep(self, trace: Trace) -> Iterator[Rows]:
        """Yield rows of `connections`."""
        if self.recipe.verification.connections is None:
            return
        units, thefts = trace["units"], trace["thefts"]
        for accepted in of_units(trace, self.code, own(trace, self.code)):
            every = np.arange(units["unit"].size)
            yield self._kept(trace, accepted, every, np.full(every.size, -1), _known(units["gone"]))
        for accepted in of_thieves(trace, self.code):
            every = np.arange(thefts["theft"].size)
            yield self._kept(trace, accepted, thefts["unit"], every, np.full(every.size, np.inf))

    def _kept(self, trace: Trace, accepted: Acceptance, unit: Indices, theft: Indices, gone: Floats) -> Rows:
        """What stays open of the holders in one block; unit, theft and end of each, by its number."""
        connections = self.recipe.verification.connections
        assert connections is not None  # or nothing is kept
        spans = accepted.accepted()
        holder, place = np.divmod(spans.group, max(accepted.point.size, 1))
        count = np.arange(len(spans))
        first = np.append(True, spans.group[1:] != spans.group[:-1])[: count.size]
        number = count - np.maximum.accumulate(np.where(first, count, 0))
        point = accepted.point[place]
        lane = _lanes(trace, self._stream("connections"), unit[holder], theft[holder], point)
        again = np.append(np.where(first[1:], np.inf, spans.start[1:]), np.inf)[: count.size]
        end = spans.end + connections.remaining(lane, 2 * number)
        # One that is gone has no connections left; one that is let in again has new ones.
        end = np.minimum(np.minimum(end, again), np.minimum(gone[holder], trace.meta.t1))
        open_ = spans.end < end
        rows = {"unit": unit[holder], "bearer": theft[holder], "point": point, "start": spans.end, "end": end}
        return {"issuer": self.code} | {name: column[open_] for name, column in rows.items()}

    def _audience(self, trace: Trace, points: int) -> Audience:
        state = trace.intervals(Family.ISSUER)
        mine = (state["entity"] == self.code) & (state["state"] != ServiceState.UP)
        down = Spans.of(state["start"][mine], state["end"][mine])
        return Audience(
            points=points,
            stream=self.streams.named(f"issuers/{self.name}/revocation"),
            start=trace.meta.start,
            t0=trace.meta.t0,
            end=trace.meta.t1,
            outages=tuple(zip(down.start.tolist(), down.end.tolist(), strict=True)),
        )

    def _cases(self, trace: Trace, row: Indices, late: float) -> Cases:
        """All credentials, the last point taking each for expired so much late [s]."""
        table = {name: column[row] for name, column in trace["credentials"].items()}
        unit, bearer, issued, expires = (table[name] for name in ("unit", "bearer", "issued", "expires"))
        same = (unit[1:] == unit[:-1]) & (bearer[1:] == bearer[:-1])
        superseded = np.append(np.where(same, issued[1:], np.inf), np.inf)[: row.size]
        gone = np.where(bearer == -1, _known(trace["units"]["gone"])[unit], np.inf)
        return Cases(
            lane=_lanes(trace, self._stream("revocation"), unit, bearer, table["serial"]),
            issued=issued,
            expires=expires,
            revoked=_known(table["revoked"]),
            shown=np.minimum(np.minimum(superseded, gone), expires),
            refused=expires + late,
        )

    def _stream(self, purpose: str) -> Callable[[str], Stream]:
        """Random stream of a purpose, by workload."""
        return lambda workload: self.streams.named(f"issuers/{self.name}/{purpose}/{workload}")


def _lanes(
    trace: Trace, stream: Callable[[str], Stream], unit: Indices, theft: Indices, *more: Indices
) -> NDArray[np.uint64]:
    """Random lanes of units and (theft not -1) of thieves: nobody else decides which."""
    units, thefts = trace["units"], trace["thefts"]
    robbed = theft >= 0
    coordinates = [units["slot"][unit], units["incarnation"][unit]]
    for column in ("gang", "attempt"):
        coordinates.append(np.where(robbed, np.append(thefts[column], -1)[theft].astype(np.int64) + 1, 0))
    coordinates += more
    lane = np.zeros(unit.size, np.uint64)
    workload = units["workload"][unit]
    for code in np.unique(workload).tolist():
        mine = workload == code
        lane[mine] = stream(trace.meta.workloads[code].name).lane(*(column[mine] for column in coordinates))
    return lane


def _known(instants: Floats) -> Floats:
    """Instants [s], infinite where they have not come."""
    return np.where(np.isnan(instants), np.inf, instants)


def _with(trace: Trace, table: str, parts: list[Rows]) -> Trace:
    """Return the trace with the rows of all parts as its table of that name, in the order of the schema."""
    cast = [typed_table(table, part) for part in parts]
    columns = {
        name: np.concatenate([np.empty(0, empty.dtype), *(part[name] for part in cast)])
        for name, empty in typed_table(table, {}).items()
    }
    order = np.lexsort([columns[name] for name in reversed(SCHEMA[table].sort)])
    return Trace(trace.meta, {**trace.tables, table: {name: c[order] for name, c in columns.items()}})
