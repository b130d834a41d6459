"""Turns recorded facts and rows into the tables of a trace, without a Python loop over rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.code import EndpointState, Family, UnitState
from churnsim.trace.lot import lots
from churnsim.trace.meta import Meta
from churnsim.trace.schema import NAN, SCHEMA
from churnsim.trace.trace import Trace, typed_table

Rows = dict[str, NDArray[Any]]

#: The column that says when a row came to be.
_BIRTH = {
    "credentials": "issued",
    "signings": "arrived",
    "learned": "at",
    "commits": "time",
    "offboardings": "left",
    "adoptions": "applied",
    "lapses": "start",
    "cached": "start",
    "cuts": "start",
    "targets": "time",
    "revisions": "committed",
    "thefts": "time",
    "keys": "activated",
    "withdrawals": "start",
    "bundles": "start",
    "forgers": "time",
    "jobs": "arrived",
    "deliveries": "began",
    "outcomes": "committed",
    "invocations": "arrived",
    "throttles": "time",
    "nodes": "ordered",
    "placements": "time",
    "noises": "start",
}

#: Columns of what may never happen, by table.
_MAYBE = {name: {c.name for c in table.columns if isnan(c.default or 0.0)} for name, table in SCHEMA.items()}


def assemble(
    meta: Meta,
    facts: NDArray[Any],
    tables: dict[str, Rows],
    amendments: Mapping[str, Sequence[Rows]],
) -> Trace:
    """Return the trace of a run.

    Parameters
    ----------
    meta : Meta
        What the trace is of.
    facts : structured ndarray
        Fields time, family, entity, state, cause; those of one entity in order of time.
    tables : dict
        Rows of every table but `intervals`, units under provisional numbers.
    amendments : mapping
        Rows to complete, by table: key columns and new values.

    Raises
    ------
    ValueError
        If rows refer to a unit, theft or credential that is not there, or one is there twice.
    """
    for name, changes in amendments.items():
        for change in changes:
            _amend(name, tables[name], change)
    facts = facts[facts["time"] < meta.t1]
    for name, birth in _BIRTH.items():
        tables[name] = _where(tables[name], tables[name][birth] < meta.t1)
    for name, rows in tables.items():
        for column in _MAYBE[name] & rows.keys():
            rows[column][rows[column] >= meta.t1] = NAN
    _number_units(facts, tables)
    _number_thefts(tables)
    _number_jobs(facts, tables)
    forgers = tables["forgers"] = _sorted("forgers", tables["forgers"])
    forgers["forger"] = np.arange(len(forgers["forger"]))
    intervals = _intervals(meta, facts)
    del facts
    units = _pivot(intervals, tables["units"])
    tables["adoptions"] = _before_gone(tables["adoptions"], units["gone"])
    for name in ("lapses", "cached", "cuts"):
        np.minimum(tables[name]["end"], meta.t1, out=tables[name]["end"])
    tables["credentials"] = _sorted("credentials", tables["credentials"])
    tables["learned"] = _resolve(tables["learned"], tables["credentials"])
    for name, rows in tables.items():
        tables[name] = _sorted(name, rows)
    tables["intervals"] = intervals
    return Trace(meta, {name: typed_table(name, tables[name]) for name in SCHEMA})


def _where(rows: Rows, mask: NDArray[Any]) -> Rows:
    return rows if mask.all() else {name: array[mask] for name, array in rows.items()}


def _sorted(name: str, rows: Rows) -> Rows:
    """Sort the rows of a table in place, a column at a time, and return them."""
    by = [rows[column] for column in SCHEMA[name].sort]
    if by and not _is_sorted(by):
        order = np.lexsort(by[::-1])
        by.clear()
        for column, array in rows.items():
            rows[column] = array[order]
    return rows


def _is_sorted(by: Sequence[NDArray[Any]]) -> bool:
    """Tell whether rows are in order of some columns, the first before all; NaN come last."""
    for part in lots(len(by[0]) - 1):
        ahead = slice(part.start + 1, part.stop + 1)
        equal, ordered = np.ones(part.stop - part.start, bool), np.zeros(part.stop - part.start, bool)
        for column in by:
            one, next_ = column[part], column[ahead]
            ordered |= equal & ((one < next_) | ((next_ != next_) & (one == one)))
            equal &= (one == next_) | ((one != one) & (next_ != next_))
        if not (ordered | equal).all():
            return False
    return True


def _before_gone(rows: Rows, gone: NDArray[Any]) -> Rows:
    """Leave out what is applied once its unit is gone."""
    kept = np.empty(len(rows["unit"]), bool)
    for part in lots(len(kept)):
        kept[part] = ~(rows["applied"][part] >= gone[rows["unit"][part]])
    return _where(rows, kept)


def _number_units(facts: NDArray[Any], tables: dict[str, Rows]) -> None:
    """Number units by workload, slot, incarnation, in every table; units not yet born at t1 are left out."""
    born = np.unique(facts["entity"][facts["family"] == Family.UNIT])
    units = tables["units"]
    units = tables["units"] = _sorted("units", _where(units, np.isin(units["unit"], born)))
    size = int(max(units["unit"].max(initial=-1), born.max(initial=-1))) + 1
    number = np.full(size + 1, -1)
    number[units["unit"]] = np.arange(len(units["unit"]))
    if len(born) > len(units["unit"]):
        raise ValueError(f"unit {born[number[born] < 0][0]} has facts but no row")
    if len(born) < len(units["unit"]) or _repeats(units, ("workload", "slot", "incarnation")):
        raise ValueError("a unit has two rows, or two units are the same incarnation of a slot")
    units["unit"] = np.arange(len(born))
    for name, rows in tables.items():
        if name != "units" and "unit" in rows:
            rows["unit"] = _renumbered(number, rows["unit"], f"{name} of a unit")
    of_units = facts["family"] <= Family.ENDPOINT
    facts["entity"][of_units] = _renumbered(number, facts["entity"][of_units], "endpoint of a unit")


def _number_thefts(tables: dict[str, Rows]) -> None:
    """Number thefts by workload and time, and the thieves among the bearers with them."""
    number = _numbers(tables, "thefts", "theft")
    for name in ("credentials", "signings", "learned", "connections"):
        bearer = tables[name]["bearer"]
        stolen = bearer >= 0
        bearer[stolen] = _renumbered(number, bearer[stolen], f"{name} of a theft")


def _number_jobs(facts: NDArray[Any], tables: dict[str, Rows]) -> None:
    """Number jobs by workload and arrival, in every table."""
    number = _numbers(tables, "jobs", "job")
    source = tables["jobs"]["source"]
    is_brought = source >= 0
    source[is_brought] = _renumbered(number, source[is_brought], "source of a job")
    for name in ("deliveries", "outcomes"):
        tables[name]["job"] = _renumbered(number, tables[name]["job"], f"{name} of a job")
    of_jobs = facts["family"] == Family.JOB
    facts["entity"][of_jobs] = _renumbered(number, facts["entity"][of_jobs], "state of a job")


def _numbers(tables: dict[str, Rows], name: str, column: str) -> NDArray[Any]:
    """Sort a table, number its rows in order, and return the new number of each old one, or -1."""
    rows = tables[name] = _sorted(name, tables[name])
    number = np.full(int(rows[column].max(initial=-1)) + 2, -1)
    number[rows[column]] = np.arange(len(rows[column]))
    if len(np.unique(rows[column])) < len(rows[column]):
        raise ValueError(f"a {column} has two rows")
    rows[column] = np.arange(len(rows[column]))
    return number


def _renumbered(number: NDArray[Any], old: NDArray[Any], what: str) -> NDArray[Any]:
    """Replace numbers in place, and return them."""
    unknown = len(number) - 1  # the last entry is always -1
    for part in lots(len(old)):
        new = number[np.where((old[part] < 0) | (old[part] > unknown), unknown, old[part])]
        if (new < 0).any():
            raise ValueError(f"{what} that has no row: {old[part][new < 0][0]}")
        old[part] = new
    return old


def _repeats(rows: Rows, key: tuple[str, ...]) -> bool:
    """Tell whether two neighbours in sorted rows agree in every column of `key`."""
    same = [rows[column][1:] == rows[column][:-1] for column in key]
    return bool(np.logical_and.reduce(same).any())


def _intervals(meta: Meta, facts: NDArray[Any]) -> Rows:
    """Join facts of each entity into intervals: each ends where the next begins, the last is open at t1."""
    entity = facts["family"].astype(np.int64) << 48 | facts["entity"]
    facts = facts[np.lexsort((facts["time"], entity))]
    last = np.ones(len(facts), bool)
    last[:-1] = (facts["entity"][1:] != facts["entity"][:-1]) | (facts["family"][1:] != facts["family"][:-1])
    end = np.full(len(facts), meta.t1)
    end[:-1] = np.where(last[:-1], meta.t1, facts["time"][1:])
    columns = {name: np.ascontiguousarray(facts[name]) for name in ("family", "entity", "state", "cause")}
    return columns | {"start": np.ascontiguousarray(facts["time"]), "end": end, "open": last}


def _pivot(intervals: Rows, units: Rows) -> Rows:
    """Fill the instants of each unit's life from its intervals."""
    count = len(units["unit"])
    of_unit = intervals["family"] == Family.UNIT
    entity, state = intervals["entity"][of_unit], intervals["state"][of_unit]
    start, cause = intervals["start"][of_unit], intervals["cause"][of_unit]

    def first(where: NDArray[Any], value: NDArray[Any], otherwise: float) -> NDArray[Any]:
        """First value for each unit: written last to first, the first stays."""
        found = np.full(count, otherwise, value.dtype)
        found[entity[where][::-1]] = value[where][::-1]
        return found

    units["created"] = first(state >= UnitState.PENDING, start, NAN)
    units["placed"] = first((state > UnitState.PENDING) & (state < UnitState.GONE), start, NAN)
    units["ready"] = first(state == UnitState.READY, start, NAN)
    units["stopped"] = first(state >= UnitState.DRAINING, start, NAN)
    units["gone"] = first(state == UnitState.GONE, start, NAN)
    units["end_cause"] = first(state >= UnitState.DRAINING, cause, -1)
    # A start-up that was cut short is never over, whatever its law had in store; one that is over at the very
    # instant of the end is: who boots may be issued a credential, read a policy and crash of it at once.
    cut_short = np.isnan(units["ready"]) & (units["booted"] > units["stopped"])
    units["booted"] = np.where(cut_short, NAN, units["booted"])
    of_endpoint = intervals["family"] == Family.ENDPOINT
    entity, state = intervals["entity"][of_endpoint], intervals["state"][of_endpoint]
    start, is_open = intervals["start"][of_endpoint], intervals["open"][of_endpoint]
    units["listed"] = first(state == EndpointState.LISTED, start, NAN)
    units["unlisted"] = first((state == EndpointState.UNLISTED) & is_open, start, NAN)
    return units


