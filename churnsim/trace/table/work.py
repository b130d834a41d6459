"""Work: jobs, their deliveries, and what took effect."""

from __future__ import annotations

from churnsim.trace.table.column import UNIT, WORKLOAD, Column, Table, code, maybe, row, seconds

_JOB = row("job", "row in `jobs`")
_ATTEMPT = Column("attempt", "int32", "", "number of the delivery of the job: 1, 2, ...")

JOBS = Table(
    "jobs",
    "One row for every job that came to the queue of a workload. Its states as the queue sees them are "
    "intervals of the family job.",
    (
        row("job", "row index"),
        WORKLOAD,
        row("number", "0, 1, ... for each workload, in order of arrival"),
        seconds("arrived", "came to the queue"),
        seconds("work", "time that it takes a unit that nothing interrupts"),
        row("source", "row in `jobs` whose outcome brought it; -1: it came by itself", default=-1),
        Column("source_attempt", "int32", "", "number of the delivery that had that outcome", default=0),
        Column("attempts", "int32", "", "deliveries so far", default=0),
        maybe("ended", "done, put aside, lost or killed"),
        code("fate", "where it is at t1", "fate", "int8"),
        Column("cause", "int16", "", "why it is there", "cause"),
    ),
    sort=("workload", "number"),
    key=("job",),
)

DELIVERIES = Table(
    "deliveries",
    "One row for every delivery of a job to a unit, which was busy with it on `[began, ended)`.",
    (
        WORKLOAD,
        _JOB,
        _ATTEMPT,
        UNIT,
        seconds("began", "delivered"),
        maybe("ended", "the unit was done with it, or gone"),
        code("outcome", "what became of it", "delivery", "int8"),
        seconds("resumed", "work that earlier deliveries had saved when it began", default=0.0),
        seconds("kept", "work of it that lasted: saved by a checkpoint, or committed", default=0.0),
        seconds("saving", "time that its checkpoints took", default=0.0),
    ),
    sort=("workload", "job", "attempt"),
    key=("job", "attempt"),
)

OUTCOMES = Table(
    "outcomes",
    "The ledger, which survives every unit: one row for every time that the outcome of a job took effect. A "
    "job is duplicated if it has more than one.",
    (
        WORKLOAD,
        _JOB,
        _ATTEMPT,
        UNIT,
        seconds("committed", "took effect"),
        maybe("acknowledged", "the queue heard from this delivery that the job is done"),
        Column("cause", "int16", "", "why it took effect again; -1: it had not before", "cause", default=-1),
    ),
    sort=("workload", "job", "committed", "attempt"),
    key=("job", "attempt"),
)
