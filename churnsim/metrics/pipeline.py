"""Pipelines: how long it takes from the first stage to the last, and what is done there again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from churnsim.metrics.measurement import Durations, Ratio
from churnsim.metrics.overlap import Floats, Mask
from churnsim.metrics.registry import measure
from churnsim.trace import Trace


@measure("pipeline.time.mean", unit="s", better="lower")
def time_mean(trace: Trace) -> Ratio:
    """Mean time from the arrival of a job at a first stage to the outcomes at the last that come of it.

    Of outcomes of last stages that take effect in the window; none in a world without stages. What comes of
    an outcome that took effect again, at any stage, is left out.
    """
    took = _took(trace)
    return Ratio(float(took.sum()), float(took.size))


@measure("pipeline.time.p50", unit="s", better="lower")
def time_p50(trace: Trace) -> Durations:
    """Median time from the arrival of a job at a first stage to the outcomes at the last that come of it."""
    return _quantile(trace, 0.5)


@measure("pipeline.time.p99", unit="s", better="lower")
def time_p99(trace: Trace) -> Durations:
    """99th percentile of the time from arrival at a first stage to the outcomes at the last."""
    return _quantile(trace, 0.99)


@measure("pipeline.repeated", unit="1", better="lower")
def repeated(trace: Trace) -> Ratio:
    """Outcomes of last stages in the window that repeat, over those that do not.

    One repeats if it took effect again, or if the outcome that brought its job did, at whatever stage: keys
    of a later stage do not know the jobs of an earlier one.
    """
    ends = _ends(trace)
    again = float(np.count_nonzero(ends.is_again))
    return Ratio(again, float(ends.is_again.size) - again)


@dataclass(frozen=True)
class _Ends:
    """Outcomes of last stages in the window: how long after the start [s], and whether they repeat."""

    took: Floats
    is_again: Mask


def _ends(trace: Trace) -> _Ends:
    ledger, meta = trace["outcomes"], trace.meta
    began, brought_again = _origins(trace)
    after = {info.work.after for info in meta.workloads if info.work is not None}
    is_last = [
        info.work is not None and info.work.after != "" and info.name not in after for info in meta.workloads
    ]
    chosen = np.array(is_last, bool)[ledger["workload"]]
    chosen &= (ledger["committed"] >= meta.t0) & (ledger["committed"] < meta.t1)
    job = ledger["job"][chosen]
    return _Ends(
        ledger["committed"][chosen] - began[job], brought_again[job] | (ledger["cause"][chosen] >= 0)
    )


def _origins(trace: Trace) -> tuple[Floats, Mask]:
    """When each job's first stage began [s], and whether an outcome on the way here took effect again."""
    jobs, ledger = trace["jobs"], trace["outcomes"]
    size = int(ledger["attempt"].max(initial=0)) + 1
    repeats = ledger["cause"] >= 0
    repeated = ledger["job"][repeats] * size + ledger["attempt"][repeats]
    is_again = np.isin(jobs["source"] * size + jobs["source_attempt"], repeated) & (jobs["source"] >= 0)
    began, source = jobs["arrived"].copy(), jobs["source"].copy()
    while (later := np.flatnonzero(source >= 0)).size:
        up = source[later]
        began[later] = jobs["arrived"][up]
        is_again[later] |= is_again[up]
        source[later] = jobs["source"][up]
    return began, is_again


def _took(trace: Trace) -> Floats:
    ends = _ends(trace)
    return np.asarray(ends.took[~ends.is_again])


def _quantile(trace: Trace, probability: float) -> Durations:
    took = _took(trace)
    return Durations(took, np.zeros(took.size, bool), probability)
