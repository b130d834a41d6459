"""Credentials in circulation: those of ended units, and how long those of live ones still have."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.gap.lockout import nowhere
from churnsim.metrics.measurement import Durations, Ratio, Scalar
from churnsim.metrics.overlap import Floats, Ints, inside
from churnsim.metrics.registry import measure
from churnsim.trace import Trace
from churnsim.trace.holder import of_units
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


@measure("orphan.window.p95", unit="s", better="lower")
def orphan_window_p95(trace: Trace) -> Durations:
    """95th percentile of how long newest credentials outlive units, begun in the window; open censored."""
    meta = trace.meta
    start, end = _orphaned(trace, newest=True)
    begun = (end > start) & (start >= meta.t0) & (start < meta.t1)
    return Durations((np.minimum(end, meta.t1) - start)[begun], end[begun] > meta.t1, 0.95)


@measure("orphan.share", unit="share", better="lower")
def orphan_share(trace: Trace) -> Ratio:
    """Share of valid credentials, superseded ones too, whose unit has ended: ∫ orphans dt / ∫ valid dt."""
    meta = trace.meta
    start, end = _orphaned(trace, newest=False)
    orphaned = float(inside(start, end, meta.t0, meta.t1).sum())
    return Ratio(orphaned, orphaned + _held_seconds(trace))


@measure("credential.overlap", unit="credentials", better="neither")
def overlap_factor(trace: Trace) -> Ratio:
    """Mean number of unexpired credentials of a running unit: ∫ credentials dt / ∫ booted dt.

    1/f for long-lived units that renew at a share f of the life (O16).
    """
    return Ratio(_held_seconds(trace), _running(trace, "booted"))


@measure("credential.coverage", unit="share", better="higher")
def coverage(trace: Trace) -> Ratio:
    """Share of the time of ready units in which some point accepts a credential of theirs."""
    meta, ready = trace.meta, trace["units"]["ready"]
    bare = 0.0
    for issuer in range(len(meta.issuers)):
        locked = nowhere(trace, issuer)
        bare += float(
            inside(np.maximum(locked.start, ready[locked.group]), locked.end, meta.t0, meta.t1).sum()
        )
    served = _running(trace, "ready")
    return Ratio(max(served - bare, 0.0), served)


@measure("credential.residual.half_life", unit="s", better="lower")
def residual_half_life(trace: Trace) -> Scalar:
    """Time after which half of the valid newest credentials of live units at a random instant have expired.

    τ(1 - f/2) for long-lived units that renew at a share f of the life τ.
    """
    row, until = newest(trace)
    return _median_residual(trace, row, until)


@measure("credential.residual.all.half_life", unit="s", better="lower")
def residual_all_half_life(trace: Trace) -> Scalar:
    """Time after which half of all valid credentials of live units at a random instant have expired.

    τ/2 for long-lived units that renew in time, superseded credentials of life τ being counted.
    """
    row = np.flatnonzero(trace["credentials"]["bearer"] == -1)
    return _median_residual(trace, row, np.full(row.size, np.inf))


def _median_residual(trace: Trace, row: Ints, until: Floats) -> Scalar:
    """Median of the validity left over all instants at which credentials are looked at, until `until` [s].

    While one is, its residual validity runs evenly through an interval, so that the distribution over random
    instants is a mixture of uniforms; the median is exact.
    """
    units, credentials, meta = trace["units"], trace["credentials"], trace.meta
    expires = credentials["expires"][row]
    until = np.fmin(np.minimum(until, expires), units["gone"][credentials["unit"][row]])
    start = np.maximum(credentials["issued"][row], meta.t0)
    residual = steps(expires - np.minimum(until, meta.t1), expires - start)
    if not residual.times.size:
        return Scalar(None)
    area = np.append(0.0, np.cumsum(residual.counts[:-1] * np.diff(residual.times)))
    piece = np.searchsorted(area, area[-1] / 2) - 1
    return Scalar(float(residual.times[piece] + (area[-1] / 2 - area[piece]) / residual.counts[piece]))


def _held_seconds(trace: Trace) -> float:
    """Time in the window for which units hold unexpired credentials of their own [credential s]."""
    credentials, meta = trace["credentials"], trace.meta
    own = credentials["bearer"] == -1
    end = np.fmin(credentials["expires"], trace["units"]["gone"][credentials["unit"]])
    return float(inside(credentials["issued"][own], end[own], meta.t0, meta.t1).sum())


def _running(trace: Trace, since: str) -> float:
    """Time in the window from an instant of each unit with an issuer until it is gone [unit s]."""
    units, meta = trace["units"], trace.meta
    issuers = np.array([info.issuer for info in meta.workloads], np.int64)
    mine = issuers[units["workload"]] >= 0
    return float(inside(units[since][mine], units["gone"][mine], meta.t0, meta.t1).sum())


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
        for accepted in of_units(trace, issuer, row):
            refused = accepted.learned.max(axis=1) if accepted.point.size else np.inf
            starts.append(gone[accepted.row])
            ends.append(np.minimum(accepted.expires, refused))
    return np.concatenate(starts), np.concatenate(ends)


def _mean(trace: Trace, start: Floats, end: Floats) -> Ratio:
    meta = trace.meta
    if not meta.issuers:
        return Ratio(0.0, 0.0)
    return Ratio(float(inside(start, end, meta.t0, meta.t1).sum()), meta.t1 - meta.t0)
