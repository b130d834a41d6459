"""Units that decide by rote: without their policy for too long or yet, or by a poisoned version of it."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.gap.policy import copies, decisions, enforcement
from churnsim.metrics.gap.stale import mistakes
from churnsim.metrics.gap.table import Cause, GapFamily, Gaps, Side, rows
from churnsim.metrics.overlap import Floats, overlap
from churnsim.trace import LapseMode, Trace
from churnsim.trace.intervals import InverseCount, Spans, clip, intersection, steps

_WRONG = {
    LapseMode.DENY: (Side.UNDER, Cause.FAIL_CLOSED),
    LapseMode.ALLOW: (Side.OVER, Cause.FAIL_OPEN),
    LapseMode.POISON_DENY: (Side.UNDER, Cause.POISON_POLICY),
    LapseMode.POISON_ALLOW: (Side.OVER, Cause.POISON_POLICY),
    LapseMode.FIRST_DENY: (Side.UNDER, Cause.NO_POLICY_AT_START),
    LapseMode.FIRST_ALLOW: (Side.OVER, Cause.NO_POLICY_AT_START),
}


def lapses(trace: Trace, policy: int, workload: int) -> list[Gaps]:
    """Wrong decisions of each lapsed unit, one row for each lapse about all principals it is wrong about.

    A unit that denies everybody is wrong about those whom the newest version allows, one that allows
    everybody about the others.
    """
    return _lapses(trace, policy, workload, spared=False)


def spared(trace: Trace, policy: int, workload: int) -> list[Gaps]:
    """Return the same about those principals alone whom the version in force would judge rightly."""
    return _lapses(trace, policy, workload, spared=True)


def _lapses(trace: Trace, policy: int, workload: int, *, spared: bool) -> list[Gaps]:
    meta, points = trace.meta, enforcement(trace, workload)
    share = InverseCount(steps(points.start, points.end))
    found = []
    for mode, (side, cause) in _WRONG.items():
        lapsed = _lapsed(trace, policy, workload, mode)
        if not len(lapsed):
            continue
        inside = _within(lapsed, meta.t0, meta.t1)
        whole = _pair_seconds(trace, policy, mode, lapsed, share)
        seconds = _pair_seconds(trace, policy, mode, inside, share)
        if spared:
            whole -= _mistaken(trace, policy, workload, mode, lapsed, share)
            seconds -= _mistaken(trace, policy, workload, mode, inside, share)
        found.append(
            rows(
                side,
                GapFamily.POLICY,
                cause=cause,
                workload=workload,
                unit=lapsed.group,
                start=lapsed.start,
                end=lapsed.end,
                open=lapsed.end >= meta.t1,
                weight=whole / lapsed.length,
                seconds=seconds,
            )
        )
    return found


def misjudged(trace: Trace, policy: int, workload: int, mode: LapseMode) -> Spans:
    """When some lapsed unit is wrong about each principal, by principal."""
    lapsed = _lapsed(trace, policy, workload, mode)
    anywhere = Spans.of(lapsed.start, lapsed.end)
    wrong = _victims(trace, policy, mode)
    met = overlap(Spans(wrong.start, wrong.end, np.zeros(len(wrong), np.int64)), anywhere)
    return Spans.of(met.start, met.end, wrong.group[met.left])


def _lapsed(trace: Trace, policy: int, workload: int, mode: LapseMode) -> Spans:
    """When each unit has lapsed while it was an enforcement point, by unit."""
    table = trace["lapses"]
    chosen = (table["policy"] == policy) & (table["mode"] == mode)
    lapsed = Spans.of(table["start"][chosen], table["end"][chosen], table["unit"][chosen])
    return intersection(clip(lapsed, -np.inf, trace.meta.t1), enforcement(trace, workload))


def _victims(trace: Trace, policy: int, mode: LapseMode) -> Spans:
    """When a unit in `mode` would be wrong about each principal, by principal."""
    head = decisions(trace, policy)
    wrong = (head.allowed == mode.denies) & (head.start < head.end)  # two commits at an instant leave nothing
    return Spans(head.start[wrong], head.end[wrong], head.principal[wrong])


def _within(spans: Spans, low: float, high: float) -> Spans:
    """Clip each interval to ``[low, high)``, keeping those outside as empty ones."""
    return Spans(np.clip(spans.start, low, high), np.clip(spans.end, low, high), spans.group)


def _pair_seconds(trace: Trace, policy: int, mode: LapseMode, lapsed: Spans, share: InverseCount) -> Floats:
    """Integral over each lapse of wrongly decided principals over enforcement points [pair s]."""
    victims = _victims(trace, policy, mode)
    if not len(victims):
        return np.zeros(len(lapsed))
    count = steps(victims.start, victims.end)
    pieces = Spans(count.times, np.append(count.times[1:], np.inf), np.zeros(count.times.size, np.int64))
    met = overlap(Spans(lapsed.start, lapsed.end, np.zeros(len(lapsed), np.int64)), pieces)
    each = count.counts[met.right] * share.between(met.start, met.end)
    return np.asarray(np.bincount(met.left, each, len(lapsed)), np.float64)


def _mistaken(
    trace: Trace, policy: int, workload: int, mode: LapseMode, lapsed: Spans, share: InverseCount
) -> Floats:
    """Integral over each lapse of principals whom the version in force judges as wrongly [pair s]."""
    head, seconds = decisions(trace, policy), np.zeros(len(lapsed))
    for held in copies(trace, workload):
        wrong, change = mistakes(held.where(np.isin(held.unit, lapsed.group)), head)
        met = overlap(wrong.where(head.allowed[change] == mode.denies), lapsed)
        seconds += np.bincount(met.right, share.between(met.start, met.end), len(lapsed))
    return seconds
