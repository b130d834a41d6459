"""Credentials in the hands of a thief."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.metrics.gap.table import Cause, GapFamily, Gaps, Side, rows
from churnsim.metrics.overlap import Floats, inside
from churnsim.trace import Trace
from churnsim.trace.acceptance import Acceptance
from churnsim.trace.holder import of_thieves
from churnsim.trace.intervals import Spans, difference, intersection


def thefts(trace: Trace, issuer: int) -> list[Gaps]:
    """Over-trust of each thief at each point, while what it holds is accepted or a connection of it is open.

    The cause is `undetected_theft` until the theft is detected and `awaiting_decision` until it is acted
    upon; from then on `awaiting_expiry` while some accepted credential is not revoked, else
    `revocation_not_propagated` while one is accepted at all, else `open_connection`.
    """
    return [gaps for accepted in of_thieves(trace, issuer) for gaps in _misused(trace, accepted)]


def _misused(trace: Trace, accepted: Acceptance) -> Iterator[Gaps]:
    """Yield the gaps of the thieves in one block, cause by cause."""
    stolen, points = trace["thefts"], accepted.point.size
    if not accepted.row.size or not points:
        return
    enforced, valid = accepted.enforced(), accepted.accepted()
    unrevoked = accepted.accepted(until=accepted.revoked[:, None])
    noticed, acted = (_since(stolen[name], accepted) for name in ("detected", "decided"))
    known = intersection(valid, acted)
    found = (
        (Cause.UNDETECTED_THEFT, difference(enforced, noticed)),
        (Cause.AWAITING_DECISION, difference(intersection(enforced, noticed), acted)),
        (Cause.AWAITING_EXPIRY, intersection(unrevoked, acted)),
        (Cause.REVOCATION_NOT_PROPAGATED, difference(known, unrevoked)),
        (Cause.OPEN_CONNECTION, difference(intersection(enforced, acted), valid)),
    )
    for cause, spans in found:
        yield _gaps(trace, cause, accepted, spans)


def _since(instant: Floats, accepted: Acceptance) -> Spans:
    """From an instant of each theft on, for ever, by pair."""
    thief, points = np.unique(accepted.holder), accepted.point.size
    start = np.repeat(np.nan_to_num(instant[thief], nan=np.inf), points)
    return Spans.of(start, np.inf, (thief[:, None] * points + np.arange(points)).ravel())


def _gaps(trace: Trace, cause: Cause, accepted: Acceptance, spans: Spans) -> Gaps:
    meta, stolen = trace.meta, trace["thefts"]
    spans = spans.where(spans.start < meta.t1)
    theft, place = np.divmod(spans.group, accepted.point.size)
    weight = accepted.weight[place]
    return rows(
        Side.OVER,
        GapFamily.THEFT,
        cause=cause,
        workload=stolen["workload"][theft],
        unit=stolen["unit"][theft],
        theft=theft,
        point=accepted.point[place],
        start=spans.start,
        end=np.minimum(spans.end, meta.t1),
        open=spans.end > meta.t1,
        weight=weight,
        seconds=weight * inside(spans.start, spans.end, meta.t0, meta.t1),
    )
