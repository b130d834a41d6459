"""Units that answer from their cache although the newest version of their policy says otherwise."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.gap.fold import Fold
from churnsim.metrics.gap.policy import Decisions, decisions
from churnsim.metrics.gap.table import Cause, Gaps, Side
from churnsim.metrics.overlap import Ints, overlap, remainder
from churnsim.trace import Trace
from churnsim.trace.intervals import Spans


def cached(trace: Trace, policy: int, workload: int) -> list[Gaps]:
    """Wrong decisions that units repeat from their caches, those of all units about a principal in one row.

    A cache that is right by luck is no gap. A unit that has lapsed asks no cache, so lapses are cut out.
    """
    head, fold = decisions(trace, policy), Fold(trace, workload)
    fold.add(*cached_units(trace, policy, workload, head))
    is_over = head.allowed == 0
    side = np.where(is_over, Side.OVER, Side.UNDER)
    cause = np.where(is_over, Cause.DECISION_CACHE, Cause.NEGATIVE_CACHE)
    return [fold.rows(trace, side, cause, head.principal, workload=workload)]


def cached_units(trace: Trace, policy: int, workload: int, head: Decisions) -> tuple[Spans, Ints]:
    """Wrong decisions from the caches of single units, by unit, and which row of `head` each is against."""
    table = trace["cached"]
    mine = (table["policy"] == policy) & (trace["units"]["workload"][table["unit"]] == workload)
    unit, principal, allowed = (
        table[name][mine].astype(np.int64) for name in ("unit", "principal", "allowed")
    )
    held = Spans(table["start"][mine], table["end"][mine], principal)
    met = overlap(held, Spans(head.start, head.end, head.principal))
    wrong = head.allowed[met.right] != allowed[met.left]
    unit, change = unit[met.left[wrong]], met.right[wrong]
    lapses = trace["lapses"]
    lapsed = Spans.of(lapses["start"], lapses["end"], lapses["unit"])
    left = remainder(Spans(met.start[wrong], met.end[wrong], unit), lapsed)
    return Spans(left.start, left.end, unit[left.group]), change[left.group]
