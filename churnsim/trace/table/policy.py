"""Policies: their versions, and what is in force at every point."""

from __future__ import annotations

from churnsim.trace.table.column import POLICY, UNIT, Column, Table, code, row, seconds

COMMITS = Table(
    "commits",
    "Policy versions. Version 0 is the state at the world's start, one row a permission; "
    "every later version re-decides one, or all of a principal or of a tenant that has left, perhaps "
    "without a change. With several resources a principal is counted at each: principal x resources + "
    "resource.",
    (
        POLICY,
        row("version", "0, 1, 2, ..."),
        seconds("time", "committed"),
        Column("principal", "int32", "", "who is re-decided"),
        Column("allowed", "int8", "", "1 allowed, 0 denied"),
    ),
    sort=("policy", "version", "principal"),
)

OFFBOARDINGS = Table(
    "offboardings",
    "Tenants that have left. A tenant's principals are neighbours: of P principals, whatever the resources, "
    "and T tenants, principal p belongs to tenant p T / P, rounded down.",
    (
        POLICY,
        Column("tenant", "int32", "", "who left"),
        seconds("left", "left: from here on its grants are orphans"),
        row("version", "denies all its principals; -1: not before t1"),
    ),
    sort=("policy", "left", "tenant"),
    key=("policy", "tenant"),
)

ADOPTIONS = Table(
    "adoptions",
    "Policy version in force at a unit, from `applied` until its next row. "
    "The first row of a unit is applied when it becomes ready at the latest, unless it is ready without one.",
    # One row for each point and each version it hears of: by far the longest table, so the narrowest.
    (
        Column("unit", "int32", "", "row in `units`; its workload says which policy"),
        Column("version", "int32", "", "version in force"),
        seconds("read", "instant of the snapshot"),
        seconds("applied", "in force from; before the unit is gone"),
    ),
    sort=("unit", "applied"),
)

POLLS = Table(
    "polls",
    "Load and age of information of each enforcement point in the window [t0, t1), counted in closed form.",
    (
        POLICY,
        UNIT,
        row("polls", "fetches in the window"),
        seconds("seconds", "time in the window from its first policy, or ready, to gone"),
        Column("age_integral", "float64", "s2", "integral over that time of t - `read` in force"),
        row("peaks", "refreshes applied in that time"),
        seconds("peak_sum", "sum over them of the age just before"),
    ),
    sort=("policy", "unit"),
)

LAPSES = Table(
    "lapses",
    "Times at which a unit decided by rote: it had been without its policy source for too long, its policy "
    "was poisoned, or its first policy had yet to come.",
    (
        POLICY,
        UNIT,
        seconds("start", "began"),
        seconds("end", "ended; t1 where still so"),
        code(
            "mode",
            "deny or allow everybody, and whether for poison or for want of a first policy",
            "mode",
            "int8",
        ),
    ),
    sort=("unit", "start"),
)

CACHED = Table(
    "cached",
    "Decisions that a unit goes on answering from its cache although the version in force says otherwise.",
    (
        POLICY,
        UNIT,
        Column("principal", "int32", "", "about whom"),
        seconds("start", "the version in force turned against it"),
        seconds("end", "ran out, agreed with the version in force again, or the unit was gone; at most t1"),
        Column("allowed", "int8", "", "what the cache says: 1 allowed, 0 denied"),
    ),
    sort=("unit", "principal", "start"),
)
