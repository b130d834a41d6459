"""A sheet: a CSV file of numbers in which every cell knows its place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic_core import PydanticCustomError

from churnsim.base.errors import refusal
from churnsim.base.registry import did_you_mean

_TOLD_MOST = 20


class SheetError(ValueError):
    """A sheet is wrong.

    Parameters
    ----------
    refusals : sequence of PydanticCustomError
        All that is wrong with it, in the order of the file; at least one.

    Attributes
    ----------
    told : list of PydanticCustomError
        The first of them, and how many more there are: a file may be wrong in every row.
    """

    def __init__(self, refusals: Sequence[PydanticCustomError]) -> None:
        self.told = list(refusals[:_TOLD_MOST])
        more = len(refusals) - _TOLD_MOST
        if more > 0:
            self.told.append(refusal("file", f"{more} more mistakes follow", "mend these first"))
        super().__init__("; ".join(map(str, self.told)))


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
        """The number in it; NaN if it holds none, or one that is not finite."""
        try:
            number = float(self.text)
        except ValueError:
            return math.nan
        return number if math.isfinite(number) else math.nan


def not_numbers(cells: Iterable[Cell]) -> list[PydanticCustomError]:
    """Refusals of the cells that hold no number."""
    return [
        cell.refused(f"not a number: {cell.text!r}", "mend the row")
        for cell in cells
        if math.isnan(cell.number)
    ]


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
    SheetError
        If the file cannot be read, lacks a column, is empty or too long, or rows are longer or shorter than
        the header.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            lines = list(_lines(path, file, most))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        remedy = "check the path, from the scenario's folder"
        raise SheetError([refusal("file", f"cannot read {path}: {reason}", remedy)]) from None
    if len(lines) < 2:
        said, remedy = f"{path} has no rows", "give at least one row below the header"
        raise SheetError([refusal("file", said, remedy)])
    names = [cell.text for cell in lines[0]]
    wrong = [_missing(path, column, names) for column in columns if column not in names] or [
        row[-1].refused(f"{len(row)} cells where the header has {len(names)}", "mend the row")
        for row in lines[1:]
        if len(row) != len(names)
    ]
    if wrong:
        raise SheetError(wrong)
    wanted = [names.index(column) for column in columns]
    return [tuple(row[place] for place in wanted) for row in lines[1:]]


def _missing(path: Path, column: str, names: Sequence[str]) -> PydanticCustomError:
    meant = did_you_mean(column, names)
    hint = f"did you mean {meant!r}? " if meant else ""
    if ";" in names[0]:
        hint = "put commas between columns; "
    return refusal("file", f"{path} has no column {column!r}", f"{hint}columns: {', '.join(names)}")


def _lines(path: Path, file: Iterator[str], most: int) -> Iterator[list[Cell]]:
    count = 0
    for number, line in enumerate(file, 1):
        if not line.strip() or line.lstrip()[0] == "#":
            continue
        count += 1
        if count > most + 1:
            said = f"{path} has more than {most:,} rows"
            raise SheetError([refusal("file", said, "give fewer, longer intervals")])
        yield list(_cells(path, number, line.rstrip("\r\n")))


def _cells(path: Path, number: int, line: str) -> Iterator[Cell]:
    place = 0
    for raw in line.split(","):
        text = raw.strip()
        yield Cell(text.strip('"'), path, number, place + raw.find(text) + 1)
        place += len(raw) + 1