def _amend(name: str, rows: Rows, change: Rows) -> None:
    key = SCHEMA[name].key
    place = _locate([rows[column] for column in key], [change[column] for column in key], name)
    for column, value in change.items():
        rows[column][place] = value


def _resolve(learned: Rows, credentials: Rows) -> Rows:
    """Replace unit, bearer and serial of a credential by its row."""
    key = SCHEMA["credentials"].key
    row = _locate([credentials[c] for c in key], [learned[c] for c in key], "credentials")
    return {"credential": row} | {name: learned[name] for name in ("issuer", "point", "at")}


def _locate(keys: Sequence[NDArray[Any]], wanted: Sequence[NDArray[Any]], table: str) -> NDArray[Any]:
    """Find the row of each wanted key; ValueError if one is missing or keys repeat."""
    packed = np.zeros(len(keys[0]), np.int64)
    sought = np.zeros(len(wanted[0]), np.int64)
    for column, values in zip(keys, wanted, strict=True):
        low = min(column.min(initial=0), values.min(initial=0))
        size = max(column.max(initial=0), values.max(initial=0)) - low + 1
        packed = packed * size + (column - low)
        sought = sought * size + (values - low)
    order = np.argsort(packed, kind="stable")
    packed = packed[order]
    if (packed[1:] == packed[:-1]).any():
        raise ValueError(f"{table} has two rows of one key")
    place = np.searchsorted(packed, sought)
    found = place < len(packed)
    found[found] = packed[place[found]] == sought[found]
    if not found.all():
        missing = [int(values[~found][0]) for values in wanted]
        raise ValueError(f"{table} has no row {dict(zip(SCHEMA[table].key, missing, strict=True))}")
    return np.asarray(order[place])
