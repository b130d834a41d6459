"""Under-trust: what is intended although it is not enforced (lockout)."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.gap.lockout import intentions, nowhere
from churnsim.metrics.gap.policy import decisions, enforcement
from churnsim.metrics.measurement import Durations, Measurement, Peak, Ratio
from churnsim.metrics.overlap import inside, overlap
from churnsim.metrics.registry import measure
from churnsim.metrics.trust import Cause, Side, episodes, gaps
from churnsim.trace import Trace
from churnsim.trace.intervals import Spans, clip, steps

_CREDENTIAL = (
    Cause.NO_CREDENTIAL_AT_START,
    Cause.EXPIRED_ISSUER_OUTAGE,
    Cause.EXPIRED_LATE_RENEWAL,
    Cause.FALSE_REVOCATION,
    Cause.CLOCK_SKEW,
)
_POLICY = (Cause.STALE_POLICY, Cause.FAIL_CLOSED)


@measure("undertrust.share", unit="share", better="lower", parts="cause")
def share(trace: Trace) -> dict[str, Measurement]:
    """Share of intended trust that was not enforced, points by weight: Σ∫U dt / Σ∫T* dt over all pairs."""
    found, meta = gaps(trace), trace.meta
    under = found.side == Side.UNDER
    seconds = np.bincount(found.cause[under], found.seconds[under], len(Cause))
    intended = _intended_seconds(trace)
    parts: dict[str, Measurement] = {"": Ratio(float(seconds.sum()), intended)}
    for causes, infos in ((_CREDENTIAL, meta.issuers), (_POLICY, meta.policies)):
        parts |= {cause.word: Ratio(float(seconds[cause]), intended if infos else 0.0) for cause in causes}
    return parts


@measure("undertrust.window.mean", unit="s", better="lower")
def window_mean(trace: Trace) -> Ratio:
    """Mean length of a lockout of a pair somewhere: seconds in the window / episodes begun in it.

    The estimator of Little's law: unbiased in a stationary world although episodes are cut at both ends.
    """
    found = episodes(trace)
    under = found.side == Side.UNDER
    return Ratio(float(found.seconds[under].sum()), float(np.count_nonzero(under & found.begins)))


@measure("undertrust.window.p99", unit="s", better="lower")
def window_p99(trace: Trace) -> Durations:
    """99th percentile of lockouts of a pair somewhere, begun in the window; open ones censored."""
    return _durations(trace, 0.99)


@measure("undertrust.window.max", unit="s", better="lower")
def window_max(trace: Trace) -> Peak:
    """Longest lockout of a pair somewhere, begun in the window; open ones as far as seen."""
    values = _durations(trace, 0.99).values
    return Peak(float(values.max()) if values.size else None)


@measure("undertrust.request_share", unit="share", better="lower")
def request_share(trace: Trace) -> Ratio:
    """Share of intended requests denied: (credential_rejected + stale_deny + fail_closed) / intended."""
    traffic = trace["traffic"]
    wrong = sum(float(traffic[name].sum()) for name in ("credential_rejected", "stale_deny", "fail_closed"))
    return Ratio(wrong, float(traffic["intended"].sum()))


@measure("undertrust.max_concurrent", unit="share", better="lower")
def max_concurrent(trace: Trace) -> Peak:
    """Largest share, at any instant, of units to be trusted that hold no credential accepted anywhere."""
    issuers = range(len(trace.meta.issuers))
    if not issuers:
        return Peak(None)
    intended = _together([intentions(trace, issuer) for issuer in issuers])
    locked = _together([nowhere(trace, issuer) for issuer in issuers])
    wanted, refused = steps(intended.start, intended.end), steps(locked.start, locked.end)
    instants = np.union1d(wanted.times, refused.times)
    instants = np.append(trace.meta.t0, instants[(instants >= trace.meta.t0) & (instants < trace.meta.t1)])
    total = wanted.at(instants)
    shares = refused.at(instants)[total > 0] / total[total > 0]
    return Peak(float(shares.max()) if shares.size else None)


def _together(parts: list[Spans]) -> Spans:
    columns = (np.concatenate([getattr(p, name) for p in parts]) for name in ("start", "end", "group"))
    return Spans(*columns)


def _intended_seconds(trace: Trace) -> float:
    """Intended trust in the window: units to be accepted, principals to be allowed [pair s]."""
    meta, seconds = trace.meta, 0.0
    for issuer in range(len(meta.issuers)):
        wanted = intentions(trace, issuer)
        seconds += float(inside(wanted.start, wanted.end, meta.t0, meta.t1).sum())
    for workload, info in enumerate(meta.workloads):
        if info.policy >= 0:
            head, points = decisions(trace, info.policy), enforcement(trace, workload)
            # With nobody to enforce it a permission is neither kept nor broken.
            deciding = clip(Spans.of(points.start, points.end), meta.t0, meta.t1)
            allowed = head.allowed == 1
            everyone = np.zeros(np.count_nonzero(allowed), np.int64)
            met = overlap(Spans(head.start[allowed], head.end[allowed], everyone), deciding)
            seconds += float((met.end - met.start).sum())
    return seconds


def _durations(trace: Trace, probability: float) -> Durations:
    found = episodes(trace)
    begun = (found.side == Side.UNDER) & found.begins
    return Durations((found.end - found.start)[begun], found.open[begun], probability)
