"""Units that answer from their cache although the newest version of their policy says otherwise."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.gap.policy import decisions, enforcement
from churnsim.metrics.gap.table import Cause, GapFamily, Gaps, Side, rows
from churnsim.metrics.overlap import overlap, remainder
from churnsim.trace import Trace
from churnsim.trace.intervals import InverseCount, Spans, steps


def cached(trace: Trace, policy: int, workload: int) -> list[Gaps]:
    """Wrong decisions that units repeat from their caches; a cache that is right by luck is no gap.

    A unit that has lapsed asks no cache, so lapses are cut out.
    """
    meta, table, head = trace.meta, trace["cached"], decisions(trace, policy)
    mine = (table["policy"] == policy) & (trace["units"]["workload"][table["unit"]] == workload)
    if not mine.any():
        return []
    unit, principal, allowed = (table[name][mine] for name in ("unit", "principal", "allowed"))
    held = Spans(table["start"][mine], table["end"][mine], principal.astype(np.int64))
    met = overlap(held, Spans(head.start, head.end, head.principal))
    wrong = head.allowed[met.right] != allowed[met.left]
    row, start, end = met.left[wrong], met.start[wrong], met.end[wrong]

    lapses = trace["lapses"]
    lapsed = Spans.of(lapses["start"], lapses["end"], lapses["unit"])
    left = remainder(Spans(start, end, unit[row]), lapsed)
    row = row[left.group]
    points = enforcement(trace, workload)
    share = InverseCount(steps(points.start, points.end))
    is_over = allowed[row] == 1
    return [
        rows(
            np.where(is_over, Side.OVER, Side.UNDER),
            GapFamily.POLICY,
            cause=np.where(is_over, Cause.DECISION_CACHE, Cause.NEGATIVE_CACHE),
            workload=workload,
            unit=unit[row],
            principal=principal[row],
            start=left.start,
            end=left.end,
            open=left.end >= meta.t1,
            weight=share.between(left.start, left.end) / left.length,
            seconds=share.between(np.clip(left.start, meta.t0, meta.t1), np.clip(left.end, meta.t0, meta.t1)),
        )
    ]
