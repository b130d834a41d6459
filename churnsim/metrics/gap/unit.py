"""Which units of a workload are wrong about one principal, each in rows of its own."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.gap.cached import cached_units
from churnsim.metrics.gap.fold import Fold
from churnsim.metrics.gap.policy import Decisions, decisions
from churnsim.metrics.gap.stale import by_reach, stale_units
from churnsim.metrics.gap.table import Cause, GapFamily, Gaps, Side, concatenate, rows
from churnsim.metrics.overlap import Ints
from churnsim.trace import Trace
from churnsim.trace.intervals import Spans


def units_wrong(trace: Trace, workload: int, principal: int) -> Gaps:
    """Find where the units of a workload that uses a policy are wrong about one of its principals.

    The rows of `gaps` about the principal, unfolded; lapses, which are about everybody, are not among them.
    """
    policy = trace.meta.workloads[workload].policy
    head, fold = decisions(trace, policy).about(principal), Fold(trace, workload)
    parts = [
        _rows(trace, fold, workload, head, spans, change[row], (cause, cause))
        for wrong, change in stale_units(trace, policy, workload, head)
        for cause, spans, row in by_reach(trace, wrong)
    ]
    wrong, change = cached_units(trace, policy, workload, head)
    causes = (Cause.DECISION_CACHE, Cause.NEGATIVE_CACHE)
    return concatenate(*parts, _rows(trace, fold, workload, head, wrong, change, causes))


def _rows(
    trace: Trace,
    fold: Fold,
    workload: int,
    head: Decisions,
    wrong: Spans,
    change: Ints,
    causes: tuple[Cause, Cause],
) -> Gaps:
    """Rows of single units; `causes` of over-trust and of under-trust."""
    whole, inside = fold.weigh(wrong.start, wrong.end)
    is_under = head.allowed[change] == 1
    return rows(
        np.where(is_under, Side.UNDER, Side.OVER),
        GapFamily.POLICY,
        cause=np.where(is_under, causes[1], causes[0]),
        workload=workload,
        unit=wrong.group,
        principal=head.principal[change],
        start=wrong.start,
        end=wrong.end,
        open=wrong.end >= trace.meta.t1,
        weight=whole / wrong.length,
        seconds=inside,
    )
