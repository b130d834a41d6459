"""What became of the unit."""

from __future__ import annotations

from collections.abc import Iterator

from churnsim.episode.fact import Fact
from churnsim.episode.subject import Subject
from churnsim.trace import Family

_SAID = {
    "created": "was created",
    "booted": "had booted: from here on it ought to be trusted",
    "ready": "was ready",
    "stopped": "was told to stop",
    "gone": "was gone: from here on it ought not to be trusted",
}


def tell(subject: Subject) -> Iterator[Fact]:
    """Yield the turns of the unit's life that lie within the story, or led to the episode."""
    if subject.unit < 0:
        return
    trace, units = subject.trace, subject.trace["units"]
    name = trace.label(Family.UNIT, subject.unit)
    code = int(units["end_cause"][subject.unit])
    for turn, words in _SAID.items():
        time = float(units[turn][subject.unit])
        if subject.since <= time <= subject.end or (turn in ("stopped", "gone") and time < subject.since):
            cause = trace.meta.causes[code] if turn == "stopped" and code >= 0 else ""
            yield Fact(time, name, f"unit-{turn}", f"{words}{f' ({cause})' if cause else ''}", cause)
