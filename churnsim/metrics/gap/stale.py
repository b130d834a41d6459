"""Units that decide by a version of their policy that is no longer the newest."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.gap.policy import cached, copies, decisions, enforcement
from churnsim.metrics.gap.table import Cause, GapFamily, Gaps, Side, rows
from churnsim.metrics.overlap import Ints, remainder
from churnsim.trace import Trace
from churnsim.trace.intervals import InverseCount, Spans, steps


def stale(trace: Trace, policy: int, workload: int) -> list[Gaps]:
    """Wrong decisions of each unit about each principal: the version in force says other than the newest.

    Two changes that a unit has both missed may cancel; then it is right. While a unit has lapsed its version
    does not count, nor of whom its cache holds a decision, so both are cut out.
    """
    meta, (wrong, principal, allowed) = trace.meta, mistakes(trace, policy, workload)
    lapses = trace["lapses"]
    lapsed = Spans.of(lapses["start"], lapses["end"], lapses["unit"])
    left = remainder(wrong, lapsed)
    row = left.group
    whom = wrong.group[row] * meta.policies[policy].principals + principal[row]
    left = remainder(Spans(left.start, left.end, whom), cached(trace, policy))
    row = row[left.group]
    points = enforcement(trace, workload)
    share = InverseCount(steps(points.start, points.end))
    return [
        rows(
            np.where(allowed[row], Side.UNDER, Side.OVER),
            GapFamily.POLICY,
            cause=Cause.STALE_POLICY,
            workload=workload,
            unit=wrong.group[row],
            principal=principal[row],
            start=left.start,
            end=left.end,
            open=left.end >= meta.t1,
            weight=share.between(left.start, left.end) / left.length,
            seconds=share.between(np.clip(left.start, meta.t0, meta.t1), np.clip(left.end, meta.t0, meta.t1)),
        )
    ]


def mistakes(trace: Trace, policy: int, workload: int) -> tuple[Spans, Ints, Ints]:
    """Find what the version in force at each unit of `workload` is wrong about, lapsed or not.

    Returns
    -------
    Spans
        When, a row for each mistake; `group` is the unit.
    ndarray of int, ndarray of int
        About which principal; 1 where the newest version allows it, 0 where not.
    """
    head, held = decisions(trace, policy), copies(trace, policy, workload)
    changes = np.flatnonzero(head.version > 0)
    changes = changes[np.argsort(head.version[changes])]
    copy, change = held.missing(head.version[changes], head.start[changes])
    change = changes[change]
    known = head.rank(head.principal[change], held.version[copy])
    start = np.maximum(held.start[copy], head.start[change])
    end = np.minimum(held.end[copy], head.end[change])
    wrong = (end > start) & (head.allowed[known] != head.allowed[change])
    copy, change = copy[wrong], change[wrong]
    return Spans(start[wrong], end[wrong], held.unit[copy]), head.principal[change], head.allowed[change]
