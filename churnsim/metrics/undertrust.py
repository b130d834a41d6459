"""Under-trust: what is intended although it is not enforced (lockout)."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.gap.lockout import intentions, nowhere
from churnsim.metrics.gap.policy import decisions, enforcement
from churnsim.metrics.measurement import Peak, Ratio
from churnsim.metrics.overlap import inside, overlap
from churnsim.metrics.registry import measure
from churnsim.metrics.trust import Cause, GapFamily, Side, gaps
from churnsim.trace import Trace
from churnsim.trace.intervals import Spans, clip, steps

CREDENTIAL_CAUSES = (
    Cause.NO_CREDENTIAL_AT_START,
    Cause.EXPIRED_ISSUER_OUTAGE,
    Cause.EXPIRED_OWNER_OUTAGE,
    Cause.EXPIRED_PARTITION,
    Cause.EXPIRED_QUEUE,
    Cause.EXPIRED_LATE_RENEWAL,
    Cause.FALSE_REVOCATION,
    Cause.NOT_YET_VALID,
    Cause.STATUS_UNKNOWN,
    Cause.CLOCK_SKEW,
    Cause.UNKNOWN_KEY,
    Cause.KEY_REMOVED,
)
POLICY_CAUSES = (
    Cause.NO_POLICY_AT_START,
    Cause.STALE_POLICY,
    Cause.UNREACHED_POLICY,
    Cause.FAIL_CLOSED,
    Cause.NEGATIVE_CACHE,
    Cause.POISON_POLICY,
)


@measure(
    "undertrust.share",
    unit="share",
    better="lower",
    parts="cause",
    members=[cause.word for cause in CREDENTIAL_CAUSES],
)
def share(trace: Trace) -> dict[str, Ratio]:
    """Share of time in which units ran without an accepted credential, points by weight: ∫U dt / ∫booted dt.

    Units of workloads with an issuer alone: however many principals call them, a lockout weighs the same.
    """
    return _shares(trace, GapFamily.CREDENTIAL, CREDENTIAL_CAUSES, running_seconds(trace))


@measure(
    "undertrust.policy_share",
    unit="share",
    better="lower",
    parts="cause",
    members=[cause.word for cause in POLICY_CAUSES],
)
def policy_share(trace: Trace) -> dict[str, Ratio]:
    """Share of time in which principals to be allowed were denied, units weighed alike: ∫U dt / ∫allowed dt.

    Credentials are left aside: what a unit would decide, be its own identity accepted or not.
    """
    return _shares(trace, GapFamily.POLICY, POLICY_CAUSES, allowed_seconds(trace))


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


def _shares(trace: Trace, family: GapFamily, causes: tuple[Cause, ...], intended: float) -> dict[str, Ratio]:
    """Pair-seconds of one family over the intended ones, the whole under "" and by cause."""
    found = gaps(trace)
    under = (found.side == Side.UNDER) & (found.family == family)
    seconds = np.bincount(found.cause[under], found.seconds[under], len(Cause))
    parts: dict[str, Ratio] = {"": Ratio(float(seconds.sum()), intended)}
    return parts | {cause.word: Ratio(float(seconds[cause]), intended) for cause in causes}


def running_seconds(trace: Trace) -> float:
    """Time in the window in which units with an issuer are to be trusted, booted to gone [unit s]."""
    meta, seconds = trace.meta, 0.0
    for issuer in range(len(meta.issuers)):
        wanted = intentions(trace, issuer)
        seconds += float(inside(wanted.start, wanted.end, meta.t0, meta.t1).sum())
    return seconds


def allowed_seconds(trace: Trace) -> float:
    """Time in the window in which principals are to be allowed, at each workload [principal s]."""
    meta, seconds = trace.meta, 0.0
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
