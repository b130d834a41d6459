"""Units that outlive their environment, credentials and all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.metrics.gap.table import Cause, GapFamily, Gaps, Side, rows
from churnsim.metrics.overlap import inside
from churnsim.trace import Trace
from churnsim.trace.acceptance import Acceptance
from churnsim.trace.holder import of_units, own
from churnsim.trace.intervals import Spans, intersection
from churnsim.trace.resident import disowned


def disownings(trace: Trace, issuer: int) -> list[Gaps]:
    """Over-trust of each disowned unit at each point, from when it is wanted no longer until it is gone.

    It renews what it holds like any other, so that nothing else ends it; the cause is `orphan_unit`. What is
    accepted of it after that is that of any unit that is gone.
    """
    row = own(trace, issuer)
    mine = row[~np.isnan(disowned(trace)[trace["credentials"]["unit"][row]])]
    return [gaps for accepted in of_units(trace, issuer, mine) for gaps in _disowned(trace, accepted)]


def _disowned(trace: Trace, accepted: Acceptance) -> Iterator[Gaps]:
    units, meta, points = trace["units"], trace.meta, accepted.point.size
    unit = np.unique(accepted.holder)
    if not unit.size or not points:
        return
    end = np.fmin(units["gone"][unit], meta.t1)
    pair = (unit[:, None] * points + np.arange(points)).ravel()
    unwanted = Spans.of(np.repeat(disowned(trace)[unit], points), np.repeat(end, points), pair)
    spans = intersection(accepted.enforced(), unwanted)
    holder, place = np.divmod(spans.group, points)
    weight = accepted.weight[place]
    yield rows(
        Side.OVER,
        GapFamily.CREDENTIAL,
        cause=Cause.ORPHAN_UNIT,
        workload=units["workload"][holder],
        unit=holder,
        point=accepted.point[place],
        start=spans.start,
        end=spans.end,
        open=spans.end >= meta.t1,
        weight=weight,
        seconds=weight * inside(spans.start, spans.end, meta.t0, meta.t1),
    )
