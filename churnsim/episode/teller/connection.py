"""Which connections outlived what had opened them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.episode.fact import Fact
from churnsim.episode.subject import Subject
from churnsim.trace import Family

_FEW = 4


def tell(subject: Subject) -> Iterator[Fact]:
    """Yield when a point would let nobody in any more but left a connection open, and when it closed."""
    if subject.unit < 0:
        return
    trace = subject.trace
    table, issuer = trace["connections"], trace.meta.issuers[subject.issuer].name
    mine = (table["unit"] == subject.unit) & (table["bearer"] == subject.theft)
    mine &= (table["start"] < subject.end) & (table["end"] > subject.since)
    rows = np.flatnonzero(mine)
    rows = rows[np.argsort(table["start"][rows], kind="stable")]
    who = trace.label(Family.UNIT, subject.unit)
    for row in (rows if rows.size <= _FEW else rows[[0, -1]]).tolist():
        place = f"to point {table['point'][row]} of {issuer}"
        start, end = float(table["start"][row]), float(table["end"][row])
        if start >= subject.since:
            words = f"connection {place} stayed open though nothing that it holds is accepted"
            yield Fact(start, who, "connection-outlived", words)
        if end <= subject.end and end < trace.meta.t1:
            yield Fact(end, who, "connection-closed", f"connection {place} was closed or checked again")
