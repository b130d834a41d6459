"""What the policy said of the principal, and who decided by what."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.base.readable import counted
from churnsim.episode.fact import Fact
from churnsim.episode.subject import Subject
from churnsim.metrics.trust import GapFamily
from churnsim.trace import Family, LapseMode

_FEW = 4
_WHY = {
    LapseMode.DENY: "had been without its policy for too long",
    LapseMode.ALLOW: "had been without its policy for too long",
    LapseMode.POISON_DENY: "went by a poisoned version",
    LapseMode.POISON_ALLOW: "went by a poisoned version",
    LapseMode.FIRST_DENY: "had yet to get its first policy",
    LapseMode.FIRST_ALLOW: "had yet to get its first policy",
}


def tell(subject: Subject) -> Iterator[Fact]:
    """Yield the commits about the principal, and adoptions and lapses that begin or end the episode."""
    if subject.family != GapFamily.POLICY:
        return
    trace = subject.trace
    commits, info = trace["commits"], trace.meta.policies[subject.policy]
    mine = (commits["policy"] == subject.policy) & (commits["principal"] == subject.principal)
    said = np.flatnonzero(mine & (commits["time"] <= subject.end))
    begun = np.flatnonzero(commits["time"][said] <= subject.start)
    for row in said[max(int(begun[-1]) if begun.size else 0, 0) :].tolist():
        verb = "allowed" if commits["allowed"][row] else "denied"
        words = f"version {commits['version'][row]} {verb} {info.whom(subject.principal)}"
        yield Fact(float(commits["time"][row]), info.name, "version-committed", words)
    yield from _adopted(subject)
    yield from _lapsed(subject)


def _adopted(subject: Subject) -> Iterator[Fact]:
    """Yield the first and the last adoptions while the episode lasts."""
    trace = subject.trace
    adoptions, units = trace["adoptions"], trace["units"]
    mine = (adoptions["applied"] >= subject.start) & (adoptions["applied"] <= subject.end)
    mine &= units["workload"][adoptions["unit"]] == subject.workload
    rows = np.flatnonzero(mine)
    rows = rows[np.argsort(adoptions["applied"][rows], kind="stable")]
    told = rows if rows.size <= _FEW else rows[[0, -1]]
    for row in told.tolist():
        more = f", {'first' if row == rows[0] else 'last'} of {counted(rows.size, 'adoption')}"
        words = f"went by version {adoptions['version'][row]}{more if rows.size > _FEW else ''}"
        unit = trace.label(Family.UNIT, int(adoptions["unit"][row]))
        yield Fact(float(adoptions["applied"][row]), unit, "version-adopted", words)


def _lapsed(subject: Subject) -> Iterator[Fact]:
    """Yield the first lapse to begin and the last to end that overlap with the episode."""
    trace = subject.trace
    lapses, units = trace["lapses"], trace["units"]
    mine = (lapses["policy"] == subject.policy) & (lapses["start"] < subject.end)
    mine &= (lapses["end"] > subject.start) & (units["workload"][lapses["unit"]] == subject.workload)
    rows = np.flatnonzero(mine)
    if not rows.size:
        return
    first, last = rows[np.argmin(lapses["start"][rows])], rows[np.argmax(lapses["end"][rows])]
    mode = LapseMode(int(lapses["mode"][first]))
    of = f", first of {counted(rows.size, 'unit')}" if rows.size > 1 else ""
    words = f"{_WHY[mode]}: {'deny' if mode.denies else 'allow'} everybody{of}"
    yield Fact(float(lapses["start"][first]), _unit(subject, int(first)), "lapse-began", words)
    if lapses["end"][last] < trace.meta.t1:
        of = ", last of them" if rows.size > 1 else ""
        words = f"decided by its policy again{of}"
        yield Fact(float(lapses["end"][last]), _unit(subject, int(last)), "lapse-ended", words)


def _unit(subject: Subject, lapse: int) -> str:
    return subject.trace.label(Family.UNIT, int(subject.trace["lapses"]["unit"][lapse]))
