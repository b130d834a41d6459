"""Dwell: how long thieves are accepted, and what they were waiting for to end it."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.measurement import Durations, Ratio
from churnsim.metrics.overlap import Floats, Mask, inside
from churnsim.metrics.registry import measure
from churnsim.metrics.trust import GapFamily, episodes, gaps
from churnsim.trace import Trace
from churnsim.trace.acceptance import Acceptance
from churnsim.trace.holder import of_thieves
from churnsim.trace.intervals import Spans, difference, intersection, union

PHASES = ("detection", "response", "propagation", "expiry", "connection")


@measure("dwell.mean", unit="s", better="lower", parts="phase", members=PHASES)
def mean(trace: Trace) -> dict[str, Ratio]:
    """Mean time a thief is accepted at some point: thief-seconds in the window / thefts in it.

    By what would have ended it: its detection; then, of what some point accepts, that what is never revoked
    expires, that what is revoked later is revoked, that every point learns of the revocation; and when none
    accepts it any more, that its connections close.
    """
    found, thefts = episodes(trace), float(np.count_nonzero(_within(trace)))
    thief = found.family == GapFamily.THEFT
    parts = dict.fromkeys(PHASES, 0.0)
    for issuer in range(len(trace.meta.issuers)):
        for phase, spans in _phases(trace, issuer).items():
            parts[phase] += float(inside(spans.start, spans.end, trace.meta.t0, trace.meta.t1).sum())
    whole: dict[str, Ratio] = {"": Ratio(float(found.seconds[thief].sum()), thefts)}
    return whole | {phase: Ratio(seconds, thefts) for phase, seconds in parts.items()}


@measure("dwell.usable", unit="s", better="lower")
def usable(trace: Trace) -> Ratio:
    """Mean time a thief is accepted, points by weight: ∫Σ_e w_e O_e dt of thieves / thefts in the window."""
    found = gaps(trace)
    thief = found.family == GapFamily.THEFT
    return Ratio(float(found.seconds[thief].sum()), float(np.count_nonzero(_within(trace))))


@measure("dwell.p95", unit="s", better="lower")
def p95(trace: Trace) -> Durations:
    """95th percentile, over thefts in the window, of last instant accepted anywhere - theft; 0 if never."""
    found, stolen = episodes(trace), trace["thefts"]
    thief = found.family == GapFamily.THEFT
    last = stolen["time"].copy()
    np.maximum.at(last, found.pair[thief], found.end[thief])
    is_open = np.bincount(found.pair[thief & found.open], minlength=last.size) > 0
    within = _within(trace)
    return Durations((last - stolen["time"])[within], is_open[within], 0.95)


def _phases(trace: Trace, issuer: int) -> dict[str, Spans]:
    """When some point accepts each thief, by what it waits for; disjoint, by theft."""
    nothing = Spans.of(np.empty(0), np.empty(0))
    found = dict.fromkeys(PHASES, nothing)
    detected = np.nan_to_num(trace["thefts"]["detected"], nan=np.inf)
    for accepted in of_thieves(trace, issuer):
        if not accepted.row.size or not accepted.point.size:
            continue
        thief = np.unique(accepted.holder)
        noticed = Spans.of(detected[thief], np.inf, thief)
        revoked = accepted.revoked[:, None]
        never = np.where(np.isinf(revoked), np.inf, -np.inf)
        valid, unrevoked, unrevocable = (
            _somewhere(accepted, until) for until in (np.full_like(revoked, np.inf), revoked, never)
        )
        enforced = accepted.anywhere()
        known = intersection(valid, noticed)
        expiring = intersection(known, unrevocable)
        responding = difference(intersection(known, unrevoked), expiring)
        parts = (
            difference(enforced, noticed),
            responding,
            difference(known, union(expiring, responding)),
            expiring,
            difference(intersection(enforced, noticed), valid),
        )
        found = {phase: union(found[phase], part) for phase, part in zip(PHASES, parts, strict=True)}
    return found


def _somewhere(accepted: Acceptance, until: Floats) -> Spans:
    """When some point accepts something of each thief, each credential only until then, by theft."""
    held = accepted.accepted(until=until)
    return Spans.of(held.start, held.end, held.group // accepted.point.size)


def _within(trace: Trace) -> Mask:
    time = trace["thefts"]["time"]
    return np.asarray((time >= trace.meta.t0) & (time < trace.meta.t1))
