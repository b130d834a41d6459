"""The pages docs/trace.md and docs/laws.md, written from the schema and the laws themselves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from churnsim.trace.code import STATES
from churnsim.trace.law.statement import Law
from churnsim.trace.schema import SCHEMA, SCHEMA_VERSION, Column, Table

_TRACE = f"""# The trace

What one run leaves behind, and all that measures may read. Schema version {SCHEMA_VERSION}.
This page is written from `churnsim/trace/table/` by `python -m churnsim.trace.document`; a test keeps the
two equal.

- Times are seconds of true simulation time, as 64-bit floats. The world begins at `meta.start` (not after 0)
  and ends at `meta.t1`; the measured window is `[meta.t0, meta.t1)`.
- Intervals are half-open, `[start, end)`. What happens at t1 or later has not happened: NaN.
- Units that were there when the world began carry their true age: their instants may lie before `meta.start`.
- A unit's number is its row in `units`. Codes count from 0 in the lists of `meta` (`trace.names("cause")`);
  -1 stands for none. `trace.frame(table)` decodes them.
- `trace.digest()` is the SHA-256 of everything; `trace.digest(workload="web")` that of one workload's rows
  in local coordinates, which no other workload can change.
"""

_LAWS = """# The laws

What must hold in every run. A break is a bug in churnsim (`LawBroken`), never a result; what a user wants to
hold of a design is an invariant. Every law is a pure function of the trace, in a module of its own under
`churnsim/trace/law/`. This page is written from those modules by `python -m churnsim.trace.document`; a test
keeps the two equal. That a law can fail is shown by mutating a small valid trace so that it breaks this law
and no other: `tests/unit/trace/test_laws.py`, in the cases named.

| law | holds in every run | module | cases |
|---|---|---|---|
"""


def document() -> str:
    """Return the text of docs/trace.md."""
    states = "".join(
        f"- {family.name.lower()} ({family.value}): "
        + ", ".join(f"{state.name.lower()} {state.value}" for state in STATES[family])
        + "\n"
        for family in STATES
    )
    return "\n".join([_TRACE, "## Families and their states\n", states, *map(_table, SCHEMA.values())])


def document_laws(laws: Mapping[str, Law]) -> str:
    """Return the text of docs/laws.md."""
    return _LAWS + "".join(map(_law, laws.values()))


def _law(law: Law) -> str:
    statement = law.statement.replace("|", "or")
    module = law.violations.__module__.rpartition(".")[2]
    return f"| {law.number} | {statement} | `{module}.py` | `{law.number}-*` |\n"


def _table(table: Table) -> str:
    sort = f"Sorted by {', '.join(table.sort)}." if table.sort else "In the order recorded."
    head = (
        f"## {table.name}\n\n{table.meaning} {sort}\n\n| column | type | unit | meaning |\n|---|---|---|---|"
    )
    return "\n".join([head, *map(_column, table.columns), ""])


def _column(column: Column) -> str:
    codes = f" (code of {column.codes})" if column.codes else ""
    return f"| {column.name} | {column.dtype} | {column.unit} | {column.meaning}{codes} |"


def main(folder: str = "docs") -> None:
    """Write both pages into `folder`."""
    from churnsim.trace.law import LAWS

    (Path(folder) / "trace.md").write_text(document(), "utf-8")
    (Path(folder) / "laws.md").write_text(document_laws(LAWS), "utf-8")


if __name__ == "__main__":
    main()
