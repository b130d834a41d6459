"""What was revoked, and who learned of it when."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.base.readable import counted
from churnsim.episode.fact import Fact
from churnsim.episode.subject import Subject

_FEW = 4


def tell(subject: Subject) -> Iterator[Fact]:
    """Yield each revocation, and the points that learn of it, where they are many first and last."""
    if subject.unit < 0:
        return
    trace = subject.trace
    table, learned = trace["credentials"], trace["learned"]
    issuer = trace.meta.issuers[subject.issuer].name
    for row in subject.concerned.tolist():
        revoked, this = float(table["revoked"][row]), f"credential {table['serial'][row]}"
        if int(table["bearer"][row]) >= 0:
            this += " of the thief"
        if not subject.since <= revoked <= subject.end:
            continue
        yield Fact(revoked, issuer, "credential-revoked", f"{this} was revoked")
        low, high = np.searchsorted(learned["credential"], [row, row + 1])
        order = low + np.argsort(learned["at"][low:high], kind="stable")
        told = order if order.size <= _FEW else order[[0, -1]]
        for number in told.tolist():
            point, at = f"point {learned['point'][number]} of {issuer}", float(learned["at"][number])
            more = ""
            if order.size > _FEW:
                more = f", the {'first' if number == order[0] else 'last'} of {counted(order.size, 'point')}"
            yield Fact(at, point, "revocation-learned", f"refused {this} as revoked from here on{more}")
