"""L07: the bill adds up, and counts what the other tables hold."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.trace.intervals import clipped_length
from churnsim.trace.law.statement import Violation, differ, first, law
from churnsim.trace.trace import Trace


@law(
    "L07",
    "Every amount is quantity x price, and the quantities are those of the tables: unit hours from placed to "
    "gone, node hours from ordered to gone, starts placed, credentials issued, polls, messages and 10⁹ bytes "
    "about revocations, requests offered, all in [t0, t1).",
)
def bill(trace: Trace) -> Iterator[Violation]:
    """Count every item again, from the tables."""
    table = trace["bill"]
    for i in first(differ(table["amount"], table["quantity"] * table["price"])):
        yield Violation(f"{table['item'][i]}: {table['amount'][i]} USD is not quantity x price")
    counted = _counted(trace)
    for item, quantity in zip(table["item"], table["quantity"], strict=True):
        if item in counted and differ(quantity, counted[str(item)]):
            yield Violation(f"{item}: {quantity} billed, {counted[str(item)]} counted")


def _counted(trace: Trace) -> dict[str, float]:
    t0, t1, units = trace.meta.t0, trace.meta.t1, trace["units"]
    placed = units["placed"][~np.isnan(units["placed"])]
    gone = np.fmin(units["gone"], t1)[~np.isnan(units["placed"])]
    issued, nodes = trace["credentials"]["issued"], trace["nodes"]
    artefacts = trace["artefacts"]
    handed = (artefacts["start"] >= t0) & (artefacts["shipped"] < t1)
    return {
        "unit_hours": float(clipped_length(placed, gone, t0, t1).sum()) / 3600.0,
        "node_hours": float(clipped_length(nodes["ordered"], np.fmin(nodes["gone"], t1), t0, t1).sum())
        / 3600.0,
        "starts": float(np.count_nonzero((placed >= t0) & (placed < t1))),
        "issuances": float(np.count_nonzero((issued >= t0) & (issued < t1))),
        "policy_fetches": float(trace["polls"]["polls"].sum()),
        "revocation_messages": float(trace["points"]["messages"].sum()),
        "revocation_gigabytes": float(trace["points"]["bytes"].sum()) / 1e9,
        "evidence_gigabytes": sum(
            info.size * float(artefacts["number"][handed & (artefacts["artefact"] == code)].sum())
            for code, info in enumerate(trace.meta.artefacts)
        )
        / 1e9,
        "requests": float(trace["traffic"]["offered"].sum()),
    }
