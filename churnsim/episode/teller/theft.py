"""What thieves did, and when they were found out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.episode.fact import Fact
from churnsim.episode.subject import Subject
from churnsim.metrics.trust import GapFamily
from churnsim.trace import Family


def tell(subject: Subject) -> Iterator[Fact]:
    """Yield theft and detection: of the thief whom it is about, or of any that robbed the unit."""
    if subject.unit < 0:
        return
    thefts = subject.trace["thefts"]
    is_thief = subject.family == GapFamily.THEFT
    rows = [subject.theft] if is_thief else np.flatnonzero(thefts["unit"] == subject.unit).tolist()
    name = subject.trace.label(Family.UNIT, subject.unit)
    for row in rows:
        stolen, detected = float(thefts["time"][row]), float(thefts["detected"][row])
        is_found = subject.since <= detected <= subject.end
        if is_thief or is_found or subject.since <= stolen <= subject.end:
            can = "; the thief can renew it" if thefts["can_renew"][row] else ""
            words = f"credential {thefts['serial'][row]} was stolen{can}"
            yield Fact(stolen, name, "credential-stolen", words)
        if is_found:
            yield Fact(detected, name, "theft-detected", "the theft was detected")
        decided = float(thefts["decided"][row])
        if detected < decided <= subject.end and subject.since <= decided:
            yield Fact(decided, name, "theft-answered", "the theft was acted upon")
