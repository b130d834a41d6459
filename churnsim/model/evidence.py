"""The evidence: what became of every artefact, laid down once the lives are known.

Nobody's life depends on evidence; requests may, and are refused where it cannot be kept. What a unit makes
between two flushes has one fate, so artefacts are stretches of time and never events.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.engine import Streams
from churnsim.model.artefact import Artefact
from churnsim.model.lot import Chain
from churnsim.model.made import Made
from churnsim.model.outcome import Outcome
from churnsim.model.sink import Sink
from churnsim.model.store import durable
from churnsim.model.traffic import Load
from churnsim.trace.code import Family
from churnsim.trace.holder import own
from churnsim.trace.intervals import Spans, union
from churnsim.trace.pace import Pace, pace
from churnsim.trace.signature import signers
from churnsim.trace.trace import Trace, typed_table

Floats = NDArray[np.float64]
Rows = dict[str, Any]


@dataclass(frozen=True)
class Duties:
    """What a scenario says of evidence.

    Parameters
    ----------
    sinks, artefacts, outcomes : mapping
        Recipes by name, in the order of their codes.
    loads : mapping of str to Load
        What is offered, by workload that is offered any.
    abrupt : frozenset of str
        Causes of ends without notice.
    edges : ndarray, shape (b + 1,)
        Edges [s] of spans of time, from the world's start to t1, in each of which requests come evenly.
    """

    sinks: Mapping[str, Sink]
    artefacts: Mapping[str, Artefact]
    outcomes: Mapping[str, Outcome]
    loads: Mapping[str, Load]
    abrupt: frozenset[str]
    edges: Floats


def evidenced(trace: Trace, duties: Duties, streams: Streams) -> Trace:
    """Complete a run by its evidence, and by when requests were refused for want of it.

    Parameters
    ----------
    trace : Trace
        Lives, credentials, policies and outages, all but the traffic.
    duties : Duties
        What is owed.
    streams : Streams
        The random streams of this replication.

    Returns
    -------
    Trace
        With `artefacts` and `obstructions`.
    """
    if not duties.artefacts:
        return trace
    archive = _Archive(trace, duties, streams)
    blocked = archive.obstructions()
    trace = _with(trace, "obstructions", {"unit": blocked.group, "start": blocked.start, "end": blocked.end})
    rows = list(_Archive(trace, duties, streams).rows())
    columns = {name: np.concatenate([part[name] for part in rows]) for name in rows[0]}
    order = np.lexsort([columns[name] for name in ("fate", "start", "unit", "artefact")])
    return _with(trace, "artefacts", {name: column[order] for name, column in columns.items()})


def _with(trace: Trace, table: str, columns: Rows) -> Trace:
    return Trace(trace.meta, {**trace.tables, table: typed_table(table, columns)})


def _with_jumps(edges: Floats, load: Load) -> Floats:
    inside = (load.jumps > edges[0]) & (load.jumps < edges[-1])
    return np.union1d(edges, load.jumps[inside])


@dataclass(frozen=True)
class _Archive:
    """All artefacts of one run."""

    trace: Trace
    duties: Duties
    streams: Streams

    def obstructions(self) -> Spans:
        """When units refuse requests because the evidence of these cannot be kept."""
        blocked = Spans.of(np.empty(0), np.empty(0))
        chosen = {name: each for name, each in self.duties.artefacts.items() if self._outcome(each).can_wait}
        for each in chosen.values():
            if each.shipping.is_at_once:
                blocked = union(blocked, self._shut(each))
        for name, each in chosen.items():
            if each.buffer is not None and each.buffer.when_full == "block":
                lot = self._chain(name).lot(self.trace, self._made(each).divided(blocked)[1], self.streams)
                lost, made = lot.is_lost[lot.cell], lot.made
                full = Spans.of(made.start[lost], made.end[lost], made.unit[lost])
                blocked = union(blocked, full)
        return blocked

    def rows(self) -> Iterator[Rows]:
        """Yield rows of the table `artefacts`, sort by sort."""
        lots = {
            name: self._chain(name).lot(self.trace, self._made(each), self.streams)
            for name, each in self.duties.artefacts.items()
        }
        number = {name: code for code, name in enumerate(self.duties.artefacts)}
        for code, (name, sink) in enumerate(self.duties.sinks.items()):
            mine = [lot for lot in lots.values() if lot.artefact.sink == name]
            instants = durable(sink, self._down(code), mine, self.streams)
            retention = np.inf if sink.retention is None else sink.retention
            for lot, at in zip(mine, instants, strict=True):
                rows = lot.rows(self.trace, at, retention, self.streams)
                yield rows | {"artefact": np.full(rows["unit"].size, number[lot.name])}

    def _outcome(self, artefact: Artefact) -> Outcome:
        return self.duties.outcomes[artefact.of]

    def _code(self, artefact: Artefact) -> int:
        return self.trace.code("workload", self._outcome(artefact).workload)

    def _made(self, artefact: Artefact) -> Made:
        code = self._code(artefact)
        return self._outcome(artefact).made(self.trace, code, self._paces.get(code))

    @cached_property
    def _paces(self) -> dict[int, Pace]:
        edges, loads = self.duties.edges, self.duties.loads
        return {
            code: pace(self.trace, code, _with_jumps(edges, loads[name]), loads[name].between)
            for code, name in enumerate(self.trace.names("workload"))
            if name in loads
        }

    def _down(self, sink: int) -> Spans:
        """When one sink takes nothing in, as the only group."""
        every = self.trace.unavailable(Family.SINK)
        mine = every.where(every.group == sink)
        return Spans(mine.start, mine.end, np.zeros(len(mine), np.int64))

    def _chain(self, name: str) -> Chain:
        artefact, causes = self.duties.artefacts[name], self.trace.meta.causes
        workload, sink = self._code(artefact), self.trace.code("sink", artefact.sink)
        abrupt = frozenset(code for code, cause in enumerate(causes) if cause in self.duties.abrupt)
        return Chain(
            name,
            artefact,
            artefact.holder.holders(self.trace, workload, abrupt, self.streams),
            self.duties.sinks[artefact.sink],
            self._down(sink),
            self._sound(workload) if artefact.signed else None,
            self._troubled(artefact.of),
        )

    def _troubled(self, name: str) -> Made | None:
        """Outcomes of one kind that were in trouble; None where nothing that explains them is sampled."""
        outcome, artefacts = self.duties.outcomes[name], self.duties.artefacts
        explaining = [artefacts[owed] for owed in outcome.owes]
        explaining += [each for each in artefacts.values() if each.of == name]
        if all(each.sampling is None for each in explaining):
            return None
        code = self.trace.code("workload", outcome.workload)
        return outcome.troubled(self.trace, code, self._paces.get(code))

    def _shut(self, artefact: Artefact) -> Spans:
        """When units cannot answer because the sink is down that has to be asked first."""
        down, units = self._down(self.trace.code("sink", artefact.sink)), self.trace["units"]
        mine = np.flatnonzero(units["workload"] == self._code(artefact))
        until = np.where(np.isnan(units["gone"][mine]), self.trace.meta.t1, units["gone"][mine])
        end = np.minimum(down.end[None, :], until[:, None]).ravel()
        return Spans.of(np.tile(down.start, mine.size), end, np.repeat(mine, len(down)))

    def _sound(self, workload: int) -> Spans:
        """When units hold a credential that is good, signed with a key that nobody had stolen by then."""
        issuer = self.trace.meta.workloads[workload].issuer
        table, row = self.trace["credentials"], own(self.trace, issuer)
        row = row[self.trace["units"]["workload"][table["unit"][row]] == workload]
        until = np.fmin(table["expires"][row], table["revoked"][row])
        forgers, key = self.trace["forgers"], signers(self.trace, issuer, table["issued"][row])
        for number in np.flatnonzero(forgers["issuer"] == issuer).tolist():
            stolen = key == forgers["key"][number]
            until[stolen] = np.minimum(until[stolen], forgers["time"][number])
        return Spans.of(table["issued"][row], until, table["unit"][row])
