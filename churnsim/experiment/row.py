"""Measurements as rows of a table, a row per point, replication and measure, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from churnsim.experiment.outcome import Finished
from churnsim.experiment.plan import Run
from churnsim.metrics.measurement import Durations, Measurement, Peak, Ratio, Scalar

if TYPE_CHECKING:
    import pyarrow as pa

TYPES: dict[type[Measurement], str] = {
    Scalar: "scalar", Ratio: "ratio", Durations: "durations", Peak: "peak",
}  # fmt: skip
_CODES = {type_: code for code, type_ in enumerate(TYPES)}


def schema() -> pa.Schema:
    """The columns of a batch; what does not belong to the type of a measurement is null.

    ``type`` is scalar, ratio, durations or peak; ``value`` is the run's own value, for reading the files
    without churnsim; ``durations`` are in seconds, with ``probability`` the quantile asked for.
    """
    import pyarrow as pa

    return pa.schema(
        [
            pa.field("point", pa.string(), nullable=False),
            pa.field("replication", pa.int64(), nullable=False),
            pa.field("measure", pa.string(), nullable=False),
            pa.field("type", pa.string(), nullable=False),
            pa.field("value", pa.float64()),
            pa.field("numerator", pa.float64()),
            pa.field("denominator", pa.float64()),
            pa.field("durations", pa.list_(pa.float64())),
            pa.field("censored", pa.list_(pa.bool_())),
            pa.field("probability", pa.float64()),
        ]
    )


def to_table(finished: Iterable[Finished]) -> pa.Table:
    """One row per measurement, in the order given."""
    import pyarrow as pa

    done = list(finished)
    # Column by column and type by type: a mapping per row would cost more than the run it describes.
    cells = [cell for one in done for cell in one.measurements.values()]
    types = np.array([_CODES[type(cell)] for cell in cells], dtype=np.int8)
    ratios = [cell for cell in cells if type(cell) is Ratio]
    durations = [cell for cell in cells if type(cell) is Durations]
    is_ratio, is_durations = types == _CODES[Ratio], types == _CODES[Durations]
    rows_of_each = [len(one.measurements) for one in done]
    names = [name for one in done for name in one.measurements]
    lengths = np.zeros(types.size, np.int32)
    lengths[is_durations] = [cell.values.size for cell in durations]
    columns = [
        _repeated([one.run.point for one in done], np.repeat(np.arange(len(done)), rows_of_each)),
        pa.array(np.repeat(np.array([one.run.replication for one in done], np.int64), rows_of_each)),
        pa.array(names, pa.string()),
        _repeated(list(TYPES.values()), types),
        _numbers([cell.value for cell in cells]),
        _numbers([cell.numerator for cell in ratios], is_ratio),
        _numbers([cell.denominator for cell in ratios], is_ratio),
        _lists_of([cell.values for cell in durations], lengths, ~is_durations, np.float64),
        _lists_of([cell.censored for cell in durations], lengths, ~is_durations, np.bool_),
        _numbers([cell.probability for cell in durations], is_durations),
    ]
    return pa.Table.from_arrays(columns, schema=schema())


def from_table(table: pa.Table) -> dict[Run, dict[str, Measurement]]:
    """The measurements of every run that has rows in the table; of a row that is there twice, the first.

    Raises
    ------
    ValueError
        If a row has a type that is not known.
    """
    runs: dict[Run, dict[str, Measurement]] = {}
    types = _words(table["type"])
    # One that makes the measurements of each type, each taken from when its turn comes.
    makers = {name: _measurements(name, table, [each == name for each in types]) for name in set(types)}
    cells = [next(makers[type_]) for type_ in types]
    points, names = _words(table["point"]), _words(table["measure"])
    replications = table["replication"].to_numpy()
    # Rows of a run stand together, so that a run is looked up once and not for every row of it.
    for first, last in _stretches(table["point"], replications):
        found = runs.setdefault(Run(points[first], int(replications[first])), {})
        for name, cell in zip(names[first:last], cells[first:last], strict=True):
            found.setdefault(name, cell)
    return runs


def _stretches(points: pa.ChunkedArray, replications: NDArray[Any]) -> Iterator[tuple[int, int]]:
    """First row and the one after the last, of every stretch of rows of one run."""
    codes = points.combine_chunks().dictionary_encode().indices.to_numpy()
    changes = np.flatnonzero((np.diff(codes) != 0) | (np.diff(replications) != 0)) + 1
    ends = [0, *changes.tolist(), len(codes)] if len(codes) else []
    return pairwise(ends)


def _repeated(words: list[str], positions: NDArray[Any]) -> pa.Array:
    """The words at these positions, a row each."""
    import pyarrow as pa

    return pa.array(words, pa.string()).take(pa.array(positions))


def _numbers(values: Sequence[float | None], rows: NDArray[np.bool_] | None = None) -> pa.Array:
    """A column with the values in these rows, in all where not given; null where there is none."""
    import pyarrow as pa

    column = np.full(len(values) if rows is None else rows.size, np.nan)
    column[slice(None) if rows is None else rows] = np.array(values, np.float64)  # None becomes NaN
    return pa.array(column, from_pandas=True)  # which no measurement can be, and so becomes null


def _lists_of(
    lists: Sequence[NDArray[Any]], lengths: NDArray[np.int32], is_null: NDArray[np.bool_], dtype: type
) -> pa.Array:
    """A column of lists so long, made of one array of all their items."""
    import pyarrow as pa

    ends = np.concatenate([np.zeros(1, np.int32), np.cumsum(lengths, dtype=np.int32)])
    items = np.concatenate([np.empty(0, dtype), *lists])
    return pa.ListArray.from_arrays(pa.array(ends), pa.array(items), mask=pa.array(is_null))


def _words(column: pa.ChunkedArray) -> list[str]:
    """The words of a column, those that are equal being one object."""
    coded = column.combine_chunks().dictionary_encode()
    words = coded.dictionary.to_pylist()
    return [words[code] for code in coded.indices.to_pylist()]


def _lists(column: pa.ChunkedArray, rows: list[bool]) -> list[NDArray[Any]]:
    """The lists in these rows of a column as views of one array: none is built item by item."""
    lists = column.combine_chunks()
    items, ends = lists.values.to_numpy(zero_copy_only=False), lists.offsets.to_numpy()
    firsts, lasts = ends[:-1][rows].tolist(), ends[1:][rows].tolist()
    return [items[first:last] for first, last in zip(firsts, lasts, strict=True)]


def _measurements(type_: str, table: pa.Table, rows: list[bool]) -> Iterator[Measurement]:
    """Those of one type, from their rows."""
    match type_:
        case "scalar":
            return map(Scalar, _cells(table["value"], rows))
        case "peak":
            return map(Peak, _cells(table["value"], rows))
        case "ratio":
            return map(Ratio, _cells(table["numerator"], rows), _cells(table["denominator"], rows))
        case "durations":
            lengths, censored = _lists(table["durations"], rows), _lists(table["censored"], rows)
            return map(Durations, lengths, censored, _cells(table["probability"], rows))
    raise ValueError(f"unknown type of measurement {type_!r}")


def _cells(column: pa.ChunkedArray, rows: list[bool]) -> list[float]:
    """What stands in these rows of a column."""
    import pyarrow as pa

    cells: list[float] = column.filter(pa.array(rows)).to_pylist()
    return cells
