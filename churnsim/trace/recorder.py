"""The recorder: a sink that remembers facts and rows compactly while the world runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.assemble import assemble
from churnsim.trace.growing import Growing
from churnsim.trace.meta import Meta
from churnsim.trace.schema import SCHEMA
from churnsim.trace.trace import Trace

FACT = np.dtype([("time", "f8"), ("entity", "i8"), ("cause", "i2"), ("family", "i1"), ("state", "i1")])

#: Columns the recorder works out itself, by table; no one may hand them in.
DERIVED = {
    "units": ("created", "placed", "ready", "stopped", "gone", "listed", "unlisted", "end_cause"),
    "learned": ("credential",),
}

#: Columns that stand in for derived ones on the way in.
INSTEAD = {"learned": {"unit": "int64", "bearer": "int64", "serial": "int64"}}

_FACTS = 8192  # facts, and rows of one table, held as Python objects before they are packed into an array
_ROWS = 2048


class Recorder:
    """Collect what happens in one run; `finish` turns it into a `Trace`.

    Units carry provisional numbers while the world runs (order of birth, say); `finish` numbers them anew by
    workload, slot and incarnation. What is handed in for t1 or later has not happened and is left out.
    """

    def __init__(self) -> None:
        self._pending: list[float] = []
        self._facts: list[NDArray[Any]] = []
        self._rows: dict[str, list[Mapping[str, Any]]] = {name: [] for name in SCHEMA}
        self._amendments: dict[str, list[dict[str, NDArray[Any]]]] = {name: [] for name in SCHEMA}
        self._accepts = {name: _accepted(name) for name in SCHEMA if name != "intervals"}
        self._columns = {
            table: {name: Growing(dtype) for name, (dtype, _) in accepted.items()}
            for table, accepted in self._accepts.items()
        }

    def __len__(self) -> int:
        """Return the number of facts and rows so far, but for the last few of them."""
        rows = sum(len(next(iter(columns.values()))) for columns in self._columns.values())
        return rows + sum(map(len, self._facts))

    def fact(self, time: float, family: int, entity: int, state: int, cause: int) -> None:
        """Remember that `entity` entered `state` at `time` [s] because of `cause`.

        Facts of one entity come in order of time; those of different entities may come in any order.
        """
        pending = self._pending
        pending += (time, family, entity, state, cause)
        if len(pending) >= 5 * _FACTS:
            self._pack()

    def facts(
        self,
        time: NDArray[np.float64],
        family: int,
        entity: NDArray[np.int64],
        state: int | NDArray[np.int8],
        cause: int | NDArray[np.int16],
    ) -> None:
        """Remember many facts of one family at once; shapes (n,), or a number for all."""
        self._pack()
        chunk = np.empty(len(np.atleast_1d(entity)), FACT)
        chunk["time"], chunk["family"], chunk["entity"] = time, family, entity
        chunk["state"], chunk["cause"] = state, cause
        self._facts.append(chunk)

    def row(self, table: str, **values: Any) -> None:
        """Remember one row of `table`; see `block` for the columns."""
        rows = self._rows[table]
        rows.append(values)
        if len(rows) >= _ROWS:
            self._stack(table)

    def block(self, table: str, **columns: Any) -> None:
        """Remember many rows of `table`; arrays of one length, or numbers for all rows. Arrays are copied.

        Every column of the schema is due, but for those with a default and those that facts tell: a row of
        `units` gives unit, workload, slot, incarnation and, once known, booted; a row of `learned` gives
        unit, bearer and serial of the credential instead of its row.

        Raises
        ------
        ValueError
            For an unknown, derived or missing column, or unequal lengths.
        """
        accepted = self._accepted(table, columns)
        for name, (_, default) in accepted.items():
            if name not in columns and default is None:
                raise ValueError(f"a row of {table} needs {name}")
        given = {name: np.asarray(columns.get(name, d), dtype) for name, (dtype, d) in accepted.items()}
        count = _length(table, given)
        for name, values in given.items():
            self._columns[table][name].append(values, count)

    def amend(self, table: str, **columns: Any) -> None:
        """Complete rows handed in earlier, found by their key, now that more is known of them.

        ``amend("units", unit=7, booted=3.5)``; ``amend("credentials", unit=units, bearer=-1, serial=serials,
        revoked=now)``; ``amend("thefts", theft=0, detected=now)``. Numbers or arrays, as for `block`. The
        last amendment of a column wins.

        Raises
        ------
        ValueError
            For an unknown, derived or missing key column. (A row that is not there is found by `finish`.)
        """
        accepted = self._accepted(table, columns)
        key = SCHEMA[table].key
        if not key or not set(key) < set(columns):
            needs = f"{', '.join(key)} and what changes" if key else "a key, which it has not"
            raise ValueError(f"to amend {table} takes {needs}")
        given = {name: np.array(value, accepted[name][0]) for name, value in columns.items()}
        count = _length(table, given)
        self._amendments[table].append(
            {name: array if array.ndim else np.full(count, array) for name, array in given.items()}
        )

    def finish(self, meta: Meta) -> Trace:
        """Build the trace: intervals from facts, units' columns from intervals, all sorted and renumbered.

        Raises
        ------
        ValueError
            If rows do not fit together: a fact, credential or theft of a unit that has no row, a unit or
            credential handed in twice.
        """
        self._pack()
        for name in self._accepts:
            self._stack(name)
        # All is given away, so that nothing is held twice.
        facts = [np.concatenate([np.empty(0, FACT), *self._facts])]
        self._facts.clear()
        tables = {
            table: {name: column.close() for name, column in columns.items()}
            for table, columns in self._columns.items()
        }
        return assemble(meta, facts.pop(), tables, self._amendments)

    def _accepted(self, table: str, columns: Mapping[str, Any]) -> dict[str, tuple[str, float | None]]:
        accepted = self._accepts.get(table)
        if accepted is None:
            raise ValueError(f"{table} takes no rows; tables that do: {', '.join(self._accepts)}")
        unknown = [name for name in columns if name not in accepted]
        if unknown:
            raise ValueError(f"a row of {table} has no {', '.join(unknown)}; it has: {', '.join(accepted)}")
        return accepted

    def _pack(self) -> None:
        """Turn the pending facts into a packed array of 20 bytes each."""
        if self._pending:
            flat = np.array(self._pending, np.float64).reshape(-1, 5)
            chunk = np.empty(len(flat), FACT)
            for position, name in enumerate(("time", "family", "entity", "state", "cause")):
                chunk[name] = flat[:, position]
            self._facts.append(chunk)
            self._pending.clear()

    def _stack(self, table: str) -> None:
        """Turn the pending rows of `table` into blocks, one for each set of columns they give."""
        by_columns: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
        for row in self._rows[table]:
            by_columns.setdefault(tuple(row), []).append(row)
        for names, rows in by_columns.items():
            self.block(table, **{name: [row[name] for row in rows] for name in names})
        self._rows[table].clear()


def _accepted(table: str) -> dict[str, tuple[str, float | None]]:
    """Columns a row of `table` may give: name -> (dtype, default)."""
    derived = DERIVED.get(table, ())
    accepted = {c.name: (c.dtype, c.default) for c in SCHEMA[table].columns if c.name not in derived}
    return accepted | {name: (dtype, None) for name, dtype in INSTEAD.get(table, {}).items()}


def _length(table: str, columns: Mapping[str, NDArray[Any]]) -> int:
    """How many rows some columns give; numbers stand for as many as the arrays beside them."""
    lengths = {len(array) for array in columns.values() if array.ndim}
    if len(lengths) > 1:
        raise ValueError(f"columns of {table} differ in length: {sorted(lengths)}")
    return lengths.pop() if lengths else 1
