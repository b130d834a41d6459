"""Tokens: how often what a request requires makes a point ask the source."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.gap.policy import copies, decisions
from churnsim.metrics.measurement import Ratio
from churnsim.metrics.overlap import inside, overlap
from churnsim.metrics.registry import measure
from churnsim.trace import Family, Trace
from churnsim.trace.intervals import Spans


@measure("token.asked_share", unit="share", better="lower")
def asked_share(trace: Trace) -> Ratio:
    """Of requests with a token, the share about which a point asks its source: so much load is on that.

    The share of point-seconds at which the version in force is older than a token requires, and the source
    up and reached; with requests at a constant rate that is the share of them. Defined also where none has a
    token.
    """
    meta, off = trace.meta, trace.unavailable(Family.SOURCE)
    asked = seconds = 0.0
    for workload, info in enumerate(meta.workloads):
        if info.policy < 0:
            continue
        mine = off.group == info.policy
        committed, age = decisions(trace, info.policy).committed, meta.policies[info.policy].token_age
        for part in copies(trace, workload):
            held = part.within(meta.t0, meta.t1)
            seconds += held.seconds
            since = np.maximum(held.start, np.append(committed, np.inf)[held.version] + age)
            behind = since < held.end
            low, high = since[behind], held.end[behind]
            asked += float((high - low).sum())
            cut = overlap(Spans(low, high, held.unit[behind]), trace.severed(Family.SOURCE))
            asked -= float((cut.end - cut.start).sum())
            for start, end in zip(off.start[mine].tolist(), off.end[mine].tolist(), strict=True):
                asked -= float(inside(low, high, start, end).sum())
                asked += float(inside(cut.start, cut.end, start, end).sum())
    return Ratio(max(asked, 0.0), seconds)
