"""Estimates in tables: with their intervals, or why they have none, and what that means."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from churnsim.base.errors import UsageError
from churnsim.base.readable import counted, readable, setting, usual
from churnsim.cli.mistake import Mistakes
from churnsim.cli.table import Table

if TYPE_CHECKING:
    from churnsim.checks import Verdict
    from churnsim.experiment import Results

Row = Mapping[str, Any]  # a row of the summary frame

# What a sweep shows when its study does not say: one measure of each question every scenario is asked.
SHOWN = ("availability", "overtrust.mean_open", "undertrust.share", "cost.total")

UNDEFINED = "–"

# A setting that a point leaves as the scenario has it.
AS_IS = "as is"

# What stands in brackets instead of an interval; the order is that of the legend.
REMARKS = {
    "one run": "one run has no interval; make more replications",
    "few runs": "too few runs for the interval of a quantile; make 50 or more",
    "few episodes": "too few episodes for an interval; make more or longer runs",
    "few non-zero": "too few runs show it at all for an interval; make more runs",
    "all zero": "no run shows it (at 100%: misses it), which is no proof",
    "censored": "too many were still open at the end; make the run longer",
    "maximum": "the largest of all runs; more runs can only raise it",
    UNDEFINED: "nothing happened that it could measure",
}
GUIDE = "docs/statistics.md"


def check_known(names: Sequence[str]) -> None:
    """Hold names of measures or of their parts against those there are.

    Raises
    ------
    UsageError
        If there is none of that name; all of them are told.
    """
    from churnsim.metrics import MEASURES

    mistakes = Mistakes()
    for name in names:
        mistakes.read(partial(MEASURES.find, name))
    mistakes.tell()


def tell_absent(names: Sequence[str], results: Results) -> None:
    """Say on standard error which of the measures that are asked for no run has."""
    from churnsim.metrics import MEASURES

    for name in names:
        if results.measurements and name not in results.measures:
            click.echo(MEASURES.absence(name, results.measures), err=True)


def chosen(results: Results, shown: Sequence[str], *, with_blanks: bool) -> tuple[list[str], int]:
    """Measures of one point that are worth a line, and how many were left out for saying nothing.

    Parameters
    ----------
    results : Results
        Runs at one point.
    shown : sequence of str
        Measures, with their parts, or parts to show; all where empty.
    with_blanks : bool
        Whether measures that have nothing to measure, and parts that are zero in every run, are shown though
        nobody asked for them by name.
    """
    rows = next(iter(summary_rows(results).values()), {})
    asked = [name for name in rows if not shown or {name, _whole(name)} & set(shown)]
    kept = [
        name for name in asked if with_blanks or name in shown or _says_something(name, rows[name]["mean"])
    ]
    return kept, len(asked) - len(kept)


def _says_something(name: str, mean: float | None) -> bool:
    return mean is not None and not math.isnan(mean) and (mean != 0 or name == _whole(name))


def measures_table(results: Results, table: Table, names: Sequence[str]) -> None:
    """Print measures of one point, one a line."""
    rows = next(iter(summary_rows(results).values()), {})
    # A column of runs tells something only where some measures are not defined in all of them.
    is_partial = any(0 < rows[name]["n"] < len(results.measurements) for name in names)
    cells = [(name, cell(rows[name]), str(rows[name]["better"]), str(rows[name]["n"])) for name in names]
    count = 4 if is_partial else 3
    heads = ("measure", _heading(results), "better", "runs")
    table(heads[:count], [each[:count] for each in cells])


def points_table(results: Results, table: Table, measures: Sequence[str]) -> tuple[str, ...]:
    """Print a point a line, a measure a column in one unit; without `measures`, those of `SHOWN`.

    Returns
    -------
    tuple of str
        The measures that were printed.
    """
    columns = tuple(name for name in measures or SHOWN if name in results.measures)
    rows = summary_rows(results)
    sizes = {name: usual(found[name]["mean"] for found in rows.values() if name in found) for name in columns}
    table(
        (*results.plan.axes, *columns),
        [
            (
                *(
                    setting(point.settings[axis]) if axis in point.settings else AS_IS
                    for axis in results.plan.axes
                ),
                *(
                    cell(row, sizes[name]) if (row := rows.get(point.id, {}).get(name)) else UNDEFINED
                    for name in columns
                ),
            )
            for point in results.plan.points
        ],
        names=len(results.plan.axes),
    )
    return columns


def verdicts_table(results: Results, table: Table, verdicts: Sequence[Verdict]) -> None:
    """Print a verdict a line."""
    rows = [
        (
            verdict.ruling,
            verdict.invariant,
            readable(verdict.mean, verdict.unit, verdict.low, verdict.high),
            verdict.reason,
            verdict.place,
        )
        for verdict in verdicts
    ]
    table(("verdict", "invariant", _heading(results), "reason", "place"), rows)


def legend(results: Results, names: Sequence[str]) -> None:
    """Print below a table of those measures what its intervals are and what each remark in it means."""
    named = [pair for point in summary_rows(results).values() for pair in point.items()]
    rows = [row for name, row in named if name in names]
    remarks = {_remark(row) for row in rows}
    count = counted(results.plan.replications, "replication")
    click.echo(f"\n{results.confidence:.0%} intervals over {count}; how to read them: {GUIDE}")
    for remark, meaning in REMARKS.items():
        if remark in remarks:
            click.echo(f"  {f'({remark})' if remark != UNDEFINED else remark:<14}  {meaning}")


def cell(row: Row, like: float | None = None) -> str:
    """An estimate and its interval, or why it has none; in the unit that suits `like`."""
    remark = _remark(row)
    text = readable(row["mean"], str(row["unit"]), row["low"], row["high"], like=like)
    return text if remark in ("", UNDEFINED) else f"{text} ({remark})"


def summary_rows(results: Results) -> dict[str, dict[str, Row]]:
    """The summary by point and measure."""
    rows: dict[str, dict[str, Row]] = {}
    for row in results.summary.to_dict("records"):
        rows.setdefault(row["point"], {})[row["measure"]] = {str(key): value for key, value in row.items()}
    return rows


def _remark(row: Row) -> str:
    """What stands in place of the interval, nothing where there is one."""
    if math.isnan(row["mean"]):
        return UNDEFINED
    return str(row["method"]) if math.isnan(row["low"]) else ""


def _heading(results: Results) -> str:
    return f"estimate [{results.confidence:.0%} interval]"


def _whole(name: str) -> str:
    """The measure that a part belongs to; itself for a whole, or where its plug-in is not installed."""
    from churnsim.metrics import MEASURES

    try:
        return MEASURES.find(name).name
    except UsageError:
        return name
