"""Blast radius: how much of what should be trusted one failure takes down with it."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.gap.lockout import intentions
from churnsim.metrics.measurement import Peak
from churnsim.metrics.registry import measure
from churnsim.metrics.trust import Cause, gaps
from churnsim.trace import Trace
from churnsim.trace.intervals import Spans, steps
from churnsim.trace.ownership import owner_of_unit


@measure("blast_radius.owner", unit="share", better="lower")
def owner(trace: Trace) -> Peak:
    """Largest share, at any instant, of units to be trusted that one owner's outage has locked out somewhere.

    A unit counts from the expiry of its credential, at the first point that refuses it, until it has another.
    Units without an owner are counted among all; where nobody has one it is undefined.
    """
    meta = trace.meta
    if not meta.owners:
        return Peak(None)
    found = gaps(trace)
    lost = found.cause == Cause.EXPIRED_OWNER_OUTAGE
    locked = Spans.of(found.start[lost], found.end[lost], found.unit[lost])
    wanted = [intentions(trace, issuer) for issuer in range(len(meta.issuers))]
    total = steps(np.concatenate([w.start for w in wanted]), np.concatenate([w.end for w in wanted]))
    whose, most = owner_of_unit(trace)[locked.group], 0.0
    for each in np.unique(whose):
        mine = locked.where(whose == each)
        refused = steps(mine.start, mine.end)
        instants = np.union1d(refused.times, total.times)
        instants = np.append(meta.t0, instants[(instants >= meta.t0) & (instants < meta.t1)])
        among = total.at(instants)
        shares = refused.at(instants)[among > 0] / among[among > 0]
        most = max(most, float(shares.max(initial=0.0)))
    return Peak(most)
