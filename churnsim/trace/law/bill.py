"""L07: the bill adds up, and counts what the other tables hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.intervals import clipped_length
from churnsim.trace.law.statement import Violation, differ, first, law
from churnsim.trace.trace import Trace


@law(
    "L07",
    "Every amount is quantity x price, and the quantities of every workload are those of the tables: unit "
    "hours from placed to gone, starts placed, credentials issued, polls, 10⁹ bytes of artefacts handed on, "
    "requests offered, those that functions take and hours they handle them; for none alone node hours "
    "from ordered to gone, messages and 10⁹ bytes about revocations, hours of a control plane; in [t0, t1).",
)
def bill(trace: Trace) -> Iterator[Violation]:
    """Count every item again, from the tables."""
    table, workloads = trace["bill"], trace.meta.workloads
    for i in first(differ(table["amount"], table["quantity"] * table["price"])):
        yield Violation(f"{table['item'][i]}: {table['amount'][i]} USD is not quantity x price")
    counted = _counted(trace)
    for item, workload, quantity in zip(table["item"], table["workload"], table["quantity"], strict=True):
        if item not in counted:
            continue
        due = np.atleast_1d(counted[item])[max(int(workload), 0)]
        if differ(quantity, due):
            name = "" if workload < 0 else workloads[workload].name
            yield Violation(f"{item}: {quantity} billed, {due} counted", entity=name)


def _counted(trace: Trace) -> dict[str, NDArray[Any] | float]:
    t0, t1, units = trace.meta.t0, trace.meta.t1, trace["units"]
    issued, nodes, taken = trace["credentials"]["issued"], trace["nodes"], trace["invocations"]
    artefacts, of_unit = trace["artefacts"], units["workload"]

    def each(workload: NDArray[Any], amount: NDArray[Any]) -> NDArray[Any]:
        return np.array(
            [float(amount[workload == code].sum()) for code in range(len(trace.meta.workloads))], float
        )

    def hours(start: NDArray[Any], end: NDArray[Any]) -> NDArray[Any]:
        there = ~np.isnan(start)
        length = np.zeros(start.size)
        length[there] = clipped_length(start[there], np.fmin(end, t1)[there], t0, t1)
        return length / 3600.0

    def inside(when: NDArray[Any]) -> NDArray[Any]:
        return np.asarray((when >= t0) & (when < t1))

    size = np.array([info.size for info in trace.meta.artefacts] or [0.0])[artefacts["artefact"]]
    handed = (artefacts["start"] >= t0) & (artefacts["shipped"] < t1)
    return {
        "unit_hours": each(of_unit, hours(units["placed"], units["gone"])),
        "starts": each(of_unit, inside(units["placed"])),
        "issuances": each(of_unit[trace["credentials"]["unit"]], inside(issued)),
        "policy_fetches": each(of_unit[trace["polls"]["unit"]], trace["polls"]["polls"]),
        "evidence_gigabytes": each(of_unit[artefacts["unit"]], size * artefacts["number"] * handed / 1e9),
        "requests": each(trace["traffic"]["workload"], trace["traffic"]["offered"]),
        "invocations": each(taken["workload"], inside(taken["began"])),
        "busy_hours": each(taken["workload"], hours(taken["began"], taken["ended"])),
        "node_hours": float(hours(nodes["ordered"], nodes["gone"]).sum()),
        "revocation_messages": float(trace["points"]["messages"].sum()),
        "revocation_gigabytes": float(trace["points"]["bytes"].sum()) / 1e9,
        "control_plane_hours": (t1 - t0) / 3600.0,
    }
