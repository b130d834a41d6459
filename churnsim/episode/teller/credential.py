"""What became of the credentials: issued, due, expired."""

from __future__ import annotations

from collections.abc import Iterator

from churnsim.base.readable import counted
from churnsim.episode.fact import Fact
from churnsim.episode.subject import Subject
from churnsim.episode.word import lasting
from churnsim.metrics.trust import Side
from churnsim.trace import Family

MOST = 6  # credentials told one by one, from both ends


def tell(subject: Subject) -> Iterator[Fact]:
    """Yield issue, due date and expiry of the credentials that the episode turns on."""
    if subject.unit < 0:
        return
    trace, rows = subject.trace, subject.concerned
    table, name = trace["credentials"], trace.label(Family.UNIT, subject.unit)
    gone = trace["units"]["gone"][subject.unit]
    left_out = rows.size - MOST
    for place, row in enumerate(rows.tolist()):
        if left_out > 0 and MOST // 2 <= place < rows.size - MOST // 2:
            if place == MOST // 2:
                words = f"{counted(left_out, 'further credential')} issued, not told one by one"
                yield Fact(float(table["issued"][row]), name, "credentials-issued", words)
            continue
        is_stolen = int(table["bearer"][row]) >= 0
        owner = f"the thief of {name}" if is_stolen else name
        this = f"credential {table['serial'][row]}"
        issued, expires, due = (float(table[column][row]) for column in ("issued", "expires", "due"))
        waited, tries = issued - float(table["asked"][row]), int(table["tries"][row])
        after = f" after {counted(tries, 'ask')} in vain" if tries else ""
        after += f", {lasting(waited)} late" if waited >= 1.0 else ""
        until = f"{this} issued{after}; good for {lasting(expires - issued)}"
        yield Fact(issued, owner, "credential-issued", until)
        if subject.side == Side.UNDER and due <= subject.end and not due >= gone:
            yield Fact(due, owner, "renewal-due", f"renewal of {this} fell due")
        if expires <= subject.end:
            yield Fact(expires, owner, "credential-expired", f"{this} expired")
