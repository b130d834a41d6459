"""What held from when to when in an episode, as bars of a figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from churnsim.episode.stretch import Stretch
from churnsim.episode.subject import Subject
from churnsim.episode.word import said
from churnsim.metrics.trust import GapFamily, Side
from churnsim.trace import Family, ServiceState

_CREDENTIALS_MOST = 6
_GAPS = {
    (Side.UNDER, False): "locked out",
    (Side.OVER, False): "wrongly trusted",
    (Side.UNDER, True): "wrongly denied",
    (Side.OVER, True): "wrongly allowed",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that held for a while.

    Parameters
    ----------
    lane : str
        Name of the line that it is drawn on.
    kind : {"intended", "credential", "revoked", "down", "gap"}
        What sort of thing held.
    start, end : float
        Bounds [s].
    what : str
        Which, in words; of a gap the cause.
    share : float
        Of a gap: wrong points as a share of the most that were wrong at once.
    """

    lane: str
    kind: str
    start: float
    end: float
    what: str = ""
    share: float = 1.0


def bars(subject: Subject, cut: list[Stretch]) -> list[Bar]:
    """Return the bars of an episode, lane by lane from top to bottom."""
    made = [*_services(subject), *_intended(subject), *_credentials(subject)]
    lane = _GAPS[subject.side, subject.family == GapFamily.POLICY]
    most = max(len(stretch.where) for stretch in cut)
    made += [
        Bar(lane, "gap", piece.start, piece.end, said(piece.causes[0]), len(piece.where) / most)
        for piece in cut
    ]
    return made


def _services(subject: Subject) -> Iterator[Bar]:
    for family, entity in subject.services:
        spells = subject.trace.intervals(family)
        off = (spells["entity"] == entity) & (spells["state"] != ServiceState.UP)
        off &= (spells["end"] >= subject.since) & (spells["start"] <= subject.end)
        name = subject.trace.label(family, entity)
        for row in np.flatnonzero(off):
            state = subject.trace.state_name(family, int(spells["state"][row]))
            start, end = float(spells["start"][row]), float(spells["end"][row])
            yield Bar(name, "down", start, end, f"{name} {state}")


def _intended(subject: Subject) -> Iterator[Bar]:
    trace = subject.trace
    if subject.family == GapFamily.POLICY:
        commits = trace["commits"]
        mine = (commits["policy"] == subject.policy) & (commits["principal"] == subject.principal)
        time, allowed = commits["time"][mine], commits["allowed"][mine]
        ends = np.append(time[1:], trace.meta.t1)
        for start, end, yes in zip(time.tolist(), ends.tolist(), allowed.tolist(), strict=True):
            if yes and end > subject.start and start < subject.end:
                yield Bar("allowed", "intended", start, end, "newest version allows")
        return
    if subject.unit < 0:
        return
    units = trace["units"]
    booted = float(units["booted"][subject.unit])
    if not np.isnan(booted):
        end = float(np.fmin(units["gone"][subject.unit], trace.meta.t1))
        yield Bar(trace.label(Family.UNIT, subject.unit), "intended", booted, end, "to be trusted")


def _credentials(subject: Subject) -> Iterator[Bar]:
    if subject.unit < 0:
        return
    table = subject.trace["credentials"]
    for row in subject.concerned[-_CREDENTIALS_MOST:].tolist():
        thief = " (thief)" if int(table["bearer"][row]) >= 0 else ""
        lane = f"credential {table['serial'][row]}{thief}"
        issued, expires = float(table["issued"][row]), float(table["expires"][row])
        revoked = float(np.fmin(table["revoked"][row], expires))
        yield Bar(lane, "credential", issued, revoked, "credential unexpired")
        if revoked < expires:
            yield Bar(lane, "revoked", revoked, expires, "revoked")
