"""The error budget: how much of what was agreed may go unserved has been used, and how fast at worst."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from churnsim.metrics.measurement import Ratio, Scalar
from churnsim.metrics.registry import measure
from churnsim.trace import Trace

Floats = NDArray[np.float64]

#: Long and short window [s]: an alarm wants both, the short one so that it ends with the trouble.
WINDOWS = {"fast": (3600.0, 300.0), "slow": (21_600.0, 1800.0)}


@measure("budget.spent", unit="1", better="lower")
def spent(trace: Trace) -> Ratio:
    """Intended requests not served over those that may not be, as agreed: 1 is the whole budget."""
    lost = allowed = 0.0
    for _, failed, intended, tolerated in _agreed(trace):
        lost += float(failed.sum())
        allowed += float(intended.sum()) * tolerated
    return Ratio(lost, allowed)


@measure("budget.burn_max", unit="1", better="lower", parts="window", members=tuple(WINDOWS))
def burn_max(trace: Trace) -> dict[str, Scalar]:
    """Fastest use of an error budget: at its worst instant, the slower of a long and a short window.

    Share not served over the share agreed to be tolerated, over the last 1 h and 5 min (fast) or 6 h and
    30 min (slow), in whole traffic buckets; that of the worst workload. The whole is the larger of both.
    Undefined where nothing is agreed, or the window measured is shorter than the long one.
    """
    found: dict[str, list[float]] = {name: [] for name in WINDOWS}
    for edges, failed, intended, tolerated in _agreed(trace):
        for name, (long, short) in WINDOWS.items():
            ends = np.flatnonzero(edges - edges[0] >= long - 1e-6)
            if ends.size and intended.sum() > 0:
                rates = [_burn(edges, failed, intended, ends, span) for span in (long, short)]
                found[name].append(float(np.minimum(*rates).max()) / tolerated)
    parts = {name: Scalar(max(values, default=None)) for name, values in found.items()}
    every = [value for values in found.values() for value in values]
    return {"": Scalar(max(every, default=None)), **parts}


def _agreed(trace: Trace) -> Iterator[tuple[Floats, Floats, Floats, float]]:
    """Edges of buckets [s], requests not served and intended in each, share tolerated; by workload."""
    table = trace["traffic"]
    for workload, info in enumerate(trace.meta.workloads):
        mine = table["workload"] == workload
        if info.agreed < 1.0 and mine.any():
            intended = table["intended"][mine]
            edges = np.append(table["start"][mine], table["end"][mine][-1])
            yield edges, intended - table["served"][mine], intended, 1.0 - info.agreed


def _burn(edges: Floats, failed: Floats, intended: Floats, ends: NDArray[np.int64], span: float) -> Floats:
    """Share not served over the last `span` [s] before each of some edges; 0 where nothing was intended."""
    begins = np.maximum(np.searchsorted(edges, edges[ends] - span + 1e-6, side="right") - 1, 0)
    lost, wished = (np.append(0.0, np.cumsum(each)) for each in (failed, intended))
    number = wished[ends] - wished[begins]
    share: Floats = np.divide(lost[ends] - lost[begins], number, out=np.zeros(ends.size), where=number > 0)
    return share
