"""Over-trust: what is enforced although it is not intended (exposure)."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.measurement import Ratio, Scalar
from churnsim.metrics.registry import measure
from churnsim.metrics.trust import Cause, Side, gaps
from churnsim.trace import Trace

CREDENTIAL_CAUSES = (
    Cause.ORPHAN_UNIT,
    Cause.ORPHAN_CREDENTIAL,
    Cause.REVOCATION_NOT_PROPAGATED,
    Cause.LEEWAY,
    Cause.CLOCK_SKEW,
    Cause.UNDETECTED_THEFT,
    Cause.AWAITING_DECISION,
    Cause.AWAITING_EXPIRY,
    Cause.OPEN_CONNECTION,
    Cause.STOLEN_KEY,
)
POLICY_CAUSES = (
    Cause.NO_POLICY_AT_START,
    Cause.STALE_POLICY,
    Cause.UNREACHED_POLICY,
    Cause.FAIL_OPEN,
    Cause.DECISION_CACHE,
    Cause.POISON_POLICY,
)
# By which outcome of a request a cause is told.
_ALLOWED = {
    Cause.STALE_POLICY.word: "stale_allow",
    Cause.FAIL_OPEN.word: "fail_open",
    Cause.DECISION_CACHE.word: "cached_allow",
}
_PAIR = "a pair is a unit at an issuer's points, a thief, a forger, or a principal at a workload"


@measure(
    "overtrust.pair_seconds",
    unit="pair s",
    better="lower",
    parts="cause",
    members=[cause.word for cause in (*CREDENTIAL_CAUSES, *POLICY_CAUSES)],
    doc=f"Over-trust of all pairs in the window, points by weight: Σ over pairs of ∫Σ_e w_e O_e dt; {_PAIR}.",
)
def pair_seconds(trace: Trace) -> dict[str, Scalar]:
    """Over-trust of all pairs by cause."""
    return {cause: Scalar(seconds) for cause, seconds in _seconds(trace).items()}


@measure(
    "overtrust.mean_open",
    unit="pairs",
    better="lower",
    parts="cause",
    members=[cause.word for cause in (*CREDENTIAL_CAUSES, *POLICY_CAUSES)],
    doc=f"Mean number of over-trusted pairs at an instant, points by weight: pair-seconds / window; {_PAIR}.",
)
def mean_open(trace: Trace) -> dict[str, Ratio]:
    """Mean number of over-trusted pairs by cause."""
    length = trace.meta.t1 - trace.meta.t0
    return {
        cause: Ratio(0.0, 0.0) if seconds is None else Ratio(seconds, length)
        for cause, seconds in _seconds(trace).items()
    }


@measure("overtrust.request_share", unit="share", better="lower", parts="cause", members=list(_ALLOWED))
def request_share(trace: Trace) -> dict[str, Ratio]:
    """Share of allowed requests that were allowed wrongly: wrong / (served + wrong)."""
    wrong = _wrongly_allowed(trace)
    allowed = float((trace["traffic"]["served"] + trace["traffic"]["bad_version"]).sum()) + wrong[""]
    return {cause: Ratio(requests, allowed) for cause, requests in wrong.items()}


@measure("overtrust.false_accept_rate", unit="share", better="lower", parts="cause", members=list(_ALLOWED))
def false_accept_rate(trace: Trace) -> dict[str, Ratio]:
    """Share of requests not intended that were allowed: by an old policy or none / not intended."""
    wrong = _wrongly_allowed(trace)
    unintended = float(trace["traffic"]["denied"].sum()) + wrong[""]
    return {cause: Ratio(requests, unintended) for cause, requests in wrong.items()}


def _seconds(trace: Trace) -> dict[str, float | None]:
    """Pair-seconds by cause, all under ""; None for what the world has no trust relations for."""
    found, meta = gaps(trace), trace.meta
    over = found.side == Side.OVER
    seconds = np.bincount(found.cause[over], found.seconds[over], len(Cause))
    known: dict[str, float | None] = {"": float(seconds.sum()) if meta.issuers or meta.policies else None}
    for causes, infos in ((CREDENTIAL_CAUSES, meta.issuers), (POLICY_CAUSES, meta.policies)):
        known |= {cause.word: float(seconds[cause]) if infos else None for cause in causes}
    return known


def _wrongly_allowed(trace: Trace) -> dict[str, float]:
    """Requests allowed although not intended, all under "" and by cause."""
    parts = {cause: float(trace["traffic"][outcome].sum()) for cause, outcome in _ALLOWED.items()}
    return {"": sum(parts.values())} | parts
