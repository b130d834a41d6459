"""Fallout: how many of the tenants one failure hits, and how many it takes down."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from churnsim.metrics.measurement import Peak, Ratio
from churnsim.metrics.node import can_strike, struck
from churnsim.metrics.registry import measure
from churnsim.trace import Trace
from churnsim.trace.intervals import steps


@measure("blast_radius.tenants_hit.mean", unit="share", better="lower")
def hit_on_average(trace: Trace) -> Ratio:
    """Share of the tenants that lose a ready unit in one failure, on average over those that end any.

    What failures of one kind end at one instant is one failure; units that are told to drain do not count.
    """
    hit, _ = _shares(trace)
    return Ratio(float(hit.sum()), float(hit.size))


@measure("blast_radius.tenants_hit.max", unit="share", better="lower")
def hit_at_most(trace: Trace) -> Peak:
    """Share of the tenants that lose a ready unit in the failure that hits most of them."""
    hit, _ = _shares(trace)
    return Peak(float(hit.max(initial=0.0)) if can_strike(trace) else None)


@measure("blast_radius.tenants_down.mean", unit="share", better="lower")
def down_on_average(trace: Trace) -> Ratio:
    """Share of the tenants that one failure takes down, on average over those that end a ready unit.

    A tenant is down if a workload of its has lost a unit, and has fewer ready than it needs, or none.
    """
    _, down = _shares(trace)
    return Ratio(float(down.sum()), float(down.size))


@measure("blast_radius.tenants_down.max", unit="share", better="lower")
def down_at_most(trace: Trace) -> Peak:
    """Share of the tenants that the failure takes down which takes down most of them."""
    _, down = _shares(trace)
    return Peak(float(down.max(initial=0.0)) if can_strike(trace) else None)


def _shares(trace: Trace) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Share of the tenants that each failure hits, and that it takes down; shapes (failures,)."""
    units, meta, rows = trace["units"], trace.meta, struck(trace)
    names = sorted({info.tenant for info in meta.workloads})
    tenant = np.array([names.index(info.tenant) for info in meta.workloads], np.int64)
    workload, time = units["workload"][rows], units["stopped"][rows]
    failures, which = np.unique(np.stack([units["end_cause"][rows], time]), axis=1, return_inverse=True)
    is_down = np.zeros(rows.size, bool)
    for code, info in enumerate(meta.workloads):
        mine, here = workload == code, units["workload"] == code
        ready = steps(units["ready"][here], np.fmin(units["stopped"][here], meta.t1))
        is_down[mine] = ready.at(time[mine]) < max(info.needed, 1)
    shares = []
    for some in (np.ones(rows.size, bool), is_down):
        pairs = np.unique(np.stack([which.ravel()[some], tenant[workload[some]]]), axis=1)
        shares.append(np.bincount(pairs[0], minlength=failures.shape[1]) / max(len(names), 1))
    return shares[0], shares[1]
