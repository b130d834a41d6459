"""The bill: what a run's countable things cost at the scenario's prices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.model.price import Prices
from churnsim.trace.trace import Trace

HOUR = 3600.0


@dataclass(frozen=True)
class Line:
    """One line of a bill: so much of an item, for one workload (-1: for none alone), at a price [USD]."""

    item: str
    workload: int
    quantity: float
    price: float


def bill(trace: Trace, prices: Prices) -> dict[str, Any]:
    """Return the columns of the bill for the measured window."""
    lines = [
        *_units(trace, prices),
        *_trust(trace, prices),
        *_requests(trace, prices),
        *_shared(trace, prices),
    ]
    price, quantity = (np.array([getattr(line, name) for line in lines]) for name in ("price", "quantity"))
    return {
        "item": np.array([line.item for line in lines], "U32"),
        "workload": np.array([line.workload for line in lines], np.int16),
        "quantity": quantity,
        "price": price,
        "amount": quantity * price,
    }


def _units(trace: Trace, prices: Prices) -> Iterator[Line]:
    """Units, from placed to gone, and what rounding up the time of those that are gone adds to it."""
    units, t0, t1 = trace.tables["units"], trace.meta.t0, trace.meta.t1
    placed, gone, workload = units["placed"], units["gone"], units["workload"]
    until = np.where(np.isnan(gone), t1, gone)
    seconds = np.nan_to_num(np.maximum(np.minimum(until, t1) - np.maximum(placed, t0), 0.0))
    ended = (gone >= t0) & (gone < t1) & ~np.isnan(placed)
    added = np.where(ended, prices.billed(gone - placed) - (gone - placed), 0.0)
    hours, rounding, starts = (
        _by_workload(trace, workload, weights)
        for weights in (seconds / HOUR, added / HOUR, (placed >= t0) & (placed < t1))
    )
    for code, info in enumerate(trace.meta.workloads):
        price = (prices.unit_hour if isnan(info.price) else info.price) * (1.0 - info.discount)
        yield Line("unit_hours", code, hours[code], price)
        if prices.minimum or prices.increment:
            yield Line("rounded_hours", code, rounding[code], price)
        yield Line("starts", code, starts[code], prices.start)


def _trust(trace: Trace, prices: Prices) -> Iterator[Line]:
    """Credentials, policies and evidence."""
    t0, t1, tables = trace.meta.t0, trace.meta.t1, trace.tables
    of_unit, credentials, polls = tables["units"]["workload"], tables["credentials"], tables["polls"]
    issued = (credentials["issued"] >= t0) & (credentials["issued"] < t1)
    issuances = _by_workload(trace, of_unit[credentials["unit"]], issued)
    fetches = _by_workload(trace, of_unit[polls["unit"]], polls["polls"])
    artefacts = tables["artefacts"]
    size = np.array([info.size for info in trace.meta.artefacts], float)
    handed = (artefacts["start"] >= t0) & ~np.isnan(artefacts["shipped"])
    kept = np.where(handed, artefacts["number"], 0.0) * (size[artefacts["artefact"]] if size.size else 0.0)
    bytes_ = _by_workload(trace, of_unit[artefacts["unit"]], kept)
    for code, info in enumerate(trace.meta.workloads):
        if info.issuer >= 0:
            yield Line("issuances", code, issuances[code], prices.issuance)
        if info.policy >= 0:
            yield Line("policy_fetches", code, fetches[code], prices.policy_fetch)
        if bytes_[code]:
            yield Line("evidence_gigabytes", code, bytes_[code] / 1e9, prices.evidence_gigabyte)


def _requests(trace: Trace, prices: Prices) -> Iterator[Line]:
    """Requests, and those that functions handle one by one."""
    t0, t1, traffic, taken = (
        trace.meta.t0,
        trace.meta.t1,
        trace.tables["traffic"],
        trace.tables["invocations"],
    )
    offered = _by_workload(trace, traffic["workload"], traffic["offered"])
    until = np.fmin(np.where(np.isnan(taken["ended"]), t1, taken["ended"]), t1)
    busy = np.nan_to_num(np.maximum(until - np.maximum(taken["began"], t0), 0.0))
    began = (taken["began"] >= t0) & (taken["began"] < t1)
    hours = _by_workload(trace, taken["workload"], busy / HOUR)
    number = _by_workload(trace, taken["workload"], began)
    for code, info in enumerate(trace.meta.workloads):
        if not isnan(info.rate):
            yield Line("requests", code, offered[code], prices.request)
        if info.places:
            yield Line("busy_hours", code, hours[code], prices.busy_hour)
            yield Line("invocations", code, number[code], prices.invocation)


def _shared(trace: Trace, prices: Prices) -> Iterator[Line]:
    """What is for no workload alone."""
    points, meta = trace.tables["points"], trace.meta
    yield Line("revocation_messages", -1, float(points["messages"].sum()), prices.revocation_message)
    yield Line("revocation_gigabytes", -1, float(points["bytes"].sum()) / 1e9, prices.revocation_gigabyte)
    yield Line("control_plane_hours", -1, (meta.t1 - meta.t0) / HOUR, prices.control_plane_hour)
    if meta.pools:
        nodes = trace.tables["nodes"]
        until = np.fmin(nodes["gone"], meta.t1)
        hours = np.maximum(until - np.maximum(nodes["ordered"], meta.t0), 0.0) / HOUR
        price: NDArray[np.float64] = np.array([info.price for info in meta.pools])[nodes["pool"]]
        total = float(hours.sum())
        yield Line("node_hours", -1, total, float(hours @ price) / total if total else 0.0)


def _by_workload(trace: Trace, workload: NDArray[Any], amount: NDArray[Any]) -> list[float]:
    """Sums of amounts, each of a row of a workload."""
    sums: list[float] = np.bincount(workload, weights=amount, minlength=len(trace.meta.workloads)).tolist()
    return sums
