"""Credentials that outlive their unit."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.gap.acceptance import acceptance
from churnsim.metrics.gap.table import Cause, GapFamily, Gaps, Side, rows
from churnsim.metrics.overlap import inside
from churnsim.trace import Trace


def orphans(trace: Trace, issuer: int) -> list[Gaps]:
    """Over-trust of each gone unit at each point, from `gone` until the last of its credentials is refused.

    At an instant the cause is `orphan_credential` while some accepted credential is neither expired nor
    revoked, else `revocation_not_propagated` while one is not expired, else `clock_skew` while the error of
    the point's clock would suffice alone, else `leeway`. Every credential of a unit is issued before the
    unit is gone, so that each of these is a stretch that begins where the one before ends.
    """
    units, credentials, meta = trace["units"], trace["credentials"], trace.meta
    gone = units["gone"][credentials["unit"]]
    mine = (credentials["issuer"] == issuer) & (credentials["bearer"] == -1) & ~np.isnan(gone)
    accepted = acceptance(trace, issuer, np.flatnonzero(mine))
    if not accepted.row.size or not accepted.point.size:
        return []
    owner, first = np.unique(credentials["unit"][accepted.row], return_index=True)
    gone = units["gone"][owner][:, None]
    expires = credentials["expires"][accepted.row][:, None]
    revoked = np.nan_to_num(credentials["revoked"][accepted.row], nan=np.inf)[:, None]
    ends = (
        (Cause.ORPHAN_CREDENTIAL, np.minimum(expires, revoked)),
        (Cause.REVOCATION_NOT_PROPAGATED, expires),
        (Cause.CLOCK_SKEW, expires - accepted.skew),
        (Cause.LEEWAY, np.inf),
    )
    found = []
    since = np.broadcast_to(gone, (owner.size, accepted.point.size))
    for cause, end in ends:
        until = np.maximum.reduceat(np.minimum(accepted.until, end), first, axis=0)
        unit, point = np.nonzero((until > since) & (since < meta.t1))
        start, stop = since[unit, point], until[unit, point]
        weight = accepted.weight[point]
        found.append(
            rows(
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
        )
        since = np.maximum(since, until)
    return found
