"""Credentials that outlive their unit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.metrics.gap.table import Cause, GapFamily, Gaps, Side, rows
from churnsim.metrics.overlap import inside
from churnsim.trace import Trace
from churnsim.trace.acceptance import Acceptance
from churnsim.trace.holder import of_units
from churnsim.trace.intervals import Spans, difference, union


def orphans(trace: Trace, issuer: int) -> list[Gaps]:
    """Over-trust of each gone unit at each point, from `gone` until the last of its credentials is refused.

    At an instant the cause is `orphan_credential` while some accepted credential is neither expired nor
    revoked, else `revocation_not_propagated` while one is not expired, else `clock_skew` while the error of
    the point's clock would suffice alone, else `leeway`. Every credential of a unit is issued before the
    unit is gone, so that each of these is a stretch that begins where the one before ends, but for the times
    at which the point cannot verify it for want of its key or of an answer, or because its clock was set
    back. One that is gone has no connections left.
    """
    units, credentials = trace["units"], trace["credentials"]
    gone = units["gone"][credentials["unit"]]
    mine = (credentials["issuer"] == issuer) & (credentials["bearer"] == -1) & ~np.isnan(gone)
    row = np.flatnonzero(mine)
    return [
        gaps
        for accepted in of_units(trace, issuer, row)
        for gaps in (_interrupted(trace, accepted) if accepted.holes else _outlived(trace, accepted))
    ]


def _interrupted(trace: Trace, accepted: Acceptance) -> Iterator[Gaps]:
    """Yield the gaps of the units in one block where some point has second thoughts: sets instead of ends."""
    units, meta = trace["units"], trace.meta
    gone, expires = units["gone"][accepted.holder][:, None], accepted.expires[:, None]
    known = Spans.of([], [])
    for cause, end in (
        (Cause.ORPHAN_CREDENTIAL, np.minimum(expires, accepted.revoked[:, None])),
        (Cause.REVOCATION_NOT_PROPAGATED, expires),
        (Cause.CLOCK_SKEW, accepted.elapsed),
        (Cause.LEEWAY, np.inf),
    ):
        spans = accepted.accepted(gone, np.broadcast_to(end, accepted.until.shape))
        new = difference(spans, known)
        known = union(known, spans)
        new = new.where(new.start < meta.t1)
        unit, place = np.divmod(new.group, accepted.point.size)
        weight = accepted.weight[place]
        yield rows(
            Side.OVER,
            GapFamily.CREDENTIAL,
            cause=cause,
            workload=units["workload"][unit],
            unit=unit,
            point=accepted.point[place],
            start=new.start,
            end=np.minimum(new.end, meta.t1),
            open=new.end > meta.t1,
            weight=weight,
            seconds=weight * inside(new.start, new.end, meta.t0, meta.t1),
        )


def _outlived(trace: Trace, accepted: Acceptance) -> Iterator[Gaps]:
    """Yield the gaps of the units in one block, cause by cause."""
    units, meta = trace["units"], trace.meta
    if not accepted.row.size or not accepted.point.size:
        return
    owner, first = np.unique(accepted.holder, return_index=True)
    expires = accepted.expires[:, None]
    ends = (
        (Cause.ORPHAN_CREDENTIAL, np.minimum(expires, accepted.revoked[:, None])),
        (Cause.REVOCATION_NOT_PROPAGATED, expires),
        (Cause.CLOCK_SKEW, accepted.elapsed),
        (Cause.LEEWAY, np.inf),
    )
    since = np.broadcast_to(units["gone"][owner][:, None], (owner.size, accepted.point.size))
    for cause, end in ends:
        until = np.maximum.reduceat(np.minimum(accepted.until, end), first, axis=0)
        unit, point = np.nonzero((until > since) & (since < meta.t1))
        start, stop = since[unit, point], until[unit, point]
        weight = accepted.weight[point]
        yield rows(
            Side.OVER,
            GapFamily.CREDENTIAL,
            cause=cause,
            workload=units["workload"][owner[unit]],
            unit=owner[unit],
            point=accepted.point[point],
            start=start,
            end=np.minimum(stop, meta.t1),
            open=stop > meta.t1,
            weight=weight,
            seconds=weight * inside(start, stop, meta.t0, meta.t1),
        )
        since = np.maximum(since, until)
