"""Signing keys in the hands of a forger."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.gap.table import Cause, GapFamily, Gaps, Side, rows
from churnsim.metrics.overlap import inside
from churnsim.trace import Trace


def forgeries(trace: Trace, issuer: int) -> list[Gaps]:
    """Over-trust of each forger at each point, from the theft of the key until the point has dropped it.

    What a forger signs is always fresh, so that nothing else ever ends it; the cause is `stolen_key`.
    """
    meta, stolen, known, points = trace.meta, trace["forgers"], trace["bundles"], trace["points"]
    mine = np.flatnonzero(stolen["issuer"] == issuer)
    theirs = known["issuer"] == issuer
    order = np.lexsort((known["start"][theirs], known["key"][theirs]))
    start, key, point = (known[name][theirs][order] for name in ("start", "key", "point"))
    end = np.nan_to_num(known["end"][theirs][order], nan=np.inf)
    weights = np.zeros(int(points["point"].max(initial=-1)) + 1)
    weights[points["point"][points["issuer"] == issuer]] = points["weight"][points["issuer"] == issuer]
    forger, row = np.nonzero(stolen["key"][mine][:, None] == key)
    since = np.maximum(start[row], stolen["time"][mine][forger])
    open_ = since < np.minimum(end[row], meta.t1)
    forger, row, since = mine[forger[open_]], row[open_], since[open_]
    until, weight = end[row], weights[point[row]]
    return [
        rows(
            Side.OVER,
            GapFamily.FORGER,
            cause=Cause.STOLEN_KEY,
            theft=forger,
            point=point[row],
            start=since,
            end=np.minimum(until, meta.t1),
            open=until > meta.t1,
            weight=weight,
            seconds=weight * inside(since, until, meta.t0, meta.t1),
        )
    ]
