"""L18: keys follow each other, and points know of a key what its issuer has published."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.code import Family
from churnsim.trace.law.statement import Violation, first, law
from churnsim.trace.trace import Trace


@law(
    "L18",
    "Keys of an issuer count 0, 1, 2, ...; key 0 signs when the world begins, each other one from the "
    "instant its predecessor ceases, none before it is published, and none is removed before it ceases to "
    "sign; a key is withdrawn only while it is published; a point knows a key only after it was published or "
    "restored, and drops it only after it was withdrawn or removed; a stolen key signed when it was stolen, "
    "and is replaced only after the theft was detected.",
)
def key(trace: Trace) -> Iterator[Violation]:
    """Follow the keys of each issuer, and what was done with each."""
    keys, meta = trace["keys"], trace.meta

    def at(table: str, column: str, message: str, i: int) -> Violation:
        issuer = int(trace[table]["issuer"][i])
        return Violation(message, float(trace[table][column][i]), trace.label(Family.ISSUER, issuer))

    follows = np.append(False, keys["issuer"][1:] == keys["issuer"][:-1])[: len(keys["key"])]
    before = np.append(-1, keys["key"][:-1])[: len(follows)]
    for i in first(keys["key"] != np.where(follows, before + 1, 0)):
        yield at("keys", "activated", "keys do not count 0, 1, 2, ...", i)
    since = np.where(follows, np.append(meta.start, keys["deactivated"][:-1])[: len(follows)], meta.start)
    for i in first(keys["activated"] != since):
        yield at("keys", "activated", "does not begin to sign when its predecessor ceases", i)
    last = np.append(~follows[1:], np.ones(min(len(follows), 1), bool))
    for i in first(last & ~np.isnan(keys["deactivated"])):
        yield at("keys", "deactivated", "ceases to sign, and no other key begins", i)
    for i in first(~(keys["published"] <= keys["activated"])):
        yield at("keys", "published", "signs before it is published", i)
    ceased = np.nan_to_num(keys["deactivated"], nan=np.inf)
    for i in first((keys["removed"] < ceased) | (ceased < keys["activated"])):
        yield at("keys", "activated", "removed before it ceased to sign, or ceased before it began", i)

    withdrawals, forgers = trace["withdrawals"], trace["forgers"]
    row = _rows(trace, "withdrawals")
    start, removed = withdrawals["start"], np.nan_to_num(keys["removed"], nan=np.inf)
    outside = (start < keys["published"][row]) | (start >= removed[row])
    for i in first(outside | (withdrawals["end"] < start)):
        yield at("withdrawals", "start", "withdrawn while it is not published", i)
    row, time = _rows(trace, "forgers"), forgers["time"]
    for i in first(~((keys["activated"][row] <= time) & (time <= ceased[row]))):
        yield at("forgers", "time", "stolen while it does not sign", i)
    late = (forgers["detected"] < time) | (forgers["reissued"] < forgers["rotated"])
    unknown = ~np.isnan(forgers["rotated"]) & ~(forgers["rotated"] >= forgers["detected"])
    for i in first(late | unknown):
        yield at("forgers", "time", "detected, replaced or reissued too early", i)
    yield from _bundles(trace)


def _bundles(trace: Trace) -> Iterator[Violation]:
    """Compare what points know with what was published."""
    table, keys, withdrawals = trace["bundles"], trace["keys"], trace["withdrawals"]
    row, start, end = _rows(trace, "bundles"), table["start"], table["end"]
    same = row[1:] == row[:-1]
    again = np.append(False, same & (table["point"][1:] == table["point"][:-1]))[: len(row)]
    previous = np.append(-np.inf, end[:-1])[: len(row)]
    wrong = (start < keys["published"][row]) | (end <= start) | (again & ~(start > previous))
    news = np.flatnonzero(again | ~(np.isnan(end) | (keys["removed"][row] <= end)))
    mine = (withdrawals["issuer"] == table["issuer"][news][:, None]) & (
        withdrawals["key"] == table["key"][news][:, None]
    )
    begun = (mine & (withdrawals["start"] <= end[news][:, None])).any(axis=1)
    over = (mine & (withdrawals["end"] <= start[news][:, None])).any(axis=1)
    is_gone = np.isnan(end[news]) | (keys["removed"][row[news]] <= end[news])
    wrong[news] |= (again[news] & ~over) | ~(is_gone | begun)
    for i in first(wrong):
        issuer = trace.label(Family.ISSUER, int(table["issuer"][i]))
        yield Violation(f"point {table['point'][i]} knows what was not published", float(start[i]), issuer)


def _rows(trace: Trace, table: str) -> NDArray[np.int64]:
    """Row in `keys` that each row of a table is about; keys count 0, 1, 2, ... for each issuer."""
    begins = np.searchsorted(trace["keys"]["issuer"], trace[table]["issuer"])
    last = max(trace.count("keys") - 1, 0)
    return np.asarray(np.minimum(begins + trace[table]["key"], last), np.int64)
