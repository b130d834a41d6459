"""Units that hold no accepted credential although they should."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.gap.acceptance import Acceptance, own
from churnsim.metrics.gap.table import Cause, GapFamily, Gaps, Side, rows
from churnsim.metrics.overlap import Floats, Ints, Mask, inside, position
from churnsim.trace import Family, ServiceState, Trace
from churnsim.trace.intervals import Spans, difference, intersection


def lockouts(trace: Trace, issuer: int) -> list[Gaps]:
    """Under-trust of each unit at each point: what the point does not accept of [booted, gone).

    The cause is `clock_skew` while some credential is neither expired in true time nor refused as revoked;
    else by how the lockout began: `no_credential_at_start`, `false_revocation`, or by expiry, which is
    `expired_issuer_outage` if the issuer was down at some instant from when the renewal fell due until then,
    and `expired_late_renewal` if not. What lies wholly before the record begins is left out: the credentials
    of that time are not recorded.
    """
    credentials, meta = trace["credentials"], trace.meta
    accepted, intended = own(trace, issuer), intentions(trace, issuer)
    points = accepted.point.size
    if not points or not len(intended):
        return []
    every = np.arange(points)
    pair = credentials["unit"][accepted.row][:, None] * points + every
    issued = np.broadcast_to(credentials["issued"][accepted.row][:, None], pair.shape)
    expiry = np.minimum(credentials["expires"][accepted.row][:, None], accepted.learned)
    wanted = Spans(
        np.repeat(intended.start, points),
        np.repeat(intended.end, points),
        (intended.group[:, None] * points + every).ravel(),
    )
    locked = difference(wanted, Spans.of(issued.ravel(), accepted.until.ravel(), pair.ravel()))
    locked = locked.where(locked.end > meta.start)
    valid = Spans.of(issued.ravel(), expiry.ravel(), pair.ravel())
    skewed, expired = intersection(locked, valid), difference(locked, valid)
    began = locked.start[position(locked.group, locked.start, expired.group, expired.start, "right") - 1]
    causes = _causes(trace, issuer, accepted, pair, Spans(began, expired.start, expired.group))
    return [_gaps(trace, Cause.CLOCK_SKEW, accepted, skewed), _gaps(trace, causes, accepted, expired)]


def intentions(trace: Trace, issuer: int) -> Spans:
    """When each unit of `issuer` ought to be trusted: [booted, gone), by unit."""
    units, meta = trace["units"], trace.meta
    issuers = np.array([info.issuer for info in meta.workloads], np.int64)
    end = np.fmin(units["gone"], meta.t1)
    unit = np.flatnonzero((issuers[units["workload"]] == issuer) & (end > units["booted"]))
    return Spans(units["booted"][unit], end[unit], unit)


def nowhere(trace: Trace, issuer: int) -> Spans:
    """When each unit of `issuer` is locked out at all points at once, by unit."""
    accepted, credentials = own(trace, issuer), trace["credentials"]
    until = accepted.until.max(axis=1, initial=-np.inf)
    somewhere = Spans.of(credentials["issued"][accepted.row], until, credentials["unit"][accepted.row])
    return difference(intentions(trace, issuer), somewhere)


def _causes(trace: Trace, issuer: int, accepted: Acceptance, pair: Ints, gap: Spans) -> Ints:
    """Why each pair is locked out, where `gap.start` is when it was locked out and `gap.end` when expired."""
    credentials = trace["credentials"]
    accepts = accepted.until > credentials["issued"][accepted.row][:, None]
    holder, place = np.nonzero(accepts)
    until, pairs = accepted.until[accepts], pair[accepts]
    order = np.lexsort((until, pairs))
    last = position(pairs[order], until[order], gap.group, gap.start, "right") - 1
    last = np.append(order, -1)[last]
    had_one = (last >= 0) & (np.append(pairs, -1)[last] == gap.group)
    cause = np.full(len(gap), Cause.NO_CREDENTIAL_AT_START, np.int64)
    holder, place, gap = holder[last[had_one]], place[last[had_one]], gap.where(had_one)
    was_down = _was_down(trace, issuer, credentials["due"][accepted.row[holder]], gap.end)
    cause[had_one] = np.where(
        accepted.learned[holder, place] <= accepted.until[holder, place],
        Cause.FALSE_REVOCATION,
        np.where(was_down, Cause.EXPIRED_ISSUER_OUTAGE, Cause.EXPIRED_LATE_RENEWAL),
    )
    return cause


def _was_down(trace: Trace, issuer: int, since: Floats, until: Floats) -> Mask:
    """Whether the issuer was down at some instant of each [since, until]."""
    down = trace.intervals(Family.ISSUER, ServiceState.DOWN)
    mine = down["entity"] == issuer
    end = np.append(-np.inf, down["end"][mine])
    return np.asarray(end[np.searchsorted(down["start"][mine], until, "right")] > since)


def _gaps(trace: Trace, cause: Cause | Ints, accepted: Acceptance, spans: Spans) -> Gaps:
    meta = trace.meta
    unit, place = np.divmod(spans.group, accepted.point.size)
    weight = accepted.weight[place]
    return rows(
        Side.UNDER,
        GapFamily.CREDENTIAL,
        cause=cause,
        workload=trace["units"]["workload"][unit],
        unit=unit,
        point=accepted.point[place],
        start=spans.start,
        end=spans.end,
        open=spans.end >= meta.t1,
        weight=weight,
        seconds=weight * inside(spans.start, spans.end, meta.t0, meta.t1),
    )
