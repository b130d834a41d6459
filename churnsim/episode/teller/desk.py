"""What became of the requests at the issuer's desk."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.base.readable import counted
from churnsim.episode.fact import Fact
from churnsim.episode.subject import Subject
from churnsim.episode.word import lasting
from churnsim.metrics.trust import Side
from churnsim.trace import Family, SigningOutcome

_FEW = 6
_SAID = {
    SigningOutcome.WAITING: "still waits",
    SigningOutcome.SIGNED: "was signed",
    SigningOutcome.LIMITED: "was refused by the limit of the rate",
    SigningOutcome.FULL: "was refused, for the queue was full",
    SigningOutcome.TIMED_OUT: "was given up",
    SigningOutcome.FAILED: "failed with the issuer",
    SigningOutcome.WITHDRAWN: "was withdrawn",
}


def tell(subject: Subject) -> Iterator[Fact]:
    """Yield each request of a unit that is locked out, and how it ended; of many the first and the last."""
    if subject.unit < 0 or subject.side == Side.OVER:
        return
    trace = subject.trace
    desk, name = trace["signings"], trace.label(Family.UNIT, subject.unit)
    mine = (desk["unit"] == subject.unit) & (desk["bearer"] == -1)
    mine &= (desk["arrived"] >= subject.since) & (desk["arrived"] <= subject.end)
    rows = np.flatnonzero(mine)
    told = rows if rows.size <= _FEW else rows[[0, -1]]
    for row in told.tolist():
        arrived, concluded = float(desk["arrived"][row]), float(desk["concluded"][row])
        more = ""
        if rows.size > _FEW:
            place = "first" if row == rows[0] else "last"
            more = f", the {place} of {counted(rows.size, 'request')}"
        outcome = SigningOutcome(int(desk["outcome"][row]))
        serial = f"request for credential {desk['serial'][row]}"
        if not concluded > arrived:
            # Refused on arrival, signed at once, or there until the end of the run.
            yield Fact(arrived, name, f"request-{_word(outcome)}", f"{serial} {_SAID[outcome]}{more}")
            continue
        yield Fact(arrived, name, "request-arrived", f"{serial} came to the desk{more}")
        words = f"{serial} {_SAID[outcome]} after {lasting(concluded - arrived)}"
        if concluded <= subject.end:
            yield Fact(concluded, name, f"request-{_word(outcome)}", words)


def _word(outcome: SigningOutcome) -> str:
    return outcome.name.lower().replace("_", "-")
