"""Credentials that did not come in time: which lockouts their coming would have spared."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.metrics.gap.lockout import was_down
from churnsim.metrics.gap.otherwise import Closed
from churnsim.metrics.gap.table import Cause, Gaps
from churnsim.metrics.overlap import Floats, Ints
from churnsim.trace import Trace
from churnsim.trace.acceptance import Guard
from churnsim.trace.intervals import Spans, intersection

# Removed in another way than by letting the credential come.
_ELSEWHERE = (
    Cause.CLOCK_SKEW,
    Cause.FALSE_REVOCATION,
    Cause.EXPIRED_ISSUER_OUTAGE,
    Cause.EXPIRED_QUEUE,
)


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
        yield Cause.EXPIRED_ISSUER_OUTAGE, intersection(gap, _outages(trace, issuer, unit))
        yield Cause.EXPIRED_QUEUE, intersection(gap, _queues(trace, issuer, unit))


def _outages(trace: Trace, issuer: int, unit: Ints) -> Spans:
    """When each of some units waits for a credential that a failing issuer owes it, by pair."""
    credentials = trace["credentials"]
    row = np.flatnonzero((credentials["bearer"] == -1) & np.isin(credentials["unit"], unit))
    last = np.append(np.diff(credentials["unit"][row]) != 0, True)[: row.size]
    none = unit[~np.isin(unit, credentials["unit"][row])]
    end = np.fmin(trace["units"]["gone"], trace.meta.t1)
    owner = np.concatenate([credentials["unit"][row], credentials["unit"][row[last]], none])
    asked = [credentials["asked"][row], credentials["due"][row[last]], trace["units"]["booted"][none]]
    since = np.concatenate(asked)
    until = np.concatenate([credentials["issued"][row], end[credentials["unit"][row[last]]], end[none]])
    owed = (until > since) & was_down(trace, issuer, since, until)
    return _answered(trace, issuer, owner[owed], since[owed], until[owed])


def _queues(trace: Trace, issuer: int, unit: Ints) -> Spans:
    """When each of some units waits for a credential for which it has been at the issuer's desk, by pair."""
    desk, credentials = trace["signings"], trace["credentials"]
    mine = np.flatnonzero((desk["issuer"] == issuer) & (desk["bearer"] == -1) & np.isin(desk["unit"], unit))
    serials = max(desk["serial"].max(initial=0), credentials["serial"].max(initial=0)) + 1
    # Of each credential the first request counts; they are in order of arrival.
    name, first = np.unique(desk["unit"][mine] * serials + desk["serial"][mine], return_index=True)
    owner, since = desk["unit"][mine][first], desk["arrived"][mine][first]
    own = np.flatnonzero((credentials["bearer"] == -1) & np.isin(credentials["unit"], owner))
    issued = credentials["unit"][own] * serials + credentials["serial"][own]
    place = np.searchsorted(issued, name)
    came = np.append(issued, -1)[place] == name
    until = np.fmin(trace["units"]["gone"], trace.meta.t1)[owner]
    until[came] = credentials["issued"][own][place[came]]
    return _answered(trace, issuer, owner, since, until)


def _answered(trace: Trace, issuer: int, owner: Ints, since: Floats, until: Floats) -> Spans:
    """What of each wait an answer at its beginning spares, at every point, by pair.

    Answered at once it is renewed in time for ever after, unless the clock of a point is so fast that it
    refuses a credential before its successor falls due: then only the first answer counts.
    """
    info, points = trace.meta.issuers[issuer], trace["points"]
    skew = points["skew"][points["issuer"] == issuer]
    lead = skew - info.leeway
    is_in_time = lead <= max(info.ttl - info.renew_mean, 0.0)
    owner, since, until = owner[:, None], since[:, None], until[:, None]
    spared = np.where(is_in_time, until, np.minimum(until, since + info.ttl - lead))
    pair = owner * skew.size + np.arange(skew.size)
    return Spans.of(np.broadcast_to(since, pair.shape).ravel(), spared.ravel(), pair.ravel())
