"""Measures as a person asks for them: all in a table, or one with all that is known of it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from churnsim.base.readable import readable
from churnsim.cli.estimate import GUIDE
from churnsim.cli.table import Table, wrapped

if TYPE_CHECKING:
    from churnsim.metrics import Measure


def print_measures(measures: Iterable[Measure], table: Table) -> None:
    """Print a measure a line."""
    rows = [
        (f"{one.name}[.{one.parts}]" if one.parts else one.name, one.unit, one.better, one.doc)
        for one in measures
    ]
    table(("measure", "unit", "better", "what it is"), rows)


def print_measure(one: Measure, table: Table) -> None:
    """Print the definition of one measure, and a line for each thing to know about it."""
    click.echo(wrapped(f"measure {one.name}: {one.doc}"))
    if one.detail:
        click.echo("\n" + wrapped(one.detail))
    click.echo()
    rows = [("unit", one.unit), ("better", one.better), ("possible", _possible(one))]
    if one.parts:
        rows.append((f"by {one.parts}", ", ".join(one.members) or "as they come"))
    if one.kind is not None:
        rows += [("over runs", f"{one.kind.pooled} ({GUIDE})"), ("undefined", one.kind.undefined)]
    table(("of it", "what holds"), rows)


def measure_document(one: Measure) -> dict[str, object]:
    """One measure for the JSON document; bounds that there are not are null."""
    low, high = (bound if math.isfinite(bound) else None for bound in (one.possible.low, one.possible.high))
    return {
        "measure": one.name,
        "unit": one.unit,
        "better": one.better,
        "parts": one.parts,
        "members": list(one.members),
        "meaning": one.doc,
        "detail": one.detail,
        "low": low,
        "high": high,
        "kind": None if one.kind is None else one.kind.__name__.lower(),
        "pooled": None if one.kind is None else one.kind.pooled,
        "undefined": None if one.kind is None else one.kind.undefined,
    }


def _possible(one: Measure) -> str:
    low, high = one.possible.low, one.possible.high
    if math.isinf(low) and math.isinf(high):
        return "any number"
    if math.isinf(low):
        return f"{readable(high, one.unit)} or less"
    return f"{readable(low, one.unit)} {'or more' if math.isinf(high) else f'to {readable(high, one.unit)}'}"
