"""A column of durations in a CSV file, read as a sample or as a table of quantiles."""

from __future__ import annotations

import csv
import itertools
import math
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

from churnsim.base.errors import refusal
from churnsim.base.quantity import format_duration
from churnsim.base.registry import did_you_mean

_ROWS_MAX = 100_000
_UNITS = {"ns": -9, "us": -6, "ms": -3, "s": 0}
_PROBABILITY = "probability"


def read_column(path: Path, column: str) -> dict[str, dict[str, str] | list[str]]:
    """Content of a column: ``quantiles`` where the file has a column `probability`, else ``values``.

    Lines that start with ``#`` are comments. Numbers are seconds, unless the name of the column ends in
    ``_ms``, ``_us`` or ``_ns``.

    Parameters
    ----------
    path : Path
        CSV file with a header line.
    column : str
        Name of the column.

    Returns
    -------
    dict
        ``{"values": [text, ...]}`` or ``{"quantiles": {probability: text}}``; the texts are durations.

    Raises
    ------
    ValueError
        Made by `refusal`, of type ``file`` or ``column``, if the file cannot be read, has no such column or
        a wrong number, naming its line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(_rows(path, file, column))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise refusal(
            "file", f"cannot read {path}: {reason}", "check the path, from the scenario's folder"
        ) from None
    if not rows:
        raise refusal("file", f"{path} has no rows", "give at least one row below the header")
    if rows[0][1] is None:
        return {"values": [format_duration(value) for _, _, value in rows]}
    first, final = Decimal(rows[0][1]), Decimal(rows[-1][1] or 0)
    if first != 0 or final != 1:
        remedy = "give the least and the greatest value"
        raise refusal("file", f"{path}: quantiles must span 0 to 1 (got {first} to {final})", remedy)
    for (_, last, before), (line, probability, value) in itertools.pairwise(rows):
        if Decimal(probability or 0) <= Decimal(last or 0):
            raise refusal(
                "file",
                f"{path}:{line}: probabilities must rise ({probability} after {last})",
                "sort or mend the table",
            )
        if value < before:
            found = f"{format_duration(value)} after {format_duration(before)}"
            raise refusal(
                "file",
                f"{path}:{line}: quantiles must not fall (column {column}: {found})",
                "sort or mend the table",
            )
    return {"quantiles": {str(probability): format_duration(value) for _, probability, value in rows}}


def _rows(path: Path, file: Iterator[str], column: str) -> Iterator[tuple[int, str | None, float]]:
    """Line number, probability where there is one, and seconds of every row."""
    numbered = (
        (number, text) for number, text in enumerate(file, 1) if text.strip() and text.lstrip()[0] != "#"
    )
    lines: list[int] = []

    def texts() -> Iterator[str]:
        for number, text in numbered:
            lines.append(number)
            yield text

    reader = csv.DictReader(texts(), skipinitialspace=True)
    names = [name.strip() for name in reader.fieldnames or ()]
    reader.fieldnames = names
    if column not in names:
        meant = did_you_mean(column, names)
        hint = f"did you mean {meant!r}? " if meant else ""
        raise refusal("column", f"{path} has no column {column!r}", f"{hint}columns: {', '.join(names)}")
    power = _UNITS.get(column.rpartition("_")[2], 0)
    for count, row in enumerate(reader):
        if count >= _ROWS_MAX:
            raise refusal(
                "file", f"{path} has more than {_ROWS_MAX} rows", "give a table of quantiles instead"
            )
        probability = (
            _number(path, lines[-1], _PROBABILITY, row[_PROBABILITY]) if _PROBABILITY in names else None
        )
        value = float(_number(path, lines[-1], column, row[column]).scaleb(power))
        yield lines[-1], None if probability is None else str(probability), value


def _number(path: Path, line: int, column: str, text: str | None) -> Decimal:
    try:
        number = Decimal((text or "").strip())
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite() or number < 0 or not math.isfinite(float(number)):
        raise refusal(
            "file",
            f"{path}:{line}: column {column} needs a number of at least 0 (got {text!r})",
            "mend the row",
        )
    return number
