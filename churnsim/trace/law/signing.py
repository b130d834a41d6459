"""L14: no request is lost at a desk, and what is signed is issued."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.trace.code import REFUSED, Family, SigningOutcome
from churnsim.trace.law.statement import Violation, differ, first, law, occurs
from churnsim.trace.ownership import owner_of_unit, owners_down
from churnsim.trace.trace import Trace


@law(
    "L14",
    "Arrived = signed + refused + timed out + failed + withdrawn + waiting at every desk, signed = issued: "
    "each request that is signed is one credential, issued the instant the signature is done. A request "
    "arrives while the issuer is up and reached, and leaves when it goes down; arrived <= began <= ended and "
    "arrived <= concluded; refused on arrival, timed out after its patience, failed as an outage begins, "
    "withdrawn when its holder is gone, a thief when it is acted upon, its holder's owner goes down or its "
    "holder is cut off.",
)
def signing(trace: Trace) -> Iterator[Violation]:
    """Hold each request against its outcome, and the signed ones against the credentials."""
    table, meta = trace["signings"], trace.meta
    arrived, began, ended, concluded = (table[n] for n in ("arrived", "began", "ended", "concluded"))
    issuer, unit, bearer, outcome = (table[n] for n in ("issuer", "unit", "bearer", "outcome"))

    def at(message: str, i: int) -> Violation:
        return Violation(message, float(arrived[i]), trace.label(Family.UNIT, int(unit[i])))

    has_desk = np.array([info.desk is not None for info in meta.issuers], bool)
    for i in first(~has_desk[issuer]):
        yield at("a request at an issuer that has no desk", i)
    unknown = (outcome < 0) | (outcome >= len(SigningOutcome))
    for i in first(unknown):
        yield at(f"no such outcome: {outcome[i]}", i)
    late = (began < arrived) | (ended < np.fmax(arrived, began)) | (concluded < arrived)
    outside = (np.fmax(np.fmax(began, ended), concluded) >= meta.t1) | (arrived >= meta.t1)
    for i in first(late | outside):
        yield at(f"began {began[i]}, ended {ended[i]}, concluded {concluded[i]}", i)
    for i in first(np.isnan(concluded) != (outcome == SigningOutcome.WAITING)):
        yield at("concluded without an outcome, or the other way round", i)
    refused = np.isin(outcome, REFUSED)
    for i in first(refused & ~((concluded == arrived) & (ended == arrived) & np.isnan(began))):
        yield at("refused, but not on arrival", i)
    patience = np.array([np.inf if info.desk is None else info.desk.timeout for info in meta.issuers])[issuer]
    for i in first(
        (outcome == SigningOutcome.TIMED_OUT) & differ(concluded, arrived + patience, abs(arrived))
    ):
        yield at(f"timed out after {concluded[i] - arrived[i]} s", i)
    waited = np.where(np.isnan(concluded), meta.t1, concluded) - arrived
    for i in first(waited > patience * (1 + 1e-9) + 1e-9 * abs(arrived)):
        yield at(f"waited for {waited[i]} s", i)
    down = trace.unavailable(Family.ISSUER)
    for i in first(down.contains(arrived, issuer)):
        yield at("arrived while the issuer was not up", i)
    cuts = trace.severed(Family.ISSUER)
    holder = np.where(bearer < 0, unit, -1)
    for i in first(cuts.contains(arrived, holder)):
        yield at("arrived from a unit that did not reach the issuer", i)
    begins = occurs(down.group, down.start, issuer, concluded) & (ended == concluded)
    for i in first((outcome == SigningOutcome.FAILED) & ~begins):
        yield at("failed, though no outage began", i)
    stays = np.where(np.isnan(ended), meta.t1, ended)
    for number in np.flatnonzero(has_desk):
        starts = np.append(down.start[down.group == number], np.inf)
        outlasts = stays > starts[np.searchsorted(starts, arrived)]
        for i in first((issuer == number) & outlasts):
            yield at("still there while the issuer was not up", i)
    gone = trace["units"]["gone"][unit]
    gone[bearer >= 0] = np.append(trace["thefts"]["decided"], np.nan)[bearer[bearer >= 0]]
    owner_down, owner = owners_down(trace), np.where(bearer < 0, owner_of_unit(trace)[unit], -1)
    lost = occurs(owner_down.group, owner_down.start, owner, concluded)
    lost |= occurs(cuts.group, cuts.start, holder, concluded)
    for i in first((outcome == SigningOutcome.WITHDRAWN) & (concluded != gone) & ~lost):
        yield at("withdrawn, though its holder was neither gone nor cut off, nor its owner went down", i)
    yield from _issued(trace)


def _issued(trace: Trace) -> Iterator[Violation]:
    """Match signatures and credentials, one to one."""
    table, credentials, meta = trace["signings"], trace["credentials"], trace.meta
    has_desk = np.array([info.desk is not None for info in meta.issuers], bool)
    # What was held before the world began was signed before it.
    aged = trace["units"]["ready"] < meta.start
    inherited = (credentials["serial"] == 1) & (credentials["bearer"] < 0) & aged[credentials["unit"]]
    issued = np.flatnonzero(has_desk[credentials["issuer"]] & ~inherited)
    signed = np.flatnonzero(table["outcome"] == SigningOutcome.SIGNED)
    for i in first(table["ended"][signed] != table["concluded"][signed]):
        yield _at(trace, "signed, but not when the signature was done", "signings", "arrived", signed[i])
    key = ("unit", "bearer", "serial")
    left, right = (
        np.lexsort([rows[column][place] for column in reversed(key)])
        for rows, place in ((table, signed), (credentials, issued))
    )
    if len(signed) != len(issued):
        yield Violation(f"{len(signed)} signed, {len(issued)} issued")
        return
    signed, issued = signed[left], issued[right]
    for column, other in (*zip(key, key, strict=True), ("concluded", "issued"), ("issuer", "issuer")):
        for i in first(table[column][signed] != credentials[other][issued]):
            yield _at(trace, "issued without a signature of that instant", "credentials", "issued", issued[i])


def _at(trace: Trace, message: str, name: str, column: str, row: int) -> Violation:
    entity = trace.label(Family.UNIT, int(trace[name]["unit"][row]))
    return Violation(message, float(trace[name][column][row]), entity)
