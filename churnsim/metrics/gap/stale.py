"""Units that decide by a version of their policy that is no longer the newest."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.metrics.gap.fold import Fold
from churnsim.metrics.gap.policy import Copies, Decisions, cached, copies, decisions
from churnsim.metrics.gap.table import Cause, Gaps, Side
from churnsim.metrics.overlap import Ints, overlap, remainder
from churnsim.trace import Family, Trace
from churnsim.trace.intervals import Spans


def stale(trace: Trace, policy: int, workload: int) -> list[Gaps]:
    """Wrong decisions of the units of a workload about each principal, those of all units in one row.

    The version in force says other than the newest; the cause is `unreached_policy` while the unit does not
    reach the source, else `stale_policy`. Two changes that a unit has both missed may cancel; then
    it is right. While a unit has lapsed its version does not count, nor of whom its cache holds a decision,
    so both are cut out.
    """
    head, folds = decisions(trace, policy), dict[Cause, Fold]()
    for wrong, change in stale_units(trace, policy, workload, head):
        for cause, spans, row in by_reach(trace, wrong):
            folds.setdefault(cause, Fold(trace, workload)).add(spans, change[row])
    side = np.where(head.allowed, Side.UNDER, Side.OVER)
    return [
        fold.rows(trace, side, np.full(side.size, cause), head.principal, workload=workload)
        for cause, fold in folds.items()
    ]


def by_reach(trace: Trace, wrong: Spans) -> list[tuple[Cause, Spans, Ints]]:
    """Part mistakes of units by whether they reached their source: cause, when by unit, and which mistake."""
    severed = trace.severed(Family.SOURCE)
    if not len(severed):
        return [(Cause.STALE_POLICY, wrong, np.arange(len(wrong)))]
    left, met = remainder(wrong, severed), overlap(wrong, severed)
    return [
        (Cause.STALE_POLICY, Spans(left.start, left.end, wrong.group[left.group]), left.group),
        (Cause.UNREACHED_POLICY, Spans(met.start, met.end, wrong.group[met.left]), met.left),
    ]


def stale_units(trace: Trace, policy: int, workload: int, head: Decisions) -> Iterator[tuple[Spans, Ints]]:
    """Yield the wrong decisions of single units, by unit, and which row of `head` each is against."""
    lapses, principals = trace["lapses"], trace.meta.policies[policy].principals
    lapsed = Spans.of(lapses["start"], lapses["end"], lapses["unit"])
    overruled = cached(trace, policy)
    for held in copies(trace, workload):
        wrong, change = mistakes(held, head)
        left = remainder(wrong, lapsed)
        row = left.group
        whom = wrong.group[row] * principals + head.principal[change[row]]
        left = remainder(Spans(left.start, left.end, whom), overruled)
        row = row[left.group]
        yield Spans(left.start, left.end, wrong.group[row]), change[row]


def mistakes(held: Copies, head: Decisions) -> tuple[Spans, Ints]:
    """Find what versions in force at some units are wrong about, lapsed or not.

    Returns
    -------
    Spans
        When, a row for each mistake; `group` is the unit.
    ndarray of int
        Against which row of `head`.
    """
    changes = np.flatnonzero(head.version > 0)
    changes = changes[np.argsort(head.version[changes])]
    copy, change = held.missing(head.version[changes], head.start[changes])
    change = changes[change]
    start = np.maximum(held.start[copy], head.start[change])
    end = np.minimum(held.end[copy], head.end[change])
    known = head.rank(head.principal[change], held.version[copy])
    wrong = np.flatnonzero((end > start) & (head.allowed[known] != head.allowed[change]))
    copy, change = copy[wrong], change[wrong]
    return Spans(start[wrong], end[wrong], held.unit[copy]), change
