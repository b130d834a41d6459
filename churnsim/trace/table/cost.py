"""Cost: what the window cost."""

from __future__ import annotations

from churnsim.trace.table.column import Column, Table

BILL = Table(
    "bill",
    "What the window [t0, t1) cost, by item and by the workload that it is for.",
    (
        Column("item", "<U32", "", "unit_hours, starts, issuances, policy_fetches, requests, ..."),
        Column(
            "workload", "int16", "", "the workload; -1 where it is for none alone", "workload", default=-1
        ),
        Column("quantity", "float64", "", "how many"),
        Column("price", "float64", "USD", "price of one"),
        Column("amount", "float64", "USD", "`quantity` times `price`"),
    ),
)
