"""L16: a limited issuer admits no more than its bucket holds and is refilled with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.trace.code import SigningOutcome
from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.trace import Trace

_ROUNDING_S = 1e-6


@law(
    "L16",
    "In any stretch of time a limited issuer admits at most burst + rate x length requests; an issuer "
    "without a limit refuses nobody for it.",
)
def limit(trace: Trace) -> Iterator[Violation]:
    """Find, for each request admitted, the stretch before it that holds most for its length."""
    table = trace["signings"]
    for number, info in enumerate(trace.meta.issuers):
        mine = table["issuer"] == number
        limited = mine & (table["outcome"] == SigningOutcome.LIMITED)
        is_limited = info.desk is not None and not np.isnan(info.desk.rate)
        for i in first(limited & (not is_limited)):
            yield Violation("refused by a limit that is not there", float(table["arrived"][i]), info.name)
        if info.desk is None or not is_limited:
            continue
        arrived = table["arrived"][mine & ~limited]
        beyond = np.arange(len(arrived)) - info.desk.rate * arrived
        most = beyond - np.minimum.accumulate(beyond) + 1
        for i in first(most > info.desk.burst + info.desk.rate * _ROUNDING_S + 1e-9 * np.abs(beyond)):
            yield Violation(f"{most[i]:.6g} more than its rate admitted", float(arrived[i]), info.name)
