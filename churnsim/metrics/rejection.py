"""Rejections: requests that were intended and yet refused, by cause."""

from __future__ import annotations

import numpy as np

from churnsim.metrics import undertrust
from churnsim.metrics.measurement import Ratio
from churnsim.metrics.overlap import Floats, Ints, overlap
from churnsim.metrics.registry import measure
from churnsim.metrics.trust import Cause, GapFamily, Side, gaps
from churnsim.trace import Trace
from churnsim.trace.intervals import InverseCount, Spans, steps
from churnsim.trace.listing import listings

# By which outcome of a request a cause is told.
_DENIED = {
    Cause.STALE_POLICY: "stale_deny",
    Cause.FAIL_CLOSED: "fail_closed",
    Cause.NEGATIVE_CACHE: "cached_deny",
}


@measure(
    "undertrust.request_share",
    unit="share",
    better="lower",
    parts="cause",
    members=[cause.word for cause in (*undertrust.CREDENTIAL_CAUSES, *_DENIED)],
)
def request_share(trace: Trace) -> dict[str, Ratio]:
    """Share of intended requests denied: credential rejected, policy stale, cached or lapsed / intended.

    Rejected credentials are split by cause bucket by bucket, in proportion to what each listed endpoint's
    lockout, weighted by points, took of the requests that all listed endpoints shared.
    """
    traffic = trace["traffic"]
    intended = float(traffic["intended"].sum())
    requests = {cause: float(traffic[outcome].sum()) for cause, outcome in _DENIED.items()}
    rejected = _rejected(trace)
    requests |= {cause: float(rejected[cause]) for cause in undertrust.CREDENTIAL_CAUSES}
    whole = float(traffic["credential_rejected"].sum()) + sum(requests[cause] for cause in _DENIED)
    parts: dict[str, Ratio] = {"": Ratio(whole, intended)}
    return parts | {cause.word: Ratio(number, intended) for cause, number in requests.items()}


def _rejected(trace: Trace) -> Floats:
    """Requests refused for their endpoint's credential, by cause, shape (causes,)."""
    found, traffic = gaps(trace), trace["traffic"]
    total = np.zeros(len(Cause))
    locked = found.where((found.side == Side.UNDER) & (found.family == GapFamily.CREDENTIAL))
    for workload in np.unique(traffic["workload"][traffic["credential_rejected"] > 0]):
        bucket = np.flatnonzero(traffic["workload"] == workload)
        mine = locked.where(locked.workload == workload)
        row, start, end = _met(trace, int(workload), Spans(mine.start, mine.end, mine.unit))
        everyone = np.zeros(bucket.size, np.int64)
        edges = Spans(traffic["start"][bucket], traffic["end"][bucket], everyone)
        met = overlap(Spans(start, end, np.zeros(row.size, np.int64)), edges)
        each = _share(trace, int(workload)).between(met.start, met.end) * mine.weight[row[met.left]]
        by_bucket = np.zeros((bucket.size, len(Cause)))
        np.add.at(by_bucket, (met.right, mine.cause[row[met.left]]), each)
        whole = by_bucket.sum(axis=1, keepdims=True)
        split = np.divide(by_bucket, whole, out=np.zeros_like(by_bucket), where=whole > 0)
        total += traffic["credential_rejected"][bucket] @ split
    return total


def _met(trace: Trace, workload: int, stretches: Spans) -> tuple[Ints, Floats, Floats]:
    """What of each stretch of a unit it was listed and not gone: row, start and end."""
    unit, since, until = listings(trace, workload)
    met = overlap(stretches, Spans.of(since, np.fmin(until, trace["units"]["gone"][unit]), unit))
    return met.left, met.start, met.end


def _share(trace: Trace, workload: int) -> InverseCount:
    """What each listed endpoint gets of the requests to its workload."""
    _, since, until = listings(trace, workload)
    return InverseCount(steps(since, until))
