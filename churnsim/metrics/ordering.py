"""Order: what followed from something else, and is stamped by clocks that do not tell so."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.explanation import outcomes
from churnsim.metrics.gap.policy import decisions
from churnsim.metrics.measurement import Ratio
from churnsim.metrics.overlap import Floats, Ints
from churnsim.metrics.registry import measure
from churnsim.trace import Trace
from churnsim.trace.intervals import Spans, rank, union

PAIRS = ("succession", "delivery", "acknowledgement", "issuance", "version")


@measure("ordering.ambiguous_share", unit="share", better="lower", parts="pair", members=PAIRS)
def ambiguous_share(trace: Trace) -> dict[str, Ratio]:
    """Share of pairs, one following from the other, whose stamps are inverted or closer than the clock error.

    Of workloads whose clocks may be off, by pair: a unit is told to stop and its successor boots; a job is
    delivered and committed, committed and acknowledged; a credential is issued, or a version committed, and
    a unit decides about a request with it.
    """
    stamps = _Stamps(trace)
    counts = {
        "succession": stamps.of_successions(),
        "delivery": stamps.of_deliveries(),
        "acknowledgement": stamps.of_acknowledgements(),
        "issuance": stamps.of_decisions("issuer", stamps.issuances()),
        "version": stamps.of_decisions("policy", stamps.versions()),
    }
    unsure, total = (sum(count[part] for count in counts.values()) for part in (0, 1))
    return {"": Ratio(unsure, total), **{pair: Ratio(*count) for pair, count in counts.items()}}


class _Stamps:
    """Which clocks a trace has: error and bound of each unit's [s], and whether it has one."""

    def __init__(self, trace: Trace) -> None:
        units, bounds = trace["units"], np.array([info.clock_bound for info in trace.meta.workloads])
        self._trace = trace
        self._clocked = ~np.isnan(bounds)
        self._bound = np.nan_to_num(bounds)[units["workload"]]
        self._error = np.zeros(units["unit"].size)
        self._error[trace["clocks"]["unit"]] = trace["clocks"]["error"]

    def of_successions(self) -> tuple[float, float]:
        """Pairs that nobody can put in order, and all, of ends with notice and the starts that follow."""
        units = self._trace["units"]
        names = ("workload", "slot")
        follows = np.logical_and.reduce([units[name][1:] == units[name][:-1] for name in names])
        same = np.flatnonzero(follows & (units["created"][1:] == units["stopped"][:-1]))
        told = same[~np.isin(units["end_cause"][same], self._trace.meta.strikes)]
        began, followed = units["stopped"][told], units["booted"][told + 1]
        errors = self._error[told + 1] - self._error[told]
        return self._count(told, began, followed, errors, self._bound[told] + self._bound[told + 1])

    def of_deliveries(self) -> tuple[float, float]:
        """The same of jobs that a unit was handed, and committed."""
        ledger, table = self._trace["outcomes"], self._trace["deliveries"]
        row = rank(table["job"], table["attempt"], ledger["job"], ledger["attempt"].astype(float)) - 1
        unit = ledger["unit"]
        began = table["began"][row] if row.size else np.empty(0)
        return self._count(unit, began, ledger["committed"], self._error[unit], self._bound[unit])

    def of_acknowledgements(self) -> tuple[float, float]:
        """The same of jobs that a unit committed and the queue heard of, whichever came first."""
        ledger = self._trace["outcomes"]
        unit, committed, heard = ledger["unit"], ledger["committed"], ledger["acknowledged"]
        errors = np.where(heard < committed, self._error[unit], -self._error[unit])
        first, then = np.fmin(heard, committed), np.maximum(heard, committed)
        return self._count(unit, first, then, errors, self._bound[unit])

    def of_decisions(self, source: str, unsure: Spans) -> tuple[float, float]:
        """The same of requests decided upon by what comes from an issuer or a policy.

        Parameters
        ----------
        source : {"issuer", "policy"}
            From which of them.
        unsure : Spans
            When a decision at a unit cannot be put in order.
        """
        count, workloads = np.zeros(2), self._trace.meta.workloads
        for code, info in enumerate(self._trace.meta.outcomes):
            is_based = getattr(workloads[info.workload], source) >= 0
            if info.kind == "request" and is_based and self._clocked[info.workload]:
                every = outcomes(self._trace, code)
                count += every.within(unsure).total, every.total
        return float(count[0]), float(count[1])

    def issuances(self) -> Spans:
        """When a decision at a unit is stamped too early for it to be after its credential was issued."""
        table = self._trace["credentials"]
        row = np.flatnonzero(table["bearer"] == -1)
        return self._soon(table["unit"][row], table["issued"][row], table["issued"][row])

    def versions(self) -> Spans:
        """When a decision at a unit is stamped too early for it to be after its version was committed."""
        found = []
        adoptions, units = self._trace["adoptions"], self._trace["units"]
        for code, info in enumerate(self._trace.meta.workloads):
            if info.policy < 0 or not self._clocked[code]:
                continue
            mine = np.searchsorted(units["workload"], (code, code + 1)).astype(adoptions["unit"].dtype)
            rows = slice(*np.searchsorted(adoptions["unit"], mine))
            committed = np.append(-np.inf, decisions(self._trace, info.policy).committed)
            version, unit = adoptions["version"][rows], adoptions["unit"][rows].astype(np.int64)
            found.append(self._soon(unit, adoptions["applied"][rows], committed[version]))
        return union(*found) if found else Spans.of([], [])

    def _soon(self, unit: Ints, since: Floats, cause: Floats) -> Spans:
        """From when each unit goes by something until its stamps are surely later than that, or the next."""
        follows = np.append(unit[1:] == unit[:-1], False)[: unit.size]
        until = np.where(follows, np.append(since[1:], 0.0)[: unit.size], np.inf)
        surely = cause + self._bound[unit] - self._error[unit]
        return Spans.of(since, np.minimum(until, surely), unit)

    def _count(
        self, unit: Ints, first: Floats, then: Floats, errors: Floats, bound: Floats
    ) -> tuple[float, float]:
        meta, workload = self._trace.meta, self._trace["units"]["workload"]
        # What happens at one instant has no order that could be lost.
        counts = self._clocked[workload[unit]] & (then > first) & (then >= meta.t0) & (then < meta.t1)
        return float(np.count_nonzero((then - first + errors < bound) & counts)), float(counts.sum())
