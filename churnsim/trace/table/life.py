"""Lives: states of every entity, units, how many are wanted and in which version."""

from __future__ import annotations

from churnsim.trace.table.column import UNIT, WORKLOAD, Column, Table, code, maybe, row, seconds

INTERVALS = Table(
    "intervals",
    "Piecewise-constant state of every entity, half-open `[start, end)`. "
    "Gone (and unlisted, once listed) is an interval too, open at t1.",
    (
        code("family", "what sort of entity", "family", "int8"),
        row(
            "entity",
            "row in `units` for unit and endpoint, in `nodes` for node, "
            "else index of the issuer, policy, owner or sink",
        ),
        code("state", "state of the entity, by family", "state", "int8"),
        seconds("start", "entered; before the world's start for units that are older than it"),
        seconds("end", "left; t1 where still open"),
        code("cause", "why the state was entered", "cause"),
        Column("open", "bool", "", "whether the state still held at t1"),
    ),
    sort=("family", "entity", "start"),
)

UNITS = Table(
    "units",
    "One row for every incarnation of every slot. Its replacement is created at the instant it `stopped`, or "
    "when somebody has noticed that it was lost with its node: see `losses`.",
    (
        row("unit", "row index"),
        WORKLOAD,
        row("slot", "place in the workload that keeps its name for ever"),
        row("incarnation", "1 for the first unit of the slot, then 2, 3, ..."),
        seconds("created", "asked for; before the world's start for a unit that is older than it"),
        maybe("placed", "start-up began"),
        maybe("booted", "start-up over; from here it waits only for its first credential and policy"),
        maybe("ready", "able to serve"),
        maybe("stopped", "told to stop, or crashed"),
        maybe("gone", "ended; equal to `stopped` for a crash"),
        maybe("listed", "first in the endpoint list"),
        maybe("unlisted", "out of the endpoint list for good"),
        Column("end_cause", "int16", "", "cause of `stopped`; -1: still wanted at t1", "cause", default=-1),
        Column("revision", "int32", "", "which version of its workload it is; see `revisions`", default=0),
    ),
    sort=("workload", "slot", "incarnation"),
    key=("unit",),
)

CUTS = Table(
    "cuts",
    "Times between booted and gone at which a unit did not reach an issuer or a policy that it uses.",
    (
        UNIT,
        code("family", "issuer or source: that of its workload", "family", "int8"),
        seconds("start", "cut off, or booted where that was so already"),
        seconds("end", "reached it again, or gone; t1 where still so"),
    ),
    sort=("unit", "family", "start"),
)

CLOCKS = Table(
    "clocks",
    "How far off the clocks of units are, where they may be: one shows t + `error`.",
    (UNIT, seconds("error", "what it shows too much; negative: too little")),
    sort=("unit",),
    key=("unit",),
)

TARGETS = Table(
    "targets",
    "How many units of a workload are wanted, from `time` until its next row; only where "
    "that changes, the first row at the world's start.",
    (
        WORKLOAD,
        seconds("time", "wanted from"),
        row("units", "how many, draining ones not counted"),
        row("spare", "how many more than that there are for the sake of a rollout, or fewer", default=0),
    ),
    sort=("workload", "time"),
)

REVISIONS = Table(
    "revisions",
    "One row for every version of a workload that came before t1; version 0, with which the world begins, "
    "has none. A version is wanted from `committed` until it is noticed to be bad or the next is committed.",
    (
        WORKLOAD,
        Column("revision", "int32", "", "1, 2, ... for each workload, in order of time"),
        seconds("committed", "came"),
        maybe("began", "its rollout began; NaN also where a later one came while it waited"),
        maybe("completed", "as many units of it were ready as there ought to be, none of others"),
        Column("bad", "bool", "", "whether something is wrong with it", default=0),
        maybe("noticed", "taken back: noticed to be bad, or without progress for too long"),
        maybe("restored", "others had taken its place again"),
        Column("cause", "int16", "", "why it was taken back; -1: it was not", "cause", default=-1),
        Column("failing", "float64", "share", "requests to its units that fail for it", default=0.0),
    ),
    sort=("workload", "revision"),
)

ENVIRONMENTS = Table(
    "environments",
    "One row for every environment that was asked for. It is there on `[opened, removed)`, and wanted until "
    "it is `closed`.",
    (
        WORKLOAD,
        row("number", "0, 1, ... for each workload, in order of opening"),
        seconds("opened", "asked for"),
        maybe("closed", "wanted no longer"),
        maybe("removed", "torn down, or swept"),
        code("fate", "what had become of it by t1", "environment_fate", "int8"),
    ),
    sort=("workload", "number"),
    key=("workload", "number"),
)

RESIDENTS = Table(
    "residents",
    "To which environment a unit belongs.",
    (
        UNIT,
        row("number", "of the environment of its workload"),
        maybe("until", "its environment was wanted no longer, and it went on or was created all the same"),
    ),
    sort=("unit",),
    key=("unit",),
)
