"""What became of the services that the episode depends on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.episode.fact import Fact
from churnsim.episode.subject import Subject
from churnsim.metrics.trust import GapFamily, Side
from churnsim.trace import Family, ServiceState


def tell(subject: Subject) -> Iterator[Fact]:
    """Yield each change of state of issuer and owner, or of the policy's source, that touches the story."""
    if subject.family != GapFamily.POLICY and subject.side == Side.OVER:
        return  # an issuer that is down keeps no credential from being accepted
    for family, entity in subject.services:
        yield from _changes(subject, family, entity)


def _changes(subject: Subject, family: Family, entity: int) -> Iterator[Fact]:
    trace = subject.trace
    spells = trace.intervals(family)
    off = (spells["entity"] == entity) & (spells["state"] != ServiceState.UP)
    off &= (spells["end"] >= subject.since) & (spells["start"] <= subject.end)
    name = trace.label(family, entity)
    for row in np.flatnonzero(off):
        cause = trace.meta.causes[int(spells["cause"][row])] if trace.meta.causes else ""
        state = trace.state_name(family, int(spells["state"][row]))
        because = f" ({cause})" if cause else ""
        yield Fact(float(spells["start"][row]), name, f"service-{state}", f"was {state}{because}", cause)
        if not spells["open"][row]:
            yield Fact(float(spells["end"][row]), name, "service-changed", f"was no longer {state}", cause)
