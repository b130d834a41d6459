"""Credentials in the hands of a thief."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.gap.acceptance import Acceptance, acceptance
from churnsim.metrics.gap.table import Cause, GapFamily, Gaps, Side, rows
from churnsim.metrics.overlap import Floats, Ints, inside
from churnsim.trace import Trace
from churnsim.trace.intervals import Spans, difference, intersection


def thefts(trace: Trace, issuer: int) -> list[Gaps]:
    """Over-trust of each thief at each point, while the stolen credential or one renewed with it is accepted.

    The cause is `undetected_theft` until the theft is detected; from then on `awaiting_expiry` while some
    accepted credential is not revoked, else `revocation_not_propagated`.
    """
    credentials, stolen = trace["credentials"], trace["thefts"]
    theft, row = _loot(trace, issuer)
    unique, place = np.unique(row, return_inverse=True)  # one credential may be stolen twice
    accepted = acceptance(trace, issuer, unique)
    until, points = accepted.until[place], accepted.point.size
    if not row.size or not points:
        return []
    start = np.maximum(credentials["issued"][row], stolen["time"][theft])
    revoked = np.nan_to_num(credentials["revoked"][row], nan=np.inf)
    pair = theft[:, None] * points + np.arange(points)
    valid = _covered(start, until, pair)
    unrevoked = _covered(start, np.minimum(until, revoked[:, None]), pair)
    detected = np.repeat(np.nan_to_num(stolen["detected"], nan=np.inf), points)
    noticed = Spans.of(detected, np.inf, np.arange(detected.size))
    known = intersection(valid, noticed)
    found = (
        (Cause.UNDETECTED_THEFT, difference(valid, noticed)),
        (Cause.AWAITING_EXPIRY, intersection(unrevoked, noticed)),
        (Cause.REVOCATION_NOT_PROPAGATED, difference(known, unrevoked)),
    )
    return [_gaps(trace, cause, accepted, spans) for cause, spans in found]


def _loot(trace: Trace, issuer: int) -> tuple[Ints, Ints]:
    """Theft and row in `credentials` of everything that thieves hold."""
    credentials, stolen = trace["credentials"], trace["thefts"]
    if not stolen["theft"].size:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    mine = credentials["issuer"] == issuer
    renewed = np.flatnonzero(mine & (credentials["bearer"] >= 0))
    own = np.flatnonzero(mine & (credentials["bearer"] == -1))
    serials = max(credentials["serial"].max(initial=0), stolen["serial"].max(initial=0)) + 1
    name = credentials["unit"][own] * serials + credentials["serial"][own]
    wanted = stolen["unit"] * serials + stolen["serial"]
    order = np.argsort(name)
    place = np.searchsorted(name[order], wanted)
    found = np.flatnonzero(np.append(name[order], -1)[place] == wanted)
    theft = np.concatenate((found, credentials["bearer"][renewed]))
    return theft, np.concatenate((own[order][place[found]], renewed))


def _covered(start: Floats, until: Floats, pair: Ints) -> Spans:
    """Merge what each point accepts; arrays of shape (c,), (c, e), (c, e)."""
    return Spans.of(np.broadcast_to(start[:, None], until.shape).ravel(), until.ravel(), pair.ravel())


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
