"""Credentials that did not come in time: which lockouts their coming would have spared."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.metrics.gap.lockout import was_down
from churnsim.metrics.gap.otherwise import Closed
from churnsim.metrics.gap.table import Cause, Gaps
from churnsim.metrics.overlap import Ints
from churnsim.trace import Trace
from churnsim.trace.acceptance import Guard
from churnsim.trace.intervals import Spans, intersection

# Removed in another way than by letting the credential come.
_ELSEWHERE = (Cause.CLOCK_SKEW, Cause.FALSE_REVOCATION, Cause.EXPIRED_ISSUER_OUTAGE)


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
        gap = Spans.of(found.start, found.end, pair)
        yield Cause.EXPIRED_ISSUER_OUTAGE, intersection(gap, _waits(trace, issuer, np.unique(found.unit)))


def _waits(trace: Trace, issuer: int, unit: Ints) -> Spans:
    """When each of some units waits for a credential that a failing issuer owes it, by pair.

    Answered at once it would be renewed in time for ever after, unless the clock of a point is so fast that
    it refuses a credential before its successor falls due: then only the first counts.
    """
    info, points, credentials = trace.meta.issuers[issuer], trace["points"], trace["credentials"]
    skew = points["skew"][points["issuer"] == issuer]
    row = np.flatnonzero((credentials["bearer"] == -1) & np.isin(credentials["unit"], unit))
    last = np.append(np.diff(credentials["unit"][row]) != 0, True)[: row.size]
    none = unit[~np.isin(unit, credentials["unit"][row])]
    end = np.fmin(trace["units"]["gone"], trace.meta.t1)
    owner = np.concatenate([credentials["unit"][row], credentials["unit"][row[last]], none])
    asked = [credentials["asked"][row], credentials["due"][row[last]], trace["units"]["booted"][none]]
    since = np.concatenate(asked)
    until = np.concatenate([credentials["issued"][row], end[credentials["unit"][row[last]]], end[none]])
    owed = (until > since) & was_down(trace, issuer, since, until)
    owner, since, until = owner[owed, None], since[owed, None], until[owed, None]
    lead = skew - info.leeway
    is_in_time = lead <= max(info.ttl - info.renew_mean, 0.0)
    spared = np.where(is_in_time, until, np.minimum(until, since + info.ttl - lead))
    pair = owner * skew.size + np.arange(skew.size)
    return Spans.of(np.broadcast_to(since, pair.shape).ravel(), spared.ravel(), pair.ravel())
