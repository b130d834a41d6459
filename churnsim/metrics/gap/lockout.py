"""Units that hold no accepted credential although they should."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakKeyDictionary

import numpy as np

from churnsim.metrics.gap.table import Cause, GapFamily, Gaps, Side, rows
from churnsim.metrics.overlap import Floats, Ints, Mask, inside, position
from churnsim.trace import Family, Trace
from churnsim.trace.acceptance import Acceptance, Guard
from churnsim.trace.holder import of_units, own
from churnsim.trace.intervals import Spans, difference, intersection, union
from churnsim.trace.ownership import owner_of_unit, owners_down
from churnsim.trace.resident import disowned

_HELD_UP = {Guard.NOT_YET_VALID: Cause.NOT_YET_VALID, Guard.STATUS_UNKNOWN: Cause.STATUS_UNKNOWN}


def lockouts(trace: Trace, issuer: int) -> list[Gaps]:
    """Under-trust of each unit at each point: what the point does not accept of [booted, gone).

    Connections that are still open count as accepted. The cause is `unknown_key` while some credential would
    be accepted if the point had heard of its key by then, else `key_removed` while one would be if the point
    had not dropped its key, else `not_yet_valid` while the point's clock has not reached the beginning of
    one, else `status_unknown` while the point lacks an answer about one, else `clock_skew` while one is
    neither expired in true time nor refused as revoked; else by how the lockout began:
    `no_credential_at_start`, `false_revocation`, or by expiry, which is `expired_owner_outage`,
    `expired_partition` or `expired_issuer_outage` if at some instant from when the renewal fell due until
    then the owner was not up, the unit did not reach the issuer, or that was not up, else `expired_queue` if
    a request had come to its desk by then (it waited, was refused or given up), and `expired_late_renewal` if
    not. If several were in the way, it is the first of them that still was at the expiry, and the last if
    none was. Of a unit that is older than the record, what lies before its first recorded credential is left
    out.
    """
    return [
        gaps
        for accepted, intended in _blocks(trace, issuer)
        for gaps in _locked_out(trace, issuer, accepted, intended)
    ]


def intentions(trace: Trace, issuer: int) -> Spans:
    """When each unit of `issuer` ought to be trusted: [booted, gone), by unit, as long as it is wanted."""
    units, meta = trace["units"], trace.meta
    issuers = np.array([info.issuer for info in meta.workloads], np.int64)
    end = np.fmin(np.fmin(units["gone"], disowned(trace)), meta.t1)
    unit = np.flatnonzero((issuers[units["workload"]] == issuer) & (end > units["booted"]))
    return Spans(units["booted"][unit], end[unit], unit)


def nowhere(trace: Trace, issuer: int) -> Spans:
    """When each unit of `issuer` is locked out at all points at once, by unit; worked out once a trace."""
    known = _NOWHERE.setdefault(trace, {})
    if issuer not in known:
        parts = [difference(intended, accepted.anywhere()) for accepted, intended in _blocks(trace, issuer)]
        known[issuer] = union(*parts)
    return known[issuer]


_NOWHERE: WeakKeyDictionary[Trace, dict[int, Spans]] = WeakKeyDictionary()


def _blocks(trace: Trace, issuer: int) -> Iterator[tuple[Acceptance, Spans]]:
    """Yield what units themselves hold, block by block, and when those units ought to be trusted."""
    intended, row = intentions(trace, issuer), own(trace, issuer)
    for accepted in of_units(trace, issuer, row):
        yield accepted, intended.where(np.isin(intended.group, accepted.holder))
    without = ~np.isin(intended.group, trace["credentials"]["unit"][row])
    for nothing in of_units(trace, issuer, row[:0]):
        yield nothing, intended.where(without)


def _locked_out(trace: Trace, issuer: int, accepted: Acceptance, intended: Spans) -> Iterator[Gaps]:
    """Yield the gaps of the units in one block."""
    points = accepted.point.size
    if not points or not len(intended):
        return
    # What a unit held before the first credential that is recorded nobody knows.
    unit, first = np.unique(accepted.holder, return_index=True)
    known = np.append(accepted.issued[first], np.inf)[np.searchsorted(unit, intended.group)]
    start = np.where(known < trace.meta.start, np.maximum(intended.start, known), intended.start)
    wanted = Spans(
        np.repeat(start, points),
        np.repeat(intended.end, points),
        (intended.group[:, None] * points + np.arange(points)).ravel(),
    )
    locked = difference(wanted, accepted.enforced())
    unknown, removed = (
        accepted.barred(guard, alone=True) for guard in (Guard.UNKNOWN_KEY, Guard.KEY_REMOVED)
    )
    without, valid = difference(locked, union(unknown, removed)), _valid(accepted)
    skewed, expired = intersection(without, valid), difference(without, valid)
    began = without.start[position(without.group, without.start, expired.group, expired.start, "right") - 1]
    causes = _causes(trace, issuer, accepted, Spans(began, expired.start, expired.group))
    yield _gaps(trace, Cause.UNKNOWN_KEY, accepted, intersection(locked, unknown))
    yield _gaps(trace, Cause.KEY_REMOVED, accepted, difference(intersection(locked, removed), unknown))
    for guard, cause in _HELD_UP.items():
        held_up = accepted.barred(guard)
        yield _gaps(trace, cause, accepted, intersection(skewed, held_up))
        skewed = difference(skewed, held_up)
    yield _gaps(trace, Cause.CLOCK_SKEW, accepted, skewed)
    yield _gaps(trace, causes, accepted, expired)


def _valid(accepted: Acceptance) -> Spans:
    """When some credential is neither expired in true time nor refused as revoked, by pair."""
    end = np.minimum(accepted.expires[:, None], accepted.learned)
    issued = np.broadcast_to(accepted.issued[:, None], end.shape)
    return Spans.of(issued.ravel(), end.ravel(), accepted.pair.ravel())


def _causes(trace: Trace, issuer: int, accepted: Acceptance, gap: Spans) -> Ints:
    """Why each pair is locked out, where `gap.start` is when it was locked out and `gap.end` when expired."""
    accepts = accepted.until > accepted.issued[:, None]
    held, place = np.nonzero(accepts)
    until, pairs = accepted.until[accepts], accepted.pair[accepts]
    order = np.lexsort((until, pairs))
    last = position(pairs[order], until[order], gap.group, gap.start, "right") - 1
    last = np.append(order, -1)[last]
    had_one = (last >= 0) & (np.append(pairs, -1)[last] == gap.group)
    cause = np.full(len(gap), Cause.NO_CREDENTIAL_AT_START, np.int64)
    held, place, gap = held[last[had_one]], place[last[had_one]], gap.where(had_one)
    due, unit = (trace["credentials"][name][accepted.row[held]] for name in ("due", "unit"))
    owner, owners = owner_of_unit(trace)[unit], owners_down(trace)
    issuer_down = was_down(issuers_down(trace), np.full(len(gap), issuer), due, gap.end)
    severed = trace.severed(Family.ISSUER)
    cut_off = was_down(severed, unit, due, gap.end)
    cut_off &= ~issuer_down | severed.contains(gap.end, unit)
    owner_down = was_down(owners, owner, due, gap.end)
    owner_down &= ~(issuer_down | cut_off) | owners.contains(gap.end, owner)
    queued = _asked_in_vain(trace, issuer, unit, due, gap.end)
    cause[had_one] = np.where(
        accepted.learned[held, place] <= accepted.until[held, place],
        Cause.FALSE_REVOCATION,
        np.select(
            [owner_down, cut_off, issuer_down, queued],
            [
                Cause.EXPIRED_OWNER_OUTAGE,
                Cause.EXPIRED_PARTITION,
                Cause.EXPIRED_ISSUER_OUTAGE,
                Cause.EXPIRED_QUEUE,
            ],
            Cause.EXPIRED_LATE_RENEWAL,
        ),
    )
    return cause


def issuers_down(trace: Trace) -> Spans:
    """When each issuer did not answer, by its code."""
    return trace.unavailable(Family.ISSUER)


def was_down(down: Spans, whose: Ints, since: Floats, until: Floats) -> Mask:
    """Whether each of them was down at some instant of [since, until]."""
    last = position(down.group, down.start, whose, until, "right") - 1
    group, end = np.append(down.group, -2)[last], np.append(down.end, -np.inf)[last]
    return np.asarray((last >= 0) & (group == whose) & (end > since))


def _asked_in_vain(trace: Trace, issuer: int, unit: Ints, since: Floats, until: Floats) -> Mask:
    """Whether a request of each unit came to the issuer's desk in [since, until]."""
    desk = trace["signings"]
    own = np.flatnonzero((desk["issuer"] == issuer) & (desk["bearer"] == -1))
    own = own[np.argsort(desk["unit"][own], kind="stable")]  # they are in order of arrival
    group, arrived = desk["unit"][own], desk["arrived"][own]
    low, high = position(group, arrived, unit, since, "left"), position(group, arrived, unit, until, "right")
    return np.asarray(high > low)


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
