"""Credentials in the hands of a thief."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.metrics.gap.table import Cause, GapFamily, Gaps, Side, rows
from churnsim.metrics.overlap import Ints, inside
from churnsim.trace import Trace
from churnsim.trace.acceptance import Acceptance, acceptances
from churnsim.trace.intervals import Spans, difference, intersection


def thefts(trace: Trace, issuer: int) -> list[Gaps]:
    """Over-trust of each thief at each point, while the stolen credential or one renewed with it is accepted.

    The cause is `undetected_theft` until the theft is detected; from then on `awaiting_expiry` while some
    accepted credential is not revoked, else `revocation_not_propagated`.
    """
    theft, row = loot(trace, issuer)
    return [gaps for accepted in acceptances(trace, issuer, row, theft) for gaps in _misused(trace, accepted)]


def _misused(trace: Trace, accepted: Acceptance) -> Iterator[Gaps]:
    """Yield the gaps of the thieves in one block, cause by cause."""
    stolen, points = trace["thefts"], accepted.point.size
    if not accepted.row.size or not points:
        return
    since = stolen["time"][accepted.holder][:, None]
    valid, unrevoked = accepted.accepted(since), accepted.accepted(since, accepted.revoked[:, None])
    thief = np.unique(accepted.holder)
    detected = np.repeat(np.nan_to_num(stolen["detected"][thief], nan=np.inf), points)
    noticed = Spans.of(detected, np.inf, (thief[:, None] * points + np.arange(points)).ravel())
    known = intersection(valid, noticed)
    found = (
        (Cause.UNDETECTED_THEFT, difference(valid, noticed)),
        (Cause.AWAITING_EXPIRY, intersection(unrevoked, noticed)),
        (Cause.REVOCATION_NOT_PROPAGATED, difference(known, unrevoked)),
    )
    for cause, spans in found:
        yield _gaps(trace, cause, accepted, spans)


def loot(trace: Trace, issuer: int) -> tuple[Ints, Ints]:
    """Theft and row in `credentials` of everything that thieves hold, by theft."""
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
    row = np.concatenate((own[order][place[found]], renewed))
    by_theft = np.argsort(theft, kind="stable")
    return theft[by_theft], row[by_theft]


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
