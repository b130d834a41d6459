"""The chronicle: when something happened to whom and for how long, read from a file."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from churnsim.base.quantity import format_duration
from churnsim.base.registry import did_you_mean
from churnsim.base.sheet import Cell, read_sheet

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
    ValueError
        Made by `refusal`, of type ``file``, if rows are not in order of time, a time is negative, nothing
        lasts, one begins before the last of its target has ended, or a target is not there.
    """
    rows = read_sheet(path, ("start", "target", *(["duration"] if is_lasting else [])), _ROWS_MAX)
    times, lengths, before, until = list[str](), list[str](), 0.0, 0.0
    for start, whose, *duration in rows:
        begin, length = start.number, duration[0].number if is_lasting else 0.0
        if begin < 0:
            raise start.refused(f"a negative time, {begin:g} s", "count from 0 on")
        if begin < before:
            said = f"{begin:g} s after {before:g} s: rows must be in order of time"
            raise start.refused(said, "sort them")
        if is_lasting and length <= 0:
            raise duration[0].refused(f"it lasts for {length:g} s", "give more than 0, or leave the row out")
        if known and whose.text not in known:
            raise _unknown(whose, known)
        before = begin
        if whose.text != target:
            continue
        if begin < until:
            said = f"begins at {begin:g} s, before the one before it has ended at {until:g} s"
            raise start.refused(said, "make one of them")
        until = begin + length
        times.append(format_duration(begin))
        lengths.append(format_duration(length))
    if not times:
        names = list(dict.fromkeys(row[1].text for row in rows))
        said = f"nothing befalls '{target}' here; targets: {', '.join(names)}"
        raise rows[0][1].refused(said, "give it a row, or leave the failure out")
    return times, lengths


def _unknown(cell: Cell, known: Collection[str]) -> ValueError:
    near = did_you_mean(cell.text, known)
    hint = f"did you mean '{near}'?" if near else f"names: {', '.join(known)}"
    return cell.refused(f"the scenario has no '{cell.text}'", hint)
