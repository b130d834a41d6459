"""L17: whoever comes first to a queue that is first in, first out is taken first."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.trace.code import Family
from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.trace import Trace


@law(
    "L17",
    "Where the queue is first in, first out, nobody is taken while somebody who came earlier still waits.",
)
def turn(trace: Trace) -> Iterator[Violation]:
    """Compare each beginning with when those who came earlier had left the queue."""
    table, t1 = trace["signings"], trace.meta.t1
    for number, info in enumerate(trace.meta.issuers):
        if info.desk is None or info.desk.queue != "fifo":
            continue
        mine = np.flatnonzero(table["issuer"] == number)  # in order of arrival
        arrived, began = table["arrived"][mine], table["began"][mine]
        left = np.fmin(began, np.where(np.isnan(table["ended"][mine]), t1, table["ended"][mine]))
        latest = np.append(-np.inf, np.maximum.accumulate(left))
        earlier = np.searchsorted(arrived, arrived, side="left")
        for i in first(began < latest[earlier]):
            who = trace.label(Family.UNIT, int(table["unit"][mine[i]]))
            yield Violation("taken before somebody who came earlier", float(began[i]), who)
