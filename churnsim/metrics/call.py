"""Calls between workloads: how many of them fail, and how much more they ask of their callees for it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from churnsim.metrics.measurement import Ratio
from churnsim.metrics.registry import measure
from churnsim.trace import Trace

Floats = NDArray[np.float64]

_ROUNDS = 1000


@measure("goodput", unit="1/s", better="higher")
def goodput(trace: Trace) -> Ratio:
    """Requests from outside that were served, per time; undefined where none are offered."""
    served = trace["traffic"]["served"]
    return Ratio(float(served.sum()), trace.meta.t1 - trace.meta.t0 if served.size else 0.0)


@measure("calls.failed.share", unit="share", better="lower", parts="callee")
def failed(trace: Trace) -> dict[str, Ratio]:
    """Share of calls of which every attempt failed: failed / calls, to one workload or to all."""
    return _by_callee(trace, _sum(trace, "failed"), _sum(trace, "first"))


@measure("calls.late.share", unit="share", better="lower", parts="callee")
def late(trace: Trace) -> dict[str, Ratio]:
    """Share of attempts that a callee answered, and the caller no longer waited for: work done in vain."""
    return _by_callee(trace, _sum(trace, "timed_out"), _sum(trace, "attempts"))


@measure("amplification.retry", unit="1", better="lower", parts="callee")
def retries(trace: Trace) -> dict[str, Ratio]:
    """Attempts / first attempts of the calls to one workload or to all: 1 where none is made again."""
    return _by_callee(trace, _sum(trace, "attempts"), _sum(trace, "first"))


@measure("amplification.load", unit="1", better="lower", parts="callee")
def load(trace: Trace) -> dict[str, Ratio]:
    """Attempts that come to a workload / calls that would if nothing failed, retries of all layers included.

    If nothing failed, every request that is intended would be answered, and its share would make each call,
    down to those who call nobody.
    """
    meta, traffic = trace.meta, trace["traffic"]
    size = len(meta.workloads)
    outside = np.bincount(traffic["workload"], traffic["intended"], size)
    share = np.zeros((size, size))
    for caller, info in enumerate(meta.workloads):
        for call in info.calls:
            share[caller, call.callee] = call.share
    called = np.zeros(size)
    for _ in range(_ROUNDS):  # as deep as calls go; where they come round, each time fewer
        before, called = called, (outside + called) @ share
        if np.allclose(before, called, rtol=1e-12, atol=0.0):
            break
    return _by_callee(trace, _sum(trace, "attempts"), called)


def _sum(trace: Trace, column: str) -> Floats:
    table = trace["calls"]
    return np.bincount(table["callee"], table[column], len(trace.meta.workloads)).astype(np.float64)


def _by_callee(trace: Trace, numerator: Floats, denominator: Floats) -> dict[str, Ratio]:
    """Each workload by name, undefined where nobody calls it, and all that are called under ""."""
    workloads = trace.meta.workloads
    callees = np.unique(np.array([call.callee for info in workloads for call in info.calls], np.int64))
    whole = {"": Ratio(float(numerator[callees].sum()), float(denominator[callees].sum()))}
    every = zip(workloads, numerator.tolist(), denominator.tolist(), strict=True)
    return whole | {info.name: Ratio(one, other) for info, one, other in every}
