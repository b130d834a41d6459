"""By tenant: whose workloads trust whom wrongly, or do not trust whom they should, and whom they serve."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.measurement import Ratio, Scalar
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


@measure("tenant.availability", unit="share", better="higher", parts="tenant")
def availability(trace: Trace) -> dict[str, Ratio]:
    """Share of intended requests that were served, by the tenant whose the workload is: served / intended."""
    served, intended = (_requests(trace, name) for name in ("served", "intended"))
    return {tenant: Ratio(served[tenant], intended[tenant]) for tenant in served}


@measure("availability.tenant_min", unit="share", better="higher")
def worst(trace: Trace) -> Scalar:
    """Served / intended requests of the tenant that fares worst."""
    each = (ratio.value for tenant, ratio in availability(trace).items() if tenant)
    return Scalar(min((value for value in each if value is not None), default=None))


def _requests(trace: Trace, outcome: str) -> dict[str, float]:
    """Requests from outside with an outcome, by tenant, all under ""."""
    traffic, workloads = trace["traffic"], trace.meta.workloads
    total = dict.fromkeys(("", *sorted({info.tenant for info in workloads})), 0.0)
    for code, info in enumerate(workloads):
        found = float(traffic[outcome][traffic["workload"] == code].sum())
        total[info.tenant] += found
        total[""] += found
    return total


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
