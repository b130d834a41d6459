"""Evidence: artefacts and what became of them."""

from __future__ import annotations

from churnsim.trace.table.column import NAN, UNIT, Column, Table, code, maybe, seconds

ARTEFACTS = Table(
    "artefacts",
    "Verification artefacts by unit, time at which they were made, and fate. What was made at t in "
    "`[start, end)`, or at `start` where it equals `end`, was handed over at `shipped`; with a `period` at "
    "the first of `shipped`, `shipped` + `period`, ... after t; where `shipped` < `end` without a period, at "
    "t. It was durable as much later as `durable` is after `shipped`.",
    (
        code("artefact", "which sort of artefact", "artefact"),
        UNIT,
        seconds("start", "the first was made"),
        seconds("end", "before this instant the last was made"),
        Column("number", "float64", "artefacts", "how many, on average where requests make them"),
        seconds("period", "time between the flushes in this stretch; 0: one", default=0.0),
        maybe("shipped", "handed over to the sink"),
        maybe("durable", "durable in the sink"),
        code("fate", "what had become of them by t1", "artefact_fate", "int8"),
        Column(
            "troubled",
            "float64",
            "1",
            "which share of their outcomes was refused, failed, was decided by rote, or was not done at the "
            "first attempt, on average; NaN: of what is not sampled nobody asks",
            default=NAN,
        ),
    ),
    sort=("artefact", "unit", "start", "fate"),
)

OBSTRUCTIONS = Table(
    "obstructions",
    "Times at which a unit refused requests because it could not keep the evidence that they owe.",
    (
        UNIT,
        seconds("start", "the buffer was full, or the sink down"),
        seconds("end", "there was room, or the sink up, again; t1 where still not"),
    ),
    sort=("unit", "start"),
)
