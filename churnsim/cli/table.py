"""Tables: aligned on a terminal, tab-separated elsewhere, never cut."""

from __future__ import annotations

from collections.abc import Sequence

import click

from churnsim.cli.stream import is_terminal

NAME_WIDTH = 12


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table to standard output.

    Parameters
    ----------
    columns : sequence of str
        Headings.
    rows : sequence of sequence of str
        As many cells each as there are columns. A newline in a cell becomes a space wherever that leaves the
        table narrow enough.
    """
    if is_terminal():
        _print_aligned(columns, rows)
        return
    for row in (columns, *rows):
        click.echo("\t".join(" ".join(cell.split()) for cell in row))


def _print_aligned(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.measure import Measurement
    from rich.table import Table
    from rich.text import Text

    # The first column names the row: a short name stays whole, whatever the others need.
    first = min(NAME_WIDTH, max((len(row[0]) for row in rows), default=0))

    def table(between: str) -> Table:
        made = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for position, column in enumerate(columns):
            # Dotted names are the longest headings: where room is short, they break behind a dot.
            heading = column.replace(".", f".{between}", 1) if between == "\n" else column
            width = first if position == 0 else None
            made.add_column(Text(heading.replace("\n", between)), overflow="fold", min_width=width)
        for row in rows:
            made.add_row(*(Text(cell.replace("\n", between)) for cell in row))
        return made

    console = Console()
    wide = table(" ")
    fits = Measurement.get(console, console.options.update(max_width=10_000), wide).maximum <= console.width
    console.print(wide if fits else table("\n"))
