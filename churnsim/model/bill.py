"""The bill: what a run's countable things cost at the scenario's prices."""

from __future__ import annotations

from typing import Any

import numpy as np

from churnsim.model.price import Prices
from churnsim.trace.trace import Trace


def bill(trace: Trace, prices: Prices) -> dict[str, Any]:
    """Return the columns of the bill for the measured window."""
    units, t0, t1 = trace.tables["units"], trace.meta.t0, trace.meta.t1
    placed, gone = units["placed"], units["gone"]
    was_placed = np.isfinite(placed)
    until = np.where(np.isnan(gone), t1, gone)
    seconds = np.maximum(np.minimum(until, t1) - np.maximum(placed, t0), 0.0)[was_placed]
    issued = trace.tables["credentials"]["issued"]
    quantities = {
        "unit_hours": (float(seconds.sum()) / 3600.0, prices.unit_hour),
        "starts": (float(((placed >= t0) & (placed < t1)).sum()), prices.start),
        "issuances": (float(((issued >= t0) & (issued < t1)).sum()), prices.issuance),
        "policy_fetches": (float(trace.tables["polls"]["polls"].sum()), prices.policy_fetch),
        "revocation_messages": (float(trace.tables["points"]["messages"].sum()), prices.revocation_message),
        "revocation_gigabytes": (
            float(trace.tables["points"]["bytes"].sum()) / 1e9,
            prices.revocation_gigabyte,
        ),
        "evidence_gigabytes": (_evidence_bytes(trace) / 1e9, prices.evidence_gigabyte),
        "requests": (float(trace.tables["traffic"]["offered"].sum()), prices.request),
    }
    if trace.meta.pools:
        quantities["node_hours"] = _nodes(trace)
    quantity, price = (np.array(column) for column in zip(*quantities.values(), strict=True))
    return {
        "item": np.array(list(quantities), "U32"),
        "quantity": quantity,
        "price": price,
        "amount": quantity * price,
    }


def _nodes(trace: Trace) -> tuple[float, float]:
    """Hours of nodes from ordered to gone, and the mean price of one [USD]."""
    nodes, meta = trace.tables["nodes"], trace.meta
    until = np.fmin(nodes["gone"], meta.t1)
    hours = np.maximum(until - np.maximum(nodes["ordered"], meta.t0), 0.0) / 3600.0
    price = np.array([info.price for info in meta.pools])[nodes["pool"]]
    total = float(hours.sum())
    return total, float(hours @ price) / total if total else 0.0


def _evidence_bytes(trace: Trace) -> float:
    """Bytes of what was made in the window and handed over."""
    table = trace.tables["artefacts"]
    handed = (table["start"] >= trace.meta.t0) & ~np.isnan(table["shipped"])
    size = np.array([info.size for info in trace.meta.artefacts], float)
    return float((table["number"] * size[table["artefact"]])[handed].sum()) if handed.any() else 0.0
