"""Latency: how long requests to functions take, the wait for a unit and the service together."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.measurement import Durations
from churnsim.metrics.registry import measure
from churnsim.trace import Trace
from churnsim.trace.code import InvocationOutcome


@measure("latency.p50", unit="s", better="lower")
def p50(trace: Trace) -> Durations:
    """Median time from a request to a function to its answer; given up, cut short or not over: censored."""
    return _latency(trace, 0.5)


@measure("latency.p95", unit="s", better="lower")
def p95(trace: Trace) -> Durations:
    """95th percentile of the time from a request to a function to its answer."""
    return _latency(trace, 0.95)


@measure("latency.p99", unit="s", better="lower")
def p99(trace: Trace) -> Durations:
    """99th percentile of the time from a request to a function to its answer."""
    return _latency(trace, 0.99)


def _latency(trace: Trace, probability: float) -> Durations:
    taken, meta = trace["invocations"], trace.meta
    chosen = (taken["arrived"] >= meta.t0) & (taken["arrived"] < meta.t1)
    took = np.where(np.isnan(taken["ended"]), meta.t1, taken["ended"]) - taken["arrived"]
    return Durations(took[chosen], (taken["outcome"] != InvocationOutcome.DONE)[chosen], probability)
