"""Credentials that did not come in time: which lockouts their coming would have spared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from churnsim.metrics.gap.lockout import issuers_down, was_down
from churnsim.metrics.gap.otherwise import Closed
from churnsim.metrics.gap.table import Cause, Gaps
from churnsim.metrics.overlap import Floats, Ints, position
from churnsim.trace import Family, Trace
from churnsim.trace.acceptance import Guard
from churnsim.trace.clock import Clocks
from churnsim.trace.intervals import Spans, difference, intersection, union
from churnsim.trace.ownership import owner_of_unit, owners_down

# Removed in another way than by letting the credential come.
_OUTAGES = (Cause.EXPIRED_ISSUER_OUTAGE, Cause.EXPIRED_OWNER_OUTAGE, Cause.EXPIRED_PARTITION)
_ELSEWHERE = (Cause.CLOCK_SKEW, Cause.FALSE_REVOCATION, Cause.EXPIRED_QUEUE, *_OUTAGES)


def supplied(trace: Trace, issuer: int, found: Gaps, pair: Ints) -> Iterator[Closed]:
    """Yield each cause that kept credentials from coming, and the lockouts their coming closes, by pair."""
    for code in np.unique(found.cause):
        cause = Cause(code)
        if cause not in _ELSEWHERE and cause.name not in Guard.__members__:
            of = found.cause == code
            yield cause, Spans.of(found.start[of], found.end[of], pair[of])
    # Who is refused for want of a key would be refused whatever it was issued meanwhile.
    keyed = np.isin(found.cause, (Cause.UNKNOWN_KEY, Cause.KEY_REMOVED))
    found, pair = found.where(~keyed), pair[~keyed]
    if len(found):
        gap, unit = Spans.of(found.start, found.end, pair), np.unique(found.unit)
        for cause in _OUTAGES:
            yield cause, intersection(gap, _outages(trace, issuer, unit, cause))
        yield Cause.EXPIRED_QUEUE, intersection(gap, _queues(trace, issuer, unit))


def _outages(trace: Trace, issuer: int, unit: Ints, cause: Cause) -> Spans:
    """When each of some units waits for a credential that an outage or a cut keeps from it, by pair.

    Were that one never there, the wait would last until the others are over, and again whenever one is on.
    """
    credentials = trace["credentials"]
    row = np.flatnonzero((credentials["bearer"] == -1) & np.isin(credentials["unit"], unit))
    last = np.append(np.diff(credentials["unit"][row]) != 0, True)[: row.size]
    none = unit[~np.isin(unit, credentials["unit"][row])]
    end = np.fmin(trace["units"]["gone"], trace.meta.t1)
    holder = np.concatenate([credentials["unit"][row], credentials["unit"][row[last]], none])
    asked = [credentials["asked"][row], credentials["due"][row[last]], trace["units"]["booted"][none]]
    since = np.concatenate(asked)
    until = np.concatenate([credentials["issued"][row], end[credentials["unit"][row[last]]], end[none]])
    sides = {
        Cause.EXPIRED_ISSUER_OUTAGE: (issuers_down(trace), np.full(holder.size, issuer)),
        Cause.EXPIRED_OWNER_OUTAGE: (owners_down(trace), owner_of_unit(trace)[holder]),
        Cause.EXPIRED_PARTITION: (trace.severed(Family.ISSUER), holder),
    }
    owed = was_down(*sides.pop(cause), since, until)
    since = _all_up(sides.values(), since)
    owed &= until > since
    holder, since, until = holder[owed], since[owed], until[owed]
    lost = [_lost(trace, issuer, other, whose[owed], holder, since, until) for other, whose in sides.values()]
    return difference(_answered(trace, issuer, holder, since, until), union(*lost))


def _queues(trace: Trace, issuer: int, unit: Ints) -> Spans:
    """When each of some units waits for a credential for which it has been at the issuer's desk, by pair."""
    desk, credentials = trace["signings"], trace["credentials"]
    mine = np.flatnonzero((desk["issuer"] == issuer) & (desk["bearer"] == -1) & np.isin(desk["unit"], unit))
    serials = max(desk["serial"].max(initial=0), credentials["serial"].max(initial=0)) + 1
    # Of each credential the first request counts; they are in order of arrival.
    name, first = np.unique(desk["unit"][mine] * serials + desk["serial"][mine], return_index=True)
    holder, since = desk["unit"][mine][first], desk["arrived"][mine][first]
    own = np.flatnonzero((credentials["bearer"] == -1) & np.isin(credentials["unit"], holder))
    issued = credentials["unit"][own] * serials + credentials["serial"][own]
    place = np.searchsorted(issued, name)
    came = np.append(issued, -1)[place] == name
    until = np.fmin(trace["units"]["gone"], trace.meta.t1)[holder]
    until[came] = credentials["issued"][own][place[came]]
    return _answered(trace, issuer, holder, since, until)


