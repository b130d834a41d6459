"""What a command that simulated has to say: a document under `--json`, tables otherwise."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from churnsim import __version__
from churnsim.base.readable import readable
from churnsim.cli.table import print_table

if TYPE_CHECKING:
    from pathlib import Path

    from churnsim.checks import Verdict
    from churnsim.cli.invocation import Invocation
    from churnsim.experiment import Results
    from churnsim.scenario import Scenario

Row = Mapping[str, Any]  # a row of the summary frame

# What a sweep shows when its study does not say: one measure of each question every scenario is asked.
SHOWN = ("availability", "overtrust.mean_open", "undertrust.share", "cost.total")


def document(scenario: Scenario, asked: Invocation, results: Results) -> dict[str, object]:
    """What every JSON document of a simulating command holds.

    ``measures`` are those of the scenario as it stands; a sweep has none, but points.
    """
    rows = _rows(results) if len(results.plan.points) == 1 else {}
    return {
        "scenario": scenario.name,
        "hash": scenario.hash,
        "version": __version__,
        "seed": asked.seed,
        "replications": asked.replications,
        "measures": _measures(next(iter(rows.values()), {})),
        "warnings": list(results.warnings),
        "repeat": asked.repeat,
        "results": None if results.place is None else str(results.place),
    }


def points(results: Results) -> list[dict[str, object]]:
    """The points of a sweep for its JSON document, in the order of the study."""
    rows = _rows(results)
    return [
        {"id": point.id, "settings": dict(point.settings), "measures": _measures(rows.get(point.id, {}))}
        for point in results.plan.points
    ]


def measures_table(results: Results) -> None:
    """Print every measure of one point, one a line."""
    rows = next(iter(_rows(results).values()), {})
    cells = [(name, cell(row), str(row["better"]), str(row["n"])) for name, row in rows.items()]
    print_table(("measure", "estimate\n[95% interval]", "better", "runs"), cells)


def points_table(results: Results, measures: Sequence[str]) -> None:
    """Print a point a line, a measure a column; without `measures`, those of `SHOWN` that there are."""
    columns = [name for name in measures or SHOWN if name in results.measures]
    rows = _rows(results)
    print_table(
        (*results.plan.axes, *columns),
        [
            (
                *(str(point.settings.get(axis, "")) for axis in results.plan.axes),
                *(cell(row) if (row := rows.get(point.id, {}).get(name)) else "–" for name in columns),
            )
            for point in results.plan.points
        ],
    )


def verdicts_table(verdicts: Sequence[Verdict]) -> None:
    """Print a verdict a line."""
    rows = [
        (
            verdict.ruling,
            verdict.invariant,
            readable(verdict.mean, verdict.unit, verdict.low, verdict.high).replace(" [", "\n["),
            verdict.reason,
            verdict.place,
        )
        for verdict in verdicts
    ]
    print_table(("verdict", "invariant", "estimate\n[95% interval]", "reason", "place"), rows)


def say_more(asked: Invocation, results: Results, figure: Path | None) -> None:
    """Print below a table where things are and how to get the same again; warnings go to standard error."""
    for warning in results.warnings:
        click.echo(f"warning: {warning}", err=True)
    click.echo()
    if results.place is not None:
        click.echo(f"results: {results.place}")
    if figure is not None:
        click.echo(f"figure:  {figure}")
    click.echo(f"seed:    {asked.seed}")
    click.echo(f"repeat:  {asked.repeat}")


def cell(row: Row) -> str:
    """An estimate and, on a line of its own where there is no room, its interval or why it has none."""
    text = readable(row["mean"], str(row["unit"]), row["low"], row["high"])
    if math.isnan(row["mean"]):
        return text
    return text.replace(" [", "\n[") if not math.isnan(row["low"]) else f"{text}\n({row['method']})"


def _rows(results: Results) -> dict[str, dict[str, Row]]:
    """The summary by point and measure."""
    rows: dict[str, dict[str, Row]] = {}
    for row in results.summary.to_dict("records"):
        rows.setdefault(row["point"], {})[row["measure"]] = {str(key): value for key, value in row.items()}
    return rows


def _measures(rows: Mapping[str, Row]) -> dict[str, dict[str, object]]:
    return {
        name: {
            "mean": _number(row["mean"]),
            "low": _number(row["low"]),
            "high": _number(row["high"]),
            "unit": row["unit"],
            "better": row["better"],
            "n": int(row["n"]),
            "method": row["method"],
        }
        for name, row in rows.items()
    }


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
