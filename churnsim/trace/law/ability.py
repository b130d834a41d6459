"""L33: nobody serves more than there is capacity for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.intervals import Spans, Steps, intersection, steps
from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.listing import listings
from churnsim.trace.noise import paces, slowed
from churnsim.trace.trace import Trace


@law(
    "L33",
    "In every bucket a workload with a capacity serves, requests and calls together, no more on average than "
    "its listed living units have the capacity for, of which noise beside them leaves less. Noise leaves "
    "something, and no more than all.",
)
def ability(trace: Trace) -> Iterator[Violation]:
    """Add up what the units of each workload can serve, bucket by bucket."""
    noises, traffic, calls = trace["noises"], trace["traffic"], trace["calls"]
    for i in first(~((noises["left"] > 0) & (noises["left"] <= 1))):
        name = trace.names("workload")[noises["workload"][i]]
        yield Violation(f"leaves {noises['left'][i]} of a capacity", float(noises["start"][i]), name)
    for code, info in enumerate(trace.meta.workloads):
        ours, theirs = traffic["workload"] == code, calls["callee"] == code
        if trace.meta.requests != "expected" or not (np.isfinite(info.capacity) and ours.any()):
            continue
        edges = np.append(traffic["start"][ours], traffic["end"][ours][-1])
        bucket = np.searchsorted(edges, calls["start"][theirs], side="right") - 1
        served = traffic["served"][ours] + np.bincount(bucket, calls["served"][theirs], edges.size - 1)
        able = info.capacity * np.diff(_unit_seconds(trace, code, edges))
        for i in first(served > able * (1 + 1e-9) + 1e-9):
            yield Violation(f"{served[i]} served, capacity for {able[i]}", float(edges[i]), info.name)


def _unit_seconds(trace: Trace, workload: int, edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Seconds of listed living units until each edge, those beside noise by what that leaves."""
    who, listed, unlisted = listings(trace, workload)
    serving = Spans.of(listed, np.fmin(unlisted, trace["units"]["gone"][who]), who)
    unit, start, end, pace = slowed(trace, workload)
    total = _until(steps(serving.start, serving.end), edges)
    for number, left in enumerate(paces(trace).tolist()):
        here = pace == number
        beside = intersection(serving, Spans.of(start[here], end[here], unit[here]))
        total = total - (1.0 - left) * _until(steps(beside.start, beside.end), edges)
    return total


def _until(count: Steps, edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Integral of a count from its beginning to each edge [s]."""
    if not count.times.size:
        return np.zeros(edges.size)
    sums = np.append(0.0, np.cumsum(count.counts[:-1] * np.diff(count.times)))
    return np.asarray(np.interp(edges, count.times, sums))
