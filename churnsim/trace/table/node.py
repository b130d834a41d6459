"""Nodes: machines, who stands on them, who was lost with them, and who is in whose way there."""

from __future__ import annotations

from churnsim.trace.table.column import UNIT, WORKLOAD, Column, Table, code, maybe, row, seconds

NODES = Table(
    "nodes",
    "One row for every node there has been. Its successor is ordered when it is told to drain, or is gone; "
    "none where an autoscaler removed it.",
    (
        row("node", "row index, in the order in which they were ordered"),
        code("pool", "the pool", "pool"),
        row("slot", "place in the pool that keeps its name for ever"),
        row("incarnation", "1 for the first node of the slot, then 2, 3, ..."),
        seconds("ordered", "asked for; the world's start if before it"),
        maybe("up", "takes units from here on"),
        maybe("drained", "told to drain"),
        maybe("gone", "ended"),
    ),
    sort=("node",),
    key=("node",),
)

PLACEMENTS = Table(
    "placements",
    "On which node a unit stands, until it is gone.",
    (
        UNIT,
        row("node", "row in `nodes`"),
        seconds("time", "placed; the world's start if before it"),
        Column("cpu", "float64", "cores", "taken", default=0.0),
        Column("memory", "float64", "B", "taken", default=0.0),
        maybe("pulled", "its node has its image, if it needs one; start-up goes on from here"),
    ),
    sort=("unit",),
    key=("unit",),
)

LOSSES = Table(
    "losses",
    "Units that were lost with their node while they were wanted; their slots are empty until somebody acts.",
    (
        UNIT,
        row("node", "row in `nodes`"),
        maybe("noticed", "unlisting began"),
        maybe("replaced", "the next unit of the slot is created, or none is wanted any more"),
    ),
    sort=("unit",),
    key=("unit",),
)

NOISES = Table(
    "noises",
    "When units of a workload take more than they asked for from whoever stands on a node with one of them.",
    (
        WORKLOAD,
        seconds("start", "begins"),
        seconds("end", "ends; t1 at the latest"),
        Column("left", "float64", "share", "of its capacity, to a unit of another workload beside one"),
    ),
    sort=("workload", "start"),
)
