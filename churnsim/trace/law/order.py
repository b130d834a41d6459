"""L06: everything happens within the world, and what comes first comes first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.code import Family
from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.trace import Trace

_AT = (
    ("commits", "time"),
    ("learned", "at"),
    ("signings", "arrived"),
    ("thefts", "time"),
    ("keys", "published"),
    ("keys", "activated"),
    ("withdrawals", "start"),
    ("bundles", "start"),
    ("forgers", "time"),
    ("nodes", "ordered"),
    ("placements", "time"),
    ("noises", "start"),
    ("targets", "time"),
    ("traffic", "start"),
)
_LIFE = ("created", "placed", "booted", "ready", "stopped", "gone")


@law(
    "L06",
    "Every instant lies in [start, t1), except what befell units that are older than the world before it "
    "began; no interval ends before it starts; created <= placed <= booted <= ready <= stopped <= gone and "
    "ready <= listed <= unlisted; versions are committed in order; traffic buckets tile [t0, t1).",
)
def order(trace: Trace) -> Iterator[Violation]:
    """Compare instants, table by table."""
    units = trace["units"]
    older = units["created"] < trace.meta.start
    yield from _lives(trace, older)
    table = trace["intervals"]
    of_unit = table["family"] <= Family.ENDPOINT
    exempt = np.zeros(len(of_unit), bool)
    exempt[of_unit] = older[table["entity"][of_unit]]
    yield from _within(trace, "intervals", "start", exempt)
    for i in first(~((table["end"] >= table["start"]) & (table["end"] <= trace.meta.t1))):
        yield _at(trace, "intervals", "start", i, f"ends at {table['end'][i]}")
    of_units = (
        ("credentials", "issued"), ("adoptions", "applied"), ("lapses", "start"), ("cached", "start"),
        ("cuts", "start"),
    )  # fmt: skip
    for name, column in of_units:
        yield from _within(trace, name, column, older[trace[name]["unit"]])
    for name, column in _AT:
        yield from _within(trace, name, column, np.zeros(trace.count(name), bool))
    yield from _within(trace, "unanswered", "start", np.zeros(trace.count("unanswered"), bool))
    kept = trace["connections"]
    yield from _within(trace, "connections", "start", older[kept["unit"]] & (kept["bearer"] == -1))
    for name in ("cuts", "lapses", "cached", "traffic", "unanswered", "connections", "noises"):
        ends = trace[name]["end"]
        wrong = ~((ends >= trace[name]["start"]) & (ends <= trace.meta.t1))
        for i in first(wrong):
            yield _at(trace, name, "start", i, "ends before it starts or late")
    detected, decided = trace["thefts"]["detected"], trace["thefts"]["decided"]
    for i in first((decided < detected) | (decided >= trace.meta.t1)):
        yield _at(trace, "thefts", "decided", i, "decided before it was detected or after t1")
    for i in first((detected < trace["thefts"]["time"]) | (detected >= trace.meta.t1)):
        yield _at(trace, "thefts", "detected", i, "detected before it happened or after t1")
    revoked = trace["credentials"]["revoked"][trace["learned"]["credential"]]
    for i in first(~(trace["learned"]["at"] >= revoked)):
        yield _at(trace, "learned", "at", i, "learned of a revocation before it was recorded")
    yield from _commits(trace)
    yield from _buckets(trace)


def _lives(trace: Trace, older: NDArray[Any]) -> Iterator[Violation]:
    """Follow each unit from creation to end, and its endpoint."""
    units, meta = trace["units"], trace.meta
    for chain in (_LIFE, ("ready", "listed", "unlisted")):
        latest = units[chain[0]]
        for name in chain[1:]:
            early = units[name] < latest
            for i in first(early):
                yield _at(trace, "units", name, i, f"{name} too early")
            latest = np.fmax(latest, units[name])
    for name in (*_LIFE, "listed", "unlisted"):
        wrong = (units[name] >= meta.t1) | ((units[name] < meta.start) & ~older)
        for i in first(wrong):
            yield _at(trace, "units", name, i, f"{name} outside the world")
    for i in first(units["gone"] < meta.start):
        yield _at(trace, "units", "gone", i, "gone before the world began")


def _within(trace: Trace, table: str, column: str, exempt: NDArray[Any]) -> Iterator[Violation]:
    """Hold instants against the bounds of the world; the exempt may lie before it."""
    instants = trace[table][column]
    inside = ((instants >= trace.meta.start) | exempt) & (instants < trace.meta.t1)
    for i in first(~inside):
        yield _at(trace, table, column, i, f"{table}.{column} outside the world")


def _commits(trace: Trace) -> Iterator[Violation]:
    table = trace["commits"]
    same = table["policy"][1:] == table["policy"][:-1]
    for i in first(same & (table["time"][1:] < table["time"][:-1])):
        yield _at(trace, "commits", "time", i + 1, "committed before the version before it")


def _buckets(trace: Trace) -> Iterator[Violation]:
    table, meta = trace["traffic"], trace.meta
    follows = np.append(False, table["workload"][1:] == table["workload"][:-1])[: len(table["start"])]
    begins = np.where(follows, np.roll(table["end"], 1), meta.t0)
    ends = np.append(~follows[1:], np.ones(min(len(follows), 1), bool))
    wrong = (table["start"] != begins) | (ends & (table["end"] != meta.t1))
    for i in first(wrong):
        yield _at(trace, "traffic", "start", i, "buckets do not tile the window")


def _at(trace: Trace, table: str, column: str, i: int, message: str) -> Violation:
    """Name the instant and the entity of row `i`."""
    row = {name: array[i] for name, array in trace[table].items()}
    entity = None
    if table == "intervals":
        entity = trace.label(Family(int(row["family"])), int(row["entity"]))
    elif "unit" in row:
        entity = trace.label(Family.UNIT, int(row["unit"]))
    else:
        for codes in ("workload", "issuer", "policy"):
            if codes in row:
                entity = trace.names(codes)[row[codes]]
    return Violation(message, float(row[column]), entity)
