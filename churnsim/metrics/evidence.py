"""Evidence: which verification artefacts are lost, and which outcomes cannot be explained in time."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import floor, sqrt

import numpy as np

from churnsim.metrics.explanation import (
    CAUSES,
    Outcomes,
    durable_at,
    kept,
    kept_in_trouble,
    outcomes,
    unexplained,
)
from churnsim.metrics.measurement import Durations, Ratio, Scalar
from churnsim.metrics.registry import measure
from churnsim.trace import Trace
from churnsim.trace.code import Family, Fate, ServiceState, UnitState
from churnsim.trace.intervals import Spans, clip, intersection, union

LOST = tuple(fate.name.lower() for fate in Fate if fate.is_lost)
PATIENCE_S = 900.0
AROUND_S = 300.0
SAMPLES = 2000
_GOLDEN = (sqrt(5.0) - 1.0) / 2.0


@measure("evidence.loss_fraction", unit="share", better="lower", parts="cause", members=LOST)
def loss_fraction(trace: Trace) -> dict[str, Ratio]:
    """Share of the artefacts made in the window that are lost by its end, by cause."""
    table = trace["artefacts"]
    inside = table["start"] >= trace.meta.t0
    fate, number = table["fate"][inside], table["number"][inside]
    made = float(number.sum())
    parts: dict[str, Ratio] = {
        cause: Ratio(float(number[fate == Fate[cause.upper()]].sum()), made) for cause in LOST
    }
    return {"": Ratio(float(number[fate > Fate.BUFFERED].sum()), made), **parts}


@measure("evidence.gap", unit="share", better="lower", parts="cause", members=CAUSES)
def gap(trace: Trace) -> dict[str, Ratio]:
    """Share of the outcomes that cannot be explained 15 min later; first artefact missing, by cause."""
    return _by_cause(_gaps(trace, None)[0])


@measure("evidence.gap_in_trouble", unit="share", better="lower", parts="cause", members=CAUSES)
def gap_in_trouble(trace: Trace) -> dict[str, Ratio]:
    """The same of outcomes in trouble: refused, failed, decided by rote, or not done at the first attempt.

    Of kinds of outcomes of which anything is sampled, by whatever rule. Of requests that are not sampled by
    what becomes of them each row of artefacts counts as it was on average.
    """
    return _by_cause(_gaps(trace, None)[1])


@measure("evidence.gap_at_incident", unit="share", better="lower")
def gap_at_incident(trace: Trace) -> Ratio:
    """The same of outcomes within 5 min of an outage, or of the crash of the unit that they happened at."""
    return _by_cause(_gaps(trace, _incidents(trace))[0])[""]


@measure("evidence.gap_at_incident_ratio", unit="1", better="lower")
def gap_at_incident_ratio(trace: Trace) -> Scalar:
    """How many times as large the gap is at incidents as it is overall."""
    overall, there = gap(trace)[""].value, gap_at_incident(trace).value
    return Scalar(None if not overall or there is None else there / overall)


@measure("evidence.latency.p95", unit="s", better="lower")
def latency_p95(trace: Trace) -> Durations:
    """Time from an outcome to the last of its artefacts durable, 95th percentile; lost ones never are.

    Of each kind 2,000 outcomes are looked at, evenly spread over all of them.
    """
    lengths, censored = [np.empty(0)], [np.empty(0, bool)]
    for code, info in enumerate(trace.meta.outcomes):
        unit, time, troubled = _some(outcomes(trace, code))
        durable = np.full(time.size, -np.inf)
        luck = (np.arange(time.size) + 0.5) * _GOLDEN % 1.0
        is_troubled = (np.arange(time.size) + 0.5) * sqrt(2.0) % 1.0 < troubled
        for owed in info.owes:
            found = luck < np.where(is_troubled, kept_in_trouble(trace, owed), kept(trace, owed))
            durable = np.maximum(durable, np.where(found, durable_at(trace, owed, unit, time), np.inf))
        never = durable >= trace.meta.t1
        lengths.append(np.where(never, trace.meta.t1, durable) - time)
        censored.append(never)
    return Durations(np.concatenate(lengths), np.concatenate(censored), 0.95)


@dataclass
class _Gap:
    """Outcomes that cannot be explained in time, by cause, and all of them."""

    missing: dict[str, float] = field(default_factory=lambda: dict.fromkeys(CAUSES, 0.0))
    total: float = 0.0


def _by_cause(found: _Gap) -> dict[str, Ratio]:
    parts = {cause: Ratio(found.missing[cause], found.total) for cause in CAUSES}
    return {"": Ratio(sum(found.missing.values()), found.total), **parts}


def _gaps(trace: Trace, where: Spans | None) -> tuple[_Gap, _Gap]:
    """The gap of all outcomes, and of those in trouble; everywhere, or in spans by unit."""
    every, troubled = _Gap(), _Gap()
    window = clip(_everywhere(trace) if where is None else where, trace.meta.t0, trace.meta.t1 - PATIENCE_S)
    for code, info in enumerate(trace.meta.outcomes):
        all_of_them = outcomes(trace, code).within(window)
        share = min(kept(trace, owed) for owed in info.owes)
        there = min(kept_in_trouble(trace, owed) for owed in info.owes)
        for cause, spans in unexplained(trace, info, PATIENCE_S).items():
            lacking = all_of_them.within(spans)
            every.missing[cause] += share * lacking.total + (there - share) * lacking.in_trouble
            troubled.missing[cause] += there * lacking.in_trouble
        total, in_trouble = all_of_them.total, all_of_them.in_trouble
        every.missing["sampled_out"] += (1.0 - share) * total - (there - share) * in_trouble
        troubled.missing["sampled_out"] += (1.0 - there) * in_trouble
        every.total += total
        troubled.total += in_trouble
    return every, troubled


def _everywhere(trace: Trace) -> Spans:
    units = trace["units"]["unit"]
    return Spans.of(np.full(units.size, trace.meta.start), trace.meta.t1, units)


def _incidents(trace: Trace) -> Spans:
    """Within 5 min of the beginning of an outage, or of the end of a unit by a failure, by unit."""
    units, meta = trace["units"]["unit"], trace.meta
    begins = [
        trace.intervals(family, ServiceState.DOWN)["start"]
        for family in (Family.ISSUER, Family.SOURCE, Family.OWNER, Family.SINK)
    ]
    outages = np.unique(np.concatenate(begins))
    ends = trace.intervals(Family.UNIT, UnitState.GONE)
    struck = np.isin(ends["cause"], meta.strikes)
    at = np.concatenate([np.tile(outages, units.size), ends["start"][struck]])
    whose = np.concatenate([np.repeat(units, outages.size), ends["entity"][struck]])
    return intersection(union(Spans.of(at - AROUND_S, at + AROUND_S, whose)), _everywhere(trace))


def _some(every: Outcomes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unit, time and share in trouble of outcomes evenly spread over all of them."""
    count = min(SAMPLES, floor(every.total))
    sums = np.cumsum(every.number)
    at = (np.arange(count) + 0.5) / max(count, 1) * every.total
    row = np.minimum(np.searchsorted(sums, at, side="right"), max(sums.size - 1, 0))
    if every.pace is None:
        return every.unit[row], every.start[row], every.troubled[row]
    share = (at - (sums[row] - every.number[row])) / every.number[row]
    low, high = every.pace.at(every.start[row]), every.pace.at(every.end[row])
    time = np.clip(every.pace.when(low + share * (high - low)), every.start[row], every.end[row])
    return every.unit[row], np.minimum(time, np.nextafter(every.end[row], -np.inf)), every.troubled[row]
