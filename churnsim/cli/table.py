"""Tables: columns two spaces apart, folded between words to the width there is, never cut."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from typing import Protocol

import click

GAP = "  "
ELSEWHERE = (80, 24)  # columns and lines where no terminal says how many it has
NAMES_FIRST = 16  # characters by which the first column may be wider than the others before it gives way

# What is never broken: an interval, a short remark, a step of a dotted name or of a path, any other word.
_PIECE = re.compile(r"\[[^\]]{,40}\]|\([^)]{,16}\)|[^\s\[(]*?[A-Za-z_][./](?=[A-Za-z_])(?!ya?ml)|\S+")


class Table(Protocol):
    """A way to print headings and rows."""

    def __call__(self, columns: Sequence[str], rows: Sequence[Sequence[str]], *, names: int = 1) -> None:
        """Print them; the first `names` columns say what a row is about."""


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, names: int = 1) -> None:
    """Print a table to standard output, as wide as the terminal or, elsewhere, 80 characters.

    Cells that have no room go on in the next line, columns that have none in a further table below; what is
    still too wide is printed too wide.

    Parameters
    ----------
    columns : sequence of str
        Headings.
    rows : sequence of sequence of str
        As many cells each as there are columns.
    names : int
        How many columns, counted from the first, say what a row is about; each further table repeats them.
    """
    grid = [list(row) for row in (columns, *rows)]
    for number, chosen in enumerate(_blocks(grid, names)):
        if number:
            click.echo()
        _print_block([[row[position] for position in chosen] for row in grid])


def print_tabbed(columns: Sequence[str], rows: Sequence[Sequence[str]], *, names: int = 1) -> None:
    """Print a table to standard output with a tab between cells and every row on a line of its own."""
    for row in (columns, *rows):
        click.echo("\t".join(" ".join(cell.split()) for cell in row))


def _blocks(grid: Sequence[Sequence[str]], names: int) -> list[list[int]]:
    """Positions of the columns that stand side by side, as many as there is room for."""
    least = [_least(column) for column in zip(*grid, strict=True)]
    heads = list(range(min(names, len(least))))
    blocks = [list(heads)]
    for position in range(len(heads), len(least)):
        wide = sum(least[each] + len(GAP) for each in blocks[-1]) + least[position]
        if wide > _room() and len(blocks[-1]) > len(heads):
            blocks.append(list(heads))
        blocks[-1].append(position)
    return blocks


def _print_block(grid: Sequence[Sequence[str]]) -> None:
    widths = _widths(grid, _room())
    head, *body = (_folded(row, widths) for row in grid)
    rule = GAP.join("-" * width for width in widths)
    for line in [*head, rule, *(line for lines in body for line in lines)]:
        click.echo(line.rstrip())


def _least(column: Sequence[str]) -> int:
    """Width of the longest piece of its cells."""
    return max(len(piece) for cell in column for piece, _ in _pieces(cell))


def wrapped(text: str) -> str:
    """A sentence in lines as wide as a table may be."""
    return click.wrap_text(text, _room())


def _room() -> int:
    return shutil.get_terminal_size(ELSEWHERE).columns


def _widths(grid: Sequence[Sequence[str]], room: int) -> list[int]:
    """Widths of the columns: the widest gives way first, the names late, none below its longest piece."""
    columns = list(zip(*grid, strict=True))
    widths = [max(map(len, column)) for column in columns]
    least = [_least(column) for column in columns]
    room -= len(GAP) * (len(widths) - 1)
    while sum(widths) > room:
        slack = [position for position, width in enumerate(widths) if width > least[position]]
        if not slack:
            break
        widths[max(slack, key=lambda position: widths[position] - NAMES_FIRST * (position == 0))] -= 1
    return widths


def _folded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    cells = [_fold(cell, width) for cell, width in zip(row, widths, strict=True)]
    height = max(map(len, cells))
    full = [[*cell, *[""] * (height - len(cell))] for cell in cells]
    return [
        GAP.join(part.ljust(width) for part, width in zip(line, widths, strict=True))
        for line in zip(*full, strict=True)
    ]


def _fold(cell: str, width: int) -> list[str]:
    """The cell in lines that are no longer than `width`, as far as its pieces allow."""
    lines = [""]
    for piece, space in _pieces(cell):
        if lines[-1] and len(lines[-1]) + len(space) + len(piece) > width:
            lines.append(piece)
        else:
            lines[-1] += (space if lines[-1] else "") + piece
    return lines


def _pieces(cell: str) -> list[tuple[str, str]]:
    """What cannot be broken, each with the space that stands before it."""
    found: list[tuple[str, str]] = []
    end = 0
    for match in _PIECE.finditer(cell):
        found.append((match[0], " " if match.start() > end else ""))
        end = match.end()
    return found or [("", "")]
