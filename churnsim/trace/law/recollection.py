"""L13: a cached decision is one that the point has made, and not longer ago than it is held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.code import Family
from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.trace import Trace

_SLACK = 1e-9  # of an instant: its time to live was added to one and taken from another


@law(
    "L13",
    "A cached decision stands from the very instant at which the version in force turned against it, against "
    "every version in force until it ends; it ends no later than its unit, and a fixed cache ends it within "
    "its time to live from that instant, for the version before said the same.",
)
def recollection(trace: Trace) -> Iterator[Violation]:
    """Look up what the versions in force before, at the start and at the end say of the principal."""
    table, adoptions, units = trace["cached"], trace["adoptions"], trace["units"]
    infos = trace.meta.policies

    def at(message: str, i: int) -> Violation:
        unit = trace.label(Family.UNIT, int(table["unit"][i]))
        whom = infos[table["policy"][i]].whom(int(table["principal"][i]))
        return Violation(f"{message} about {whom}", float(table["start"][i]), unit)

    is_fixed = np.array([info.cache == "fixed" for info in infos], bool)[table["policy"]]
    ttl = np.array([(info.cache_deny, info.cache_allow) for info in infos], float).reshape(-1, 2)
    lasts = table["end"] - table["start"]
    too_long = lasts - ttl[table["policy"], table["allowed"]]
    for i in first(is_fixed & (too_long > _SLACK * (1.0 + np.abs(table["end"])))):
        yield at(f"a decision is held for {lasts[i]} s", i)
    uncached = np.array([info.cache == "" for info in infos], bool)[table["policy"]]
    for i in first(uncached | (table["end"] > units["gone"][table["unit"]])):
        yield at("a decision is held where there is no cache, or by a unit that is gone", i)
    for policy in range(len(infos)):
        mine = np.flatnonzero(table["policy"] == policy)
        if not mine.size:
            continue
        begun = _row(adoptions, table["unit"][mine], table["start"][mine], "right")
        ended = _row(adoptions, table["unit"][mine], table["end"][mine], "left")
        before = np.maximum(begun - 1, 0)
        says = [_says(trace, policy, table["principal"][mine], row) for row in (before, begun, ended)]
        is_turn = (adoptions["applied"][begun] == table["start"][mine]) & (
            adoptions["unit"][before] == table["unit"][mine]
        )
        held = table["allowed"][mine]
        right = is_turn & (says[0] == held) & (says[1] != held) & (says[2] != held)
        for i in first(~right):
            yield at("a decision is held that no version in force turned against", int(mine[i]))


def _row(
    adoptions: Mapping[str, NDArray[Any]], unit: NDArray[np.int64], time: NDArray[np.float64], side: str
) -> NDArray[np.int64]:
    """Row of the version in force at a unit at (right) or just before (left) an instant."""
    applied, whose = adoptions["applied"], unit.astype(adoptions["unit"].dtype)
    first = np.searchsorted(adoptions["unit"], whose)
    low, high = first, np.searchsorted(adoptions["unit"], whose, side="right")
    while (apart := low < high).any():
        middle = (low + high) // 2
        then = applied[np.minimum(middle, len(applied) - 1)]
        before = apart & ((then <= time) if side == "right" else (then < time))
        low, high = np.where(before, middle + 1, low), np.where(apart & ~before, middle, high)
    return np.asarray(np.maximum(low - 1, 0))


def _says(
    trace: Trace, policy: int, principal: NDArray[np.int64], adoption: NDArray[np.int64]
) -> NDArray[np.int64]:
    """What the version that was adopted says of a principal: 1 allowed, 0 denied."""
    commits = trace["commits"]
    mine = commits["policy"] == policy
    version, whom, allowed = (commits[name][mine] for name in ("version", "principal", "allowed"))
    size = int(version.max(initial=0)) + 1
    key = whom.astype(np.int64) * size + version
    order = np.argsort(key)
    asked = principal.astype(np.int64) * size + trace["adoptions"]["version"][adoption]
    return np.asarray(allowed[order][np.searchsorted(key[order], asked, side="right") - 1], np.int64)
