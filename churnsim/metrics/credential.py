"""Credentials in circulation: those of ended units, and how long those of live ones still have."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.measurement import Ratio, Scalar
from churnsim.metrics.overlap import Floats, Ints, inside
from churnsim.metrics.registry import measure
from churnsim.trace import Trace
from churnsim.trace.acceptance import acceptances
from churnsim.trace.intervals import steps


@measure("orphan.mean", unit="units", better="lower")
def orphan_mean(trace: Trace) -> Ratio:
    """Mean number of ended units whose newest credential is still valid: ∫ count dt / window.

    Valid by true time, leeway and clock errors left aside: until it expires or no point is left that has not
    learned of its revocation.
    """
    start, end = _orphaned(trace, newest=True)
    return _mean(trace, start, end)


@measure("orphan.all.mean", unit="credentials", better="lower")
def orphan_all_mean(trace: Trace) -> Ratio:
    """Mean number of valid credentials of ended units, superseded ones too."""
    start, end = _orphaned(trace, newest=False)
    return _mean(trace, start, end)


@measure("orphan.window.mean", unit="s", better="lower")
def orphan_window_mean(trace: Trace) -> Ratio:
    """Mean time the newest credential outlives its unit: orphan-seconds / orphans begun in the window."""
    meta = trace.meta
    start, end = _orphaned(trace, newest=True)
    begun = (end > start) & (start >= meta.t0) & (start < meta.t1)
    return Ratio(float(inside(start, end, meta.t0, meta.t1).sum()), float(np.count_nonzero(begun)))


@measure("credential.half_life", unit="s", better="lower")
def half_life(trace: Trace) -> Scalar:
    """Time after which half of the valid newest credentials of live units at a random instant have expired.

    While a credential is the newest one of its unit, its residual validity runs evenly through an interval,
    so that the distribution over random instants is a mixture of uniforms; the median is exact.
    """
    units, credentials, meta = trace["units"], trace["credentials"], trace.meta
    row, until = newest(trace)
    expires = credentials["expires"][row]
    until = np.fmin(np.minimum(until, expires), units["gone"][credentials["unit"][row]])
    start = np.maximum(credentials["issued"][row], meta.t0)
    residual = steps(expires - np.minimum(until, meta.t1), expires - start)
    if not residual.times.size:
        return Scalar(None)
    area = np.append(0.0, np.cumsum(residual.counts[:-1] * np.diff(residual.times)))
    piece = np.searchsorted(area, area[-1] / 2) - 1
    return Scalar(float(residual.times[piece] + (area[-1] / 2 - area[piece]) / residual.counts[piece]))


def newest(trace: Trace) -> tuple[Ints, Floats]:
    """Rows of `credentials` that units themselves hold, and when each is superseded (inf: never) [s]."""
    credentials = trace["credentials"]
    row = np.flatnonzero(credentials["bearer"] == -1)
    unit, issued = credentials["unit"][row], credentials["issued"][row]
    return row, np.append(np.where(np.diff(unit) == 0, issued[1:], np.inf), np.inf)[: row.size]


def _orphaned(trace: Trace, *, newest: bool) -> tuple[Floats, Floats]:
    """When each credential of an ended unit (its newest alone) is orphaned; empty where it never is."""
    units, credentials = trace["units"], trace["credentials"]
    starts, ends = [np.empty(0)], [np.empty(0)]
    for issuer in range(len(trace.meta.issuers)):
        gone = units["gone"][credentials["unit"]]
        mine = (credentials["issuer"] == issuer) & (credentials["bearer"] == -1) & ~np.isnan(gone)
        row = np.flatnonzero(mine)
        if newest:
            row = row[np.diff(credentials["unit"][row], append=-1) != 0]
        for accepted in acceptances(trace, issuer, row, credentials["unit"][row]):
            refused = accepted.learned.max(axis=1) if accepted.point.size else np.inf
            starts.append(gone[accepted.row])
            ends.append(np.minimum(accepted.expires, refused))
    return np.concatenate(starts), np.concatenate(ends)


def _mean(trace: Trace, start: Floats, end: Floats) -> Ratio:
    meta = trace.meta
    if not meta.issuers:
        return Ratio(0.0, 0.0)
    return Ratio(float(inside(start, end, meta.t0, meta.t1).sum()), meta.t1 - meta.t0)
