"""Stolen signing keys: how long a forger can use one, and how long it takes to replace what it has signed."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.measurement import Durations, Ratio
from churnsim.metrics.overlap import Mask, inside
from churnsim.metrics.registry import measure
from churnsim.metrics.trust import GapFamily, episodes
from churnsim.trace import Trace


@measure("key.dwell.mean", unit="s", better="lower")
def dwell_mean(trace: Trace) -> Ratio:
    """Mean time some point accepts a forger's key: forger-seconds in the window / key thefts in it."""
    found = episodes(trace)
    forger = found.family == GapFamily.FORGER
    begun = np.count_nonzero(_within(trace, "time"))
    return Ratio(float(found.seconds[forger].sum()), float(begun))


@measure("key.dwell.p95", unit="s", better="lower")
def dwell_p95(trace: Trace) -> Durations:
    """95th percentile, over key thefts in the window, of last instant accepted anywhere - theft."""
    found, time = episodes(trace), trace["forgers"]["time"]
    forger = found.family == GapFamily.FORGER
    last = time.copy()
    np.maximum.at(last, found.pair[forger], found.end[forger])
    is_open = np.bincount(found.pair[forger & found.open], minlength=last.size) > 0
    within = _within(trace, "time")
    return Durations((last - time)[within], is_open[within], 0.95)


@measure("key.rotation.mean", unit="s", better="lower")
def rotation_mean(trace: Trace) -> Ratio:
    """Mean length of a forced rotation: seconds of them in the window / those begun in it."""
    meta, table = trace.meta, trace["forgers"]
    end = np.where(np.isnan(table["reissued"]), meta.t1, table["reissued"])
    seconds = inside(table["rotated"], end, meta.t0, meta.t1)
    begun = np.count_nonzero(_within(trace, "rotated"))
    return Ratio(float(np.nansum(seconds)), float(begun))


def _within(trace: Trace, column: str) -> Mask:
    """Which forgers' instants of a column lie in the window."""
    time = trace["forgers"][column]
    return np.asarray((time >= trace.meta.t0) & (time < trace.meta.t1))
