"""The chronicle: when something happened to whom and for how long, read from a file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from pydantic_core import PydanticCustomError

from churnsim.base.quantity import format_duration
from churnsim.base.registry import did_you_mean
from churnsim.base.sheet import Cell, SheetError, not_numbers, read_sheet

_ROWS_MAX = 100_000


def read_chronicle(
    path: Path, target: str, known: Collection[str], is_lasting: bool
) -> tuple[list[str], list[str]]:
    """Times and lengths, as text, of what befell one target.

    Parameters
    ----------
    path : Path
        CSV file with the columns start [s], target and, where things last, duration [s].
    target : str
        Whose rows are wanted.
    known : collection of str
        Names that the others may have; none: any.
    is_lasting : bool
        Whether things last; otherwise there are no lengths, and the column is not looked for.

    Raises
    ------
    SheetError
        If the file cannot be read, a cell holds no number, rows are not in order of time, a time is negative,
        nothing lasts, one begins before the last of its target has ended, a target is not there, or `target`
        has no row; all of that at once.
    """
    rows = read_sheet(path, ("start", "target", *(["duration"] if is_lasting else [])), _ROWS_MAX)
    mine = [(start, *duration) for start, whose, *duration in rows if whose.text == target]
    wrong = list(_mistakes(rows, target, known))
    if not mine:
        names = list(dict.fromkeys(row[1].text for row in rows))
        said = f"nothing befalls '{target}' here; targets: {', '.join(names)}"
        wrong.append(rows[0][1].refused(said, "give it a row, or leave the failure out"))
    if wrong:
        raise SheetError(wrong)
    times, *lengths = zip(*([format_duration(cell.number) for cell in row] for row in mine), strict=True)
    return list(times), list(lengths[0]) if is_lasting else ["0s"] * len(times)


def _mistakes(
    rows: Sequence[tuple[Cell, ...]], target: str, known: Collection[str]
) -> Iterator[PydanticCustomError]:
    """What is wrong, row by row."""
    before, until = 0.0, 0.0
    for start, whose, *duration in rows:
        begin, length = start.number, duration[0].number if duration else 0.0
        yield from not_numbers([start, *duration])
        if begin < 0:
            yield start.refused(f"a negative time, {begin:g} s", "count from 0 on")
        elif begin < before:
            said = f"{begin:g} s after {before:g} s: rows must be in order of time"
            yield start.refused(said, "sort them")
        elif whose.text == target and begin < until:
            said = f"begins at {begin:g} s, before the one before it has ended at {until:g} s"
            yield start.refused(said, "make one of them")
        if duration and length <= 0:
            yield duration[0].refused(f"it lasts for {length:g} s", "give more than 0, or leave the row out")
        if known and whose.text not in known:
            yield _unknown(whose, known)
        before = max(before, begin)  # in this order, NaN changes neither
        if whose.text == target:
            until = max(until, begin + length)


def _unknown(cell: Cell, known: Collection[str]) -> PydanticCustomError:
    near = did_you_mean(cell.text, known)
    hint = f"did you mean '{near}'?" if near else f"names: {', '.join(known)}"
    return cell.refused(f"the scenario has no '{cell.text}'", hint)
