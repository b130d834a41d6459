"""What a command that simulated has to say beside its table: the JSON document, and where things are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from churnsim import __version__
from churnsim.base.readable import counted
from churnsim.cli.document import print_document
from churnsim.cli.estimate import Row, summary_rows

if TYPE_CHECKING:
    from pathlib import Path

    from churnsim.base.errors import Problem
    from churnsim.cli.invocation import Invocation
    from churnsim.experiment import Results
    from churnsim.scenario import Scenario


def document(
    scenario: Scenario, asked: Invocation, results: Results, doubts: Sequence[Problem] = ()
) -> dict[str, object]:
    """What every JSON document of a simulating command holds.

    ``measures`` are those of the scenario as it stands; a sweep has none, but points.
    """
    rows = summary_rows(results) if len(results.plan.points) == 1 else {}
    return {
        "scenario": scenario.name,
        "hash": results.plan.scenario_hash,
        "version": __version__,
        "seed": asked.seed,
        "replications": asked.replications or results.plan.replications,
        "measures": _measures(next(iter(rows.values()), {})),
        "warnings": [*map(str, doubts), *results.warnings],
        "repeat": asked.repeat,
        "results": None if results.place is None else str(results.place),
    }


def points(results: Results) -> list[dict[str, object]]:
    """The points of a sweep for its JSON document, in the order of the study."""
    rows = summary_rows(results)
    return [
        {"id": point.id, "settings": dict(point.settings), "measures": _measures(rows.get(point.id, {}))}
        for point in results.plan.points
    ]


def say_more(asked: Invocation, results: Results, figure: Path | None) -> None:
    """Print below a table where things are and how to get the same again; warnings go to standard error."""
    for warning in results.warnings:
        click.echo(f"warning: {warning}", err=True)
    click.echo()
    if results.place is not None:
        click.echo(f"results: {results.place}")
    if figure is not None:
        click.echo(f"figure:  {figure}")
    if results.look is not None:
        click.echo(
            f"stopped: after {counted(results.plan.replications, 'replication')}: {results.look.reason}"
        )
    click.echo(f"seed:    {asked.seed}")
    click.echo(f"repeat:  {asked.repeat}")
    if asked.verb == "sweep" and len(results.plan.points) > 1:
        compared = asked.repeat.replace("churnsim sweep", "churnsim compare", 1)
        click.echo(f"paired:  {compared}  (differences between the points, with verdicts)")


def say_shard(
    scenario: Scenario, asked: Invocation, results: Results, doubts: Sequence[Problem], *, as_json: bool
) -> None:
    """Print what a shard made; its numbers are worth something only together with the others'."""
    made = f"{len(results.measurements):,} of {counted(len(results.plan.runs), 'run')}"
    if as_json:
        whole = document(scenario, asked, results, doubts)
        del whole["measures"]
        print_document(
            {
                **whole,
                "shard": str(asked.shard),
                "made": len(results.measurements),
                "of": len(results.plan.runs),
            }
        )
        return
    for warning in results.warnings:
        click.echo(f"warning: {warning}", err=True)
    click.echo(f"shard {asked.shard}: {made} are kept in {results.place}")
    click.echo("when all are made: churnsim merge --out FOLDER EACH-FOLDER..., then the same without --shard")
    click.echo(f"repeat:  {asked.repeat}")


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
