"""Designs side by side in tables of 80 columns: differences, promises, trade-offs, assumptions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from churnsim.base.readable import counted, readable, usual
from churnsim.cli.estimate import GUIDE
from churnsim.cli.table import Table, wrapped
from churnsim.decision.record import differing, estimated

if TYPE_CHECKING:
    from churnsim.cli.decide import Answer
    from churnsim.decision import Comparison, Contrast, Feasibility, Front, Swing

NONE = "–"


def print_answer(found: Answer, table: Table) -> None:
    """Print all that was found: differences, promises, trade-offs, assumptions."""
    contrasts_table(found.comparison, table)
    notes(found.comparison)
    if found.feasibility.findings:
        promises_table(found.feasibility, table)
    if found.front is not None:
        front_table(found.front, [one.name for one in found.comparison.designs], table)
    if found.swings:
        swings_table(found.swings, table)


def contrasts_table(comparison: Comparison, table: Table) -> None:
    """Print every design in every measure, measure by measure: what it is, how it differs, what follows."""
    for number, name in enumerate(comparison.measures):
        ones = [each for each in comparison.contrasts if each.name == name]
        better = ones[0].measure.better
        if number:
            click.echo()
        click.echo(f"{name} ({f'{better} is better' if better != 'neither' else 'neither way is better'})")
        heads = ("design", "estimate", "difference", "corr.", "verdict")
        table(heads, [(each.design, *_cells(each, comparison.typical(name))) for each in ones])


def contrasts_rows(comparison: Comparison, table: Table) -> None:
    """Print the same with the measure in a column of its own, a row a line."""
    heads = ("measure", "design", "estimate", "difference", "corr.", "verdict")
    rows = [
        (each.name, each.design, *_cells(each, comparison.typical(each.name)))
        for each in comparison.contrasts
    ]
    table(heads, rows, names=2)


def notes(comparison: Comparison) -> None:
    """Print below the tables what their columns mean."""
    replications = counted(len(comparison.baseline.runs), "replication")
    count = counted(len([each for each in comparison.contrasts if each.difference is not None]), "comparison")
    click.echo()
    click.echo(
        wrapped(
            f"{comparison.confidence:.0%} intervals over {replications}, differences to "
            f"{comparison.baseline.name} paired by replication; corr.: what sharing random numbers achieved. "
            f"Verdicts are corrected for {count} (Holm). How to read them: {GUIDE}"
        )
    )


def promises_table(feasibility: Feasibility, table: Table) -> None:
    """Print whether each design keeps each promise."""
    click.echo("\npromises")
    rows = [
        (each.design, each.constraint.text, each.ruling, estimated(each.estimate, each.constraint.bound.unit))
        for each in feasibility.findings
    ]
    table(("design", "promise", "verdict", "estimate"), rows)


def front_table(front: Front, designs: Sequence[str], table: Table) -> None:
    """Print the objectives of each design and how surely no other beats it."""
    from churnsim.metrics import MEASURES

    units = [MEASURES.find(name).unit for name in front.objectives]
    sizes = [usual(column) for column in front.points.T.tolist()]
    click.echo("\ntrade-offs (on front: how often, in resamples, no other design is as good in all)")
    rows = [
        (
            design,
            *(
                readable(value, unit, like=size)
                for value, unit, size in zip(front.points[place].tolist(), units, sizes, strict=True)
            ),
            f"{front.membership[place]:.0%}",
        )
        for place, design in enumerate(designs)
    ]
    table(("design", *front.objectives, "on front"), rows)


def swings_table(swings: Sequence[Swing], table: Table) -> None:
    """Print what comes out under each assumption, the one that matters most first."""
    if swings[0].outcomes[0].choice is not None:
        click.echo("\nassumptions; the one that matters most first")
        chosen = [
            (swing.assumption.path, outcome.value, outcome.chosen)
            for swing in swings
            for outcome in swing.outcomes
        ]
        table(("assumption", "value", "choice"), chosen, names=2)
        return
    click.echo(f"\nassumptions, in {swings[0].measure}; the one that matters most first")
    rows = [
        (
            swing.assumption.path,
            outcome.value,
            each.design,
            differing(each, swing.typical),
            each.verdict or NONE,
        )
        for swing in swings
        for outcome in swing.outcomes
        for each in outcome.contrasts
    ]
    table(("assumption", "value", "design", "difference", "verdict"), rows, names=2)


def contrasts_document(comparison: Comparison) -> list[dict[str, object]]:
    """Every contrast for the JSON document; undefined numbers are None."""
    return [
        {
            str(key): None if isinstance(value, float) and not math.isfinite(value) else value
            for key, value in row.items()
        }
        for row in comparison.frame.astype(object).to_dict("records")
    ]


def _cells(one: Contrast, like: float | None) -> tuple[str, str, str, str]:
    found = None if one.difference is None else one.difference.correlation
    return (
        estimated(one.estimate, one.measure.unit, like),
        differing(one, like),
        NONE if found is None else f"{found:.2f}",
        one.verdict or NONE,
    )
