"""Trust by tenant: whose workloads trust whom wrongly, or do not trust whom they should."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.measurement import Scalar
from churnsim.metrics.registry import measure
from churnsim.metrics.trust import Side, gaps
from churnsim.trace import Trace


@measure("tenant.overtrust", unit="pair s", better="lower", parts="tenant")
def overtrust(trace: Trace) -> dict[str, Scalar]:
    """Over-trust of all pairs at workloads in the window, points by weight, by the tenant whose they are.

    As overtrust.pair_seconds, but for forgers with a stolen key, who are at no workload.
    """
    return _by_tenant(trace, Side.OVER)


@measure("tenant.undertrust", unit="pair s", better="lower", parts="tenant")
def undertrust(trace: Trace) -> dict[str, Scalar]:
    """Under-trust of all pairs at workloads in the window, points by weight, by the tenant whose they are.

    Units that hold no accepted credential, and principals who are denied although they are to be allowed.
    """
    return _by_tenant(trace, Side.UNDER)


def _by_tenant(trace: Trace, side: Side) -> dict[str, Scalar]:
    """Pair-seconds by tenant, all under ""; None where the world has no trust relations."""
    meta, found = trace.meta, gaps(trace)
    mine = (found.side == side) & (found.workload >= 0)
    each = np.bincount(found.workload[mine], found.seconds[mine], len(meta.workloads))
    seconds = dict.fromkeys(("", *sorted({info.tenant for info in meta.workloads})), 0.0)
    for info, more in zip(meta.workloads, each.tolist(), strict=True):
        seconds[info.tenant] += more
        seconds[""] += more
    has_trust = bool(meta.issuers or meta.policies)
    return {tenant: Scalar(total if has_trust else None) for tenant, total in seconds.items()}
