"""L34: no unit starts without its image, and a node pulls each but once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.trace.code import Family
from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.trace import Trace


@law(
    "L34",
    "A node pulls the image of a workload's version for the first unit placed there that needs it; whoever "
    "comes while it does has the image with the first, whoever comes later at once. No unit is booted before "
    "its node has its image.",
)
def image(trace: Trace) -> Iterator[Violation]:
    """Hold each placement against the first of the same version on the same node."""
    placed, units, meta = trace["placements"], trace["units"], trace.meta
    who, since, there = placed["unit"], placed["time"], placed["pulled"]
    workload = units["workload"][who]
    needs = np.array([info.has_image for info in meta.workloads], bool)[workload]
    for i in first(~np.isnan(there) & (~needs | (there < since))):
        yield _at(trace, "its image was pulled before it came, or it needs none", since[i], who[i])
    rows = np.flatnonzero(needs)
    revision = units["revision"][who]
    rows = rows[np.lexsort([column[rows] for column in (since, revision, workload, placed["node"])])]
    version = np.stack([placed["node"], workload, revision])[:, rows]
    is_new = np.append(True, (version[:, 1:] != version[:, :-1]).any(axis=0))[: len(rows)]
    came = there[rows][np.maximum.accumulate(np.where(is_new, np.arange(len(rows)), 0))]
    expected = np.where(np.isnan(came), np.nan, np.maximum(came, since[rows]))
    for i in first(~((there[rows] == expected) | (np.isnan(there[rows]) & np.isnan(expected)))):
        said = "its image was pulled twice, or not when the first needed it"
        yield _at(trace, said, since[rows[i]], who[rows[i]])
    booted = units["booted"][who]
    for i in first(needs & (booted >= meta.start) & ~(booted >= there)):
        yield _at(trace, "booted without its image", booted[i], who[i])


def _at(trace: Trace, message: str, time: float, unit: int) -> Violation:
    return Violation(message, float(time), trace.label(Family.UNIT, int(unit)))
