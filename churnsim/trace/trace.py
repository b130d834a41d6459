"""The trace of one run: the only thing that measures may read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.code import (
    STATES,
    DeliveryOutcome,
    EnvironmentFate,
    Family,
    Fate,
    InvocationOutcome,
    JobState,
    LapseMode,
    ServiceState,
    SigningOutcome,
)
from churnsim.trace.intervals import Spans
from churnsim.trace.meta import (
    ArtefactInfo,
    IssuerInfo,
    Meta,
    PolicyInfo,
    PoolInfo,
    SinkInfo,
    WorkloadInfo,
)
from churnsim.trace.schema import SCHEMA

if TYPE_CHECKING:
    import pandas

Columns = Mapping[str, NDArray[Any]]

#: Lists of codes that are the same in every trace.
_FIXED: dict[str, type[IntEnum]] = {
    "family": Family,
    "mode": LapseMode,
    "outcome": SigningOutcome,
    "fate": JobState,
    "delivery": DeliveryOutcome,
    "environment_fate": EnvironmentFate,
    "invocation": InvocationOutcome,
    "artefact_fate": Fate,
}


_Named = WorkloadInfo | IssuerInfo | PolicyInfo | PoolInfo | SinkInfo | ArtefactInfo


@dataclass(frozen=True, eq=False, repr=False)
class Trace:
    """Intervals, marks, traffic and bill of one run.

    Two traces are the same if their digests are. Can be pickled.

    Parameters
    ----------
    meta : Meta
        The world, the window, the names behind the codes.
    tables : mapping of str to mapping of str to ndarray
        Every table of the schema, each with exactly its columns, of equal length; see docs/trace.md.

    Raises
    ------
    ValueError
        If the tables are not those of the schema.
    """

    meta: Meta
    tables: Mapping[str, Columns]

    def __post_init__(self) -> None:
        """Hold the tables against the schema and lock their arrays."""
        if set(self.tables) != set(SCHEMA):
            raise ValueError(f"tables differ from the schema: {sorted(set(self.tables) ^ set(SCHEMA))}")
        for name, columns in self.tables.items():
            declared = {column.name: np.dtype(column.dtype) for column in SCHEMA[name].columns}
            found = {column: array.dtype for column, array in columns.items()}
            if found != declared:
                wrong = sorted(set(found.items()) ^ set(declared.items()), key=str)
                raise ValueError(f"columns of table {name} differ from the schema: {wrong}")
            if len({len(array) for array in columns.values()}) > 1:
                raise ValueError(f"columns of table {name} differ in length")
            for array in columns.values():
                array.setflags(write=False)

    @classmethod
    def of(cls, meta: Meta, tables: Mapping[str, Mapping[str, Any]]) -> Trace:
        """Build a trace from some of the tables, cast to the schema; the others are empty.

        A missing column takes its default (ValueError if it has none); rows are left in the order given.
        """
        unknown = set(tables) - set(SCHEMA)
        if unknown:
            raise ValueError(f"no such table: {sorted(unknown)}")
        typed = {name: typed_table(name, tables.get(name, {})) for name in SCHEMA}
        return cls(meta, {name: {c: a.copy() for c, a in table.items()} for name, table in typed.items()})

    def __getitem__(self, table: str) -> Columns:
        """Return the columns of `table`; KeyError if the schema has no such table."""
        return self.tables[table]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the tables."""
        return iter(self.tables)

    def count(self, table: str) -> int:
        """Return the number of rows of `table`."""
        return len(next(iter(self.tables[table].values())))

    def rows(self, table: str, where: slice | NDArray[Any]) -> dict[str, NDArray[Any]]:
        """Return the rows of `table` that a slice, mask or index array picks, all columns."""
        return {name: array[where] for name, array in self.tables[table].items()}

    def intervals(self, family: Family, state: int | None = None) -> dict[str, NDArray[Any]]:
        """Return the intervals of one family, in one state or (None) in any, in order of entity and start."""
        table = self.tables["intervals"]
        low, high = np.searchsorted(table["family"], (int(family), int(family) + 1))
        part = {name: array[low:high] for name, array in table.items()}
        if state is None:
            return part
        chosen = part["state"] == int(state)
        return {name: array[chosen] for name, array in part.items()}

    def unavailable(self, family: Family) -> Spans:
        """Return when shared services of one family did not answer, down or blocked, by entity."""
        spells = self.intervals(family)
        off = spells["state"] != ServiceState.UP
        return Spans.of(spells["start"][off], spells["end"][off], spells["entity"][off])

    def severed(self, family: Family) -> Spans:
        """Return when each unit did not reach its issuer, or its policy, by unit."""
        table = self.tables["cuts"]
        mine = table["family"] == int(family)
        return Spans.of(table["start"][mine], table["end"][mine], table["unit"][mine])

    def names(self, codes: str) -> tuple[str, ...]:
        """Return what a code stands for, by position.

        `codes` is one of workload, issuer, policy, pool, sink, artefact, cause, family, mode, outcome, fate,
        delivery, invocation, artefact_fate.
        """
        if codes == "cause":
            return self.meta.causes
        if codes in _FIXED:
            return tuple(code.name.lower().replace("_", "-") for code in _FIXED[codes])
        meta = self.meta
        named: dict[
            str, Sequence[WorkloadInfo | IssuerInfo | PolicyInfo | PoolInfo | SinkInfo | ArtefactInfo]
        ]
        named = {
            "workload": meta.workloads,
            "issuer": meta.issuers,
            "policy": meta.policies,
            "pool": meta.pools,
            "sink": meta.sinks,
            "artefact": meta.artefacts,
        }
        return tuple(str(info.name) for info in named[codes])

    def code(self, codes: str, name: str) -> int:
        """Return the code that stands for `name`; ValueError if none does."""
        names = self.names(codes)
        if name not in names:
            raise ValueError(f"no {codes} {name!r} in this trace; there are: {', '.join(names) or 'none'}")
        return names.index(name)

    def label(self, family: Family, entity: int) -> str:
        """Return the name of an entity: ``web/3#2`` for the second unit of slot 3 of web, else its own."""
        if family == Family.ISSUER:
            return self.meta.issuers[entity].name
        if family == Family.SOURCE:
            return self.meta.policies[entity].name
        if family == Family.SINK:
            return self.meta.sinks[entity].name
        if family == Family.OWNER:
            number, low, high = self.meta.owners[entity]
            others = f" to {high - 1}" if high > low + 1 else ""
            return f"the owner of {self.meta.workloads[number].name}/{low}{others}"
        if family == Family.JOB:
            jobs = self.tables["jobs"]
            workload = self.meta.workloads[int(jobs["workload"][entity])].name
            return f"job {jobs['number'][entity]} of {workload}"
        if family == Family.NODE:
            nodes = self.tables["nodes"]
            pool = self.meta.pools[int(nodes["pool"][entity])].name
            return f"{pool}/{nodes['slot'][entity]}#{nodes['incarnation'][entity]}"
        units = self.tables["units"]
        workload = self.meta.workloads[int(units["workload"][entity])].name
        return f"{workload}/{units['slot'][entity]}#{units['incarnation'][entity]}"

    def state_name(self, family: Family, state: int) -> str:
        """Return the name of a state of `family`."""
        return STATES[family](state).name.lower()

    def frame(self, table: str) -> pandas.DataFrame:
        """Return `table` as a pandas frame with its codes decoded to categories."""
        from churnsim.trace.frame import frame

        return frame(self, table)

    def digest(self, *, workload: str | None = None) -> str:
        """Return the SHA-256 (hex) of the whole trace, or of one workload's rows in local coordinates.

        The latter does not change when another workload is added to the scenario.
        """
        from churnsim.trace import digest

        return digest.of_trace(self) if workload is None else digest.of_workload(self, workload)

    def __repr__(self) -> str:
        """Return one line: scenario, seed, window, sizes."""
        meta = self.meta
        sizes = ", ".join(f"{self.count(name)} {name}" for name in self if self.count(name))
        window = f"[{meta.t0:g}, {meta.t1:g}) s"
        return f"<Trace {meta.scenario} seed {meta.seed}.{meta.replication} {window}: {sizes or 'empty'}>"

    def _repr_html_(self) -> str:
        """Return a small summary for notebooks."""
        from html import escape

        meta = self.meta
        head = f"{escape(meta.scenario)}: seed {meta.seed}, replication {meta.replication}, "
        window = f"measured from {meta.t0:g} s to {meta.t1:g} s"
        rows = "".join(
            f"<tr><th>{name}</th><td>{self.count(name)}</td><td>{escape(SCHEMA[name].meaning)}</td></tr>"
            for name in self
        )
        columns = "<tr><th>table</th><th>rows</th><th>meaning</th></tr>"
        return f"<table><caption>{head}{window}</caption>{columns}{rows}</table>"


def typed_table(name: str, columns: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Cast columns of the table `name` to its schema, scalars and defaults repeated to the common length.

    An array that is as the schema wants it is not copied.

    Raises
    ------
    ValueError
        For a column that the schema has not, one that is missing and has no default, or unequal lengths.
    """
    table = SCHEMA[name]
    unknown = set(columns) - {column.name for column in table.columns}
    if unknown:
        raise ValueError(f"table {name} has no column {', '.join(sorted(unknown))}")
    lengths = {len(array) for array in map(np.atleast_1d, columns.values())} - {1}
    if len(lengths) > 1:
        raise ValueError(f"columns of table {name} differ in length: {sorted(lengths)}")
    length = lengths.pop() if lengths else min(len(columns), 1)
    cast = {}
    for column in table.columns:
        value = columns.get(column.name, column.default)
        if value is None and columns:
            raise ValueError(f"table {name} needs column {column.name}")
        if value is None:
            value = 0
        array = np.asarray(value, column.dtype)
        cast[column.name] = array if array.shape == (length,) else np.array(np.broadcast_to(array, length))
    return cast
