"""Holders: who presents which credentials to the points, units their own and thieves their loot."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from churnsim.trace.acceptance import Acceptance, Floats, Indices, acceptances
from churnsim.trace.intervals import Spans
from churnsim.trace.trace import Trace


def of_units(trace: Trace, issuer: int, row: Indices) -> Iterator[Acceptance]:
    """Yield the acceptance of credentials that units themselves hold, block by block; holder is the unit.

    Parameters
    ----------
    trace : Trace
        The run.
    issuer : int
        Whose credentials.
    row : ndarray of int, shape (c,)
        Rows in `credentials` with bearer -1, in order.
    """
    return acceptances(trace, issuer, row, trace["credentials"]["unit"][row], _open(trace, issuer, "unit"))


def of_thieves(trace: Trace, issuer: int) -> Iterator[Acceptance]:
    """Yield the acceptance of what thieves hold, from the theft on, block by block; holder is the theft."""
    theft, row = loot(trace, issuer)
    since = np.maximum(trace["credentials"]["issued"][row], trace["thefts"]["time"][theft])
    return acceptances(trace, issuer, row, theft, _open(trace, issuer, "bearer"), since)


def loot(trace: Trace, issuer: int) -> tuple[Indices, Indices]:
    """Theft and row in `credentials` of everything that thieves hold, by theft."""
    credentials, stolen = trace["credentials"], trace["thefts"]
    if not stolen["theft"].size:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    mine = credentials["issuer"] == issuer
    renewed = np.flatnonzero(mine & (credentials["bearer"] >= 0))
    own = np.flatnonzero(mine & (credentials["bearer"] == -1))
    serials = max(credentials["serial"].max(initial=0), stolen["serial"].max(initial=0)) + 1
    name = credentials["unit"][own] * serials + credentials["serial"][own]
    wanted = stolen["unit"] * serials + stolen["serial"]
    order = np.argsort(name)
    place = np.searchsorted(name[order], wanted)
    found = np.flatnonzero(np.append(name[order], -1)[place] == wanted)
    theft = np.concatenate((found, credentials["bearer"][renewed]))
    row = np.concatenate((own[order][place[found]], renewed))
    by_theft = np.argsort(theft, kind="stable")
    return theft[by_theft], row[by_theft]


def own(trace: Trace, issuer: int) -> Indices:
    """Rows in `credentials` of what units themselves hold from `issuer`, by unit."""
    credentials = trace["credentials"]
    return np.flatnonzero((credentials["issuer"] == issuer) & (credentials["bearer"] == -1))


def _open(trace: Trace, issuer: int, holder: str) -> Spans:
    """When a connection of each holder stays open at a point that would no longer let it in, by pair."""
    table, points = trace["connections"], trace["points"]
    chosen = (table["issuer"] == issuer) & ((table["bearer"] == -1) == (holder == "unit"))
    number = np.sort(points["point"][points["issuer"] == issuer])
    place = np.searchsorted(number, table["point"][chosen])
    start: Floats = table["start"][chosen]
    return Spans.of(start, table["end"][chosen], table[holder][chosen] * number.size + place)
