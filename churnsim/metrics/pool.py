"""Pools: how many nodes there are, and how often an autoscaler adds or removes one."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.measurement import Ratio
from churnsim.metrics.overlap import inside
from churnsim.metrics.registry import measure
from churnsim.trace import Family, NodeState, Trace


@measure("node.count", unit="nodes", better="neither")
def count(trace: Trace) -> Ratio:
    """Mean number of nodes from ordered to gone, as they are billed."""
    nodes, meta = trace["nodes"], trace.meta
    stood = inside(nodes["ordered"], nodes["gone"], meta.t0, meta.t1)
    return Ratio(float(stood.sum()), meta.t1 - meta.t0 if meta.pools else 0.0)


@measure("node.added", unit="1/h", better="neither")
def added(trace: Trace) -> Ratio:
    """Nodes that autoscalers add, per hour."""
    return _decided(trace, NodeState.BOOTING, "node-added")


@measure("node.removed", unit="1/h", better="neither")
def removed(trace: Trace) -> Ratio:
    """Nodes that autoscalers remove, per hour: told to drain, and replaced by none."""
    return _decided(trace, NodeState.DRAINING, "node-unneeded")


def _decided(trace: Trace, state: NodeState, cause: str) -> Ratio:
    meta, within = trace.meta, 0
    if cause in meta.causes:
        spells = trace.intervals(Family.NODE, state)
        began = spells["start"][spells["cause"] == trace.code("cause", cause)]
        within = int(np.count_nonzero((began >= meta.t0) & (began < meta.t1)))
    return Ratio(float(within), (meta.t1 - meta.t0) / 3600.0 if meta.pools else 0.0)