def _answered(trace: Trace, issuer: int, holder: Ints, since: Floats, until: Floats) -> Spans:
    """What of each wait an answer at its beginning spares, at every point, by pair.

    Answered at once it is renewed in time for ever after, unless the clock of a point is so fast that it
    refuses a credential before its successor falls due: then only the first answer counts. A point that is
    slow sees it begin late, here as there; in time, it has its predecessor meanwhile.
    """
    info, lead = trace.meta.issuers[issuer], _lead(trace, issuer)
    begun, seen = _seen(trace, issuer, since), _seen(trace, issuer, until)
    is_in_time = lead <= max(info.ttl - info.renew_mean, 0.0)
    holder, since = holder[:, None], since[:, None]
    spared = np.where(is_in_time, seen, np.minimum(seen, since + info.ttl - lead))
    pair = holder * lead.size + np.arange(lead.size)
    return Spans.of(begun.ravel(), spared.ravel(), pair.ravel())


def _lost(
    trace: Trace, issuer: int, down: Spans, whose: Ints, holder: Ints, since: Floats, until: Floats
) -> Spans:
    """When holders answered at `since`, renewed every mean interval, are locked out by another, by pair."""
    info, lead = trace.meta.issuers[issuer], _lead(trace, issuer)
    pair = holder[:, None] * lead.size + np.arange(lead.size)
    start, end, group = [np.empty(0)], [np.empty(0)], [np.empty(0, np.int64)]
    base = since.copy()
    for begins, ends, one in zip(down.start, down.end, down.group, strict=True):
        met = np.flatnonzero((whose == one) & (base < begins) & (begins < until))
        issued = base[met] + np.floor((begins - base[met]) / info.renew_mean) * info.renew_mean
        waits = issued + info.renew_mean < ends
        met, issued = met[waits], issued[waits]
        expired = issued[:, None] + info.ttl - lead
        start.append(expired.ravel())
        end.append(_seen(trace, issuer, np.minimum(ends, until[met])).ravel())
        group.append(pair[met].ravel())
        base[met] = ends
    return Spans.of(*(np.concatenate(parts) for parts in (start, end, group)))


def _seen(trace: Trace, issuer: int, issued: Floats) -> Floats:
    """When each point of an issuer sees credentials begin that were issued at some instants, (c, e) [s]."""
    info, clocks = trace.meta.issuers[issuer], Clocks(trace, trace["points"]["issuer"] == issuer)
    return np.asarray(np.maximum(issued[:, None], clocks.settled(issued - info.backdate - info.leeway)))


def _lead(trace: Trace, issuer: int) -> Floats:
    """How long before its expiry each point of an issuer refuses a credential [s]; negative: after it."""
    points = trace["points"]
    skew, drift, sync = (points[name][points["issuer"] == issuer] for name in ("skew", "drift", "sync"))
    gained = np.multiply(drift, sync, where=drift > 0, out=np.zeros(drift.shape))
    return np.asarray(skew + gained - trace.meta.issuers[issuer].leeway)


def _all_up(sides: Iterable[tuple[Spans, Ints]], time: Floats) -> Floats:
    """The first instant from each `time` on [s] at which none is down; each step ends an outage at least."""
    while True:
        later = time
        for down, whose in sides:
            later = _up_again(down, whose, later)
        if np.array_equal(later, time):
            return time
        time = later


def _up_again(down: Spans, whose: Ints, time: Floats) -> Floats:
    """The first instant from each `time` on [s] at which it is up."""
    last = position(down.group, down.start, whose, time, "right") - 1
    end = np.append(down.end, -np.inf)[last]
    mine = (last >= 0) & (np.append(down.group, -2)[last] == whose)
    return np.asarray(np.where(mine & (end > time), end, time))
