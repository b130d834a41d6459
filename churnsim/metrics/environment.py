"""Environments: how many there are, and what those cost that nobody wants any more."""

from __future__ import annotations

import numpy as np

from churnsim.metrics.measurement import Ratio, Scalar
from churnsim.metrics.overlap import Floats, Mask, inside
from churnsim.metrics.registry import measure
from churnsim.trace import EnvironmentFate, Trace
from churnsim.trace.resident import disowned


@measure("environment.wanted", unit="environments", better="neither")
def wanted(trace: Trace) -> Ratio:
    """Mean number of environments that are wanted, from opened to closed."""
    table = trace["environments"]
    return _mean(trace, table["opened"], table["closed"], ~_refused(trace))


@measure("environment.orphans", unit="environments", better="lower")
def orphans(trace: Trace) -> Ratio:
    """Mean number of environments that are there although nobody wants them: closed, and not removed."""
    table = trace["environments"]
    return _mean(trace, table["closed"], table["removed"], ~np.isnan(table["closed"]))


@measure("environment.orphan_grants", unit="grants", better="lower")
def orphan_grants(trace: Trace) -> Ratio:
    """Mean number of grants of environments that nobody wants any more."""
    table, meta = trace["environments"], trace.meta
    grants = np.array([0 if info.estate is None else info.estate.grants for info in meta.workloads], float)
    spent = inside(table["closed"], table["removed"], meta.t0, meta.t1)
    return Ratio(float(np.dot(spent, grants[table["workload"]])), _length(trace))


@measure("environment.orphan_unit_hours", unit="unit h", better="lower")
def orphan_unit_hours(trace: Trace) -> Scalar:
    """Unit-hours in the window of units that nobody wants any more, from placed to gone."""
    return Scalar(float(_orphan_hours(trace).sum()) if _has_any(trace) else None)


@measure("environment.orphan_cost", unit="share", better="lower")
def orphan_cost(trace: Trace) -> Ratio:
    """Share of the total cost that is paid for the unit-hours of units that nobody wants any more."""
    bill, price = trace["bill"], np.zeros(len(trace.meta.workloads))
    hours = bill["item"] == "unit_hours"
    price[bill["workload"][hours]] = bill["price"][hours]
    paid = float(np.dot(price[trace["units"]["workload"]], _orphan_hours(trace)))
    return Ratio(paid, float(bill["amount"].sum()) if _has_any(trace) else 0.0)


@measure("environment.refused", unit="share", better="lower")
def refused(trace: Trace) -> Ratio:
    """Share of the changes in the window that got no environment because there were as many as may be."""
    opened, meta = trace["environments"]["opened"], trace.meta
    came = (opened >= meta.t0) & (opened < meta.t1)
    return Ratio(float(np.count_nonzero(came & _refused(trace))), float(np.count_nonzero(came)))


def _refused(trace: Trace) -> Mask:
    return np.asarray(trace["environments"]["fate"] == EnvironmentFate.REFUSED)


def _orphan_hours(trace: Trace) -> Floats:
    """Unit-hours in the window that nobody wants any more, unit by unit."""
    units, meta = trace["units"], trace.meta
    since = np.maximum(disowned(trace), units["placed"])
    return inside(since, units["gone"], meta.t0, meta.t1) / 3600.0


def _mean(trace: Trace, start: Floats, end: Floats, chosen: Mask) -> Ratio:
    meta = trace.meta
    spent = inside(start[chosen], end[chosen], meta.t0, meta.t1)
    return Ratio(float(spent.sum()), _length(trace))


def _length(trace: Trace) -> float:
    return trace.meta.t1 - trace.meta.t0 if _has_any(trace) else 0.0


def _has_any(trace: Trace) -> bool:
    return any(info.estate is not None for info in trace.meta.workloads)
