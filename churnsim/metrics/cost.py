"""Cost: what the window cost, and what share of it went into starting up and into trust."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from churnsim.metrics.measurement import Ratio, Scalar
from churnsim.metrics.overlap import inside
from churnsim.metrics.registry import measure
from churnsim.trace import Trace
from churnsim.trace.intervals import Spans, clip

TRUST_ITEMS = (
    "issuances",
    "policy_fetches",
    "revocation_messages",
    "revocation_gigabytes",
    "evidence_gigabytes",
)


@measure("cost.total", unit="USD", better="lower")
def total(trace: Trace) -> Scalar:
    """Sum of the bill: Σ quantity × price; undefined where nothing has a price."""
    return Scalar(float(trace["bill"]["amount"].sum()) if _is_priced(trace) else None)


@measure("cost.per_million_served", unit="USD", better="lower")
def per_million_served(trace: Trace) -> Ratio:
    """Total cost for a million served requests: 10⁶ × total / served; undefined where nothing has a price."""
    served = float(trace["traffic"]["served"].sum()) if _is_priced(trace) else 0.0
    return Ratio(1e6 * float(trace["bill"]["amount"].sum()), served)


@measure("cost.trust_overhead", unit="share", better="lower")
def trust_overhead(trace: Trace) -> Ratio:
    """Share of the total cost that issuances, policy fetches, news of revocations and evidence make up."""
    bill = trace["bill"]
    trust = np.isin(bill["item"], TRUST_ITEMS)
    return Ratio(float(bill["amount"][trust].sum()), float(bill["amount"].sum()))


@measure("cost.workload", unit="USD", better="lower", parts="workload")
def by_workload(trace: Trace) -> dict[str, Scalar]:
    """What is billed for one workload alone, summed over all, and by workload."""
    return _billed(trace, {info.name: [code] for code, info in enumerate(trace.meta.workloads)})


@measure("cost.tenant", unit="USD", better="lower", parts="tenant")
def by_tenant(trace: Trace) -> dict[str, Scalar]:
    """What is billed for workloads of one tenant, summed over all, and by tenant."""
    codes: dict[str, list[int]] = {}
    for code, info in enumerate(trace.meta.workloads):
        codes.setdefault(info.tenant, []).append(code)
    return _billed(trace, codes)


@measure("evidence.cost_share", unit="share", better="lower")
def evidence_share(trace: Trace) -> Ratio:
    """Share of the total cost that goes into keeping evidence: artefacts handed over to sinks, by size."""
    bill = trace["bill"]
    evidence = bill["item"] == "evidence_gigabytes"
    return Ratio(float(bill["amount"][evidence].sum()), float(bill["amount"].sum()))


@measure("cost.startup_waste", unit="share", better="lower")
def startup_waste(trace: Trace) -> Ratio:
    """Share of unit-seconds, placed to gone, before the unit was ready; all of those that never were."""
    units, meta = trace["units"], trace.meta
    before = inside(units["placed"], np.fmin(units["ready"], units["gone"]), meta.t0, meta.t1)
    every = inside(units["placed"], units["gone"], meta.t0, meta.t1)
    return Ratio(float(before.sum()), float(every.sum()))


@measure("cost.idle_waste", unit="share", better="lower")
def idle_waste(trace: Trace) -> Ratio:
    """Share of unit-seconds of functions, placed to gone, in which the unit was ready and had no request."""
    units, taken, meta = trace["units"], trace["invocations"], trace.meta
    of_function = np.array([info.places > 0 for info in meta.workloads], bool)[units["workload"]]
    end = np.fmin(np.where(np.isnan(taken["ended"]), meta.t1, taken["ended"]), meta.t1)
    began = ~np.isnan(taken["began"])
    busy = clip(Spans.of(taken["began"][began], end[began], taken["unit"][began]), meta.t0, meta.t1)
    ready, every = (
        float(inside(units[since], units["gone"], meta.t0, meta.t1)[of_function].sum())
        for since in ("ready", "placed")
    )
    return Ratio(max(ready - busy.total, 0.0), every)


def _billed(trace: Trace, groups: Mapping[str, list[int]]) -> dict[str, Scalar]:
    bill, is_priced = trace["bill"], _is_priced(trace)
    sums = {
        name: float(bill["amount"][np.isin(bill["workload"], codes)].sum()) for name, codes in groups.items()
    }
    parts = {name: Scalar(amount if is_priced else None) for name, amount in sums.items()}
    return {"": Scalar(sum(sums.values()) if is_priced else None), **parts}


def _is_priced(trace: Trace) -> bool:
    """Whether anything has a price: a sum of what nobody has priced is unknown, not nothing."""
    return bool((trace["bill"]["price"] > 0.0).any())
