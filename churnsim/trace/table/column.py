"""Columns and tables: what a trace says of each, and the columns that many tables share."""

from __future__ import annotations

from dataclasses import dataclass

NAN = float("nan")
INF = float("inf")


@dataclass(frozen=True)
class Column:
    """One column of a table.

    `codes` names the list its whole numbers point into ("" for plain numbers): workload, issuer, policy,
    pool, cause, family, mode, outcome, fate, delivery, invocation, artefact, artefact_fate, or state (whose
    list depends on the family of the row). `default` is written where the recorder is given nothing; None
    means that it must be given.
    """

    name: str
    dtype: str
    unit: str
    meaning: str
    codes: str = ""
    default: float | None = None


@dataclass(frozen=True)
class Table:
    """One table: its columns in order, the columns it is sorted by, the columns that name a row."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    sort: tuple[str, ...] = ()
    key: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError if the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name} has no column {name!r}")


def seconds(name: str, meaning: str, default: float | None = None) -> Column:
    """Return a column of instants or lengths of time [s]."""
    return Column(name, "float64", "s", meaning, default=default)


def maybe(name: str, meaning: str) -> Column:
    """Return a column of instants [s] that may never come."""
    return seconds(name, f"{meaning}; NaN: not before t1", default=NAN)


def requests(name: str, meaning: str) -> Column:
    """Return a column that counts requests."""
    return Column(name, "float64", "requests", meaning, default=0.0)


def code(name: str, meaning: str, codes: str, dtype: str = "int16") -> Column:
    """Return a column of whole numbers that point into a list of `codes`."""
    return Column(name, dtype, "", meaning, codes)


def row(name: str, meaning: str, default: float | None = None) -> Column:
    """Return a column of whole numbers."""
    return Column(name, "int64", "", meaning, default=default)


ON_AVERAGE = "requests on average"
UNIT = row("unit", "row in `units`")
WORKLOAD = code("workload", "the workload", "workload")
ISSUER = code("issuer", "the issuer", "issuer")
POLICY = code("policy", "the policy", "policy")
POINT = Column("point", "int16", "", "verification point of the issuer")
KEY = Column("key", "int32", "", "0, 1, ... for each issuer, in order of activation")
BEARER = row("bearer", "who holds it: -1 the unit, else the theft whose thief renewed it", default=-1)
