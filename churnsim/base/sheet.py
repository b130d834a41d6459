"""A sheet: a CSV file of numbers in which every cell knows its place."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic_core import PydanticCustomError

from churnsim.base.errors import refusal
from churnsim.base.registry import did_you_mean


@dataclass(frozen=True)
class Cell:
    """What stands at one place of a sheet."""

    text: str
    file: Path
    line: int
    column: int

    def refused(self, said: str, remedy: str) -> PydanticCustomError:
        """Error for a validator to raise, that begins with the place: ``file:line:column``."""
        return refusal("file", f"{self.file}:{self.line}:{self.column}: {said}", remedy)

    @property
    def number(self) -> float:
        """The number in it; raises the refusal of what is none, or not finite."""
        try:
            number = float(self.text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise self.refused(f"not a number: {self.text!r}", "mend the row")
        return number


def read_sheet(path: Path, columns: Sequence[str], most: int) -> list[tuple[Cell, ...]]:
    """Cells of some columns of a CSV file, row by row.

    The first line names the columns; empty lines and lines that start with ``#`` are left out.

    Parameters
    ----------
    path : Path
        The file.
    columns : sequence of str
        Names of the columns wanted.
    most : int
        Greatest number of rows.

    Returns
    -------
    list of tuple of Cell
        One tuple a row, in the order of `columns`; at least one row.

    Raises
    ------
    ValueError
        Made by `refusal`, of type ``file``, if the file cannot be read, lacks a column or a cell, is empty or
        too long.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            lines = list(_lines(path, file, most))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise refusal(
            "file", f"cannot read {path}: {reason}", "check the path, from the scenario's folder"
        ) from None
    if len(lines) < 2:
        raise refusal("file", f"{path} has no rows", "give at least one row below the header")
    names = [cell.text for cell in lines[0]]
    for column in columns:
        if column not in names:
            meant = did_you_mean(column, names)
            hint = f"did you mean {meant!r}? " if meant else ""
            raise refusal("file", f"{path} has no column {column!r}", f"{hint}columns: {', '.join(names)}")
    wanted = [names.index(column) for column in columns]
    for row in lines[1:]:
        if len(row) != len(names):
            said = f"{len(row)} cells where the header has {len(names)}"
            raise row[-1].refused(said, "mend the row")
    return [tuple(row[place] for place in wanted) for row in lines[1:]]


def _lines(path: Path, file: Iterator[str], most: int) -> Iterator[list[Cell]]:
    count = 0
    for number, line in enumerate(file, 1):
        if not line.strip() or line.lstrip()[0] == "#":
            continue
        count += 1
        if count > most + 1:
            raise refusal("file", f"{path} has more than {most:,} rows", "give fewer, longer intervals")
        yield list(_cells(path, number, line.rstrip("\r\n")))


def _cells(path: Path, number: int, line: str) -> Iterator[Cell]:
    place = 0
    for raw in line.split(","):
        text = raw.strip()
        yield Cell(text.strip('"'), path, number, place + raw.find(text) + 1)
        place += len(raw) + 1
