"""Measurements as rows of a table, a row per point, replication and measure, and back."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from churnsim.experiment.outcome import Finished
from churnsim.experiment.plan import Run
from churnsim.metrics.measurement import Durations, Measurement, Peak, Ratio, Scalar

if TYPE_CHECKING:
    import pyarrow as pa

TYPES = {Scalar: "scalar", Ratio: "ratio", Durations: "durations", Peak: "peak"}


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

    # Column by column: a mapping per row would cost more than the run it describes.
    columns: dict[str, list[Any]] = {field.name: [] for field in schema()}
    add = {name: column.append for name, column in columns.items()}
    for one in finished:
        point, replication = one.run
        for name, value in one.measurements.items():
            add["point"](point)
            add["replication"](replication)
            add["measure"](name)
            add["type"](TYPES[type(value)])
            add["value"](_number(value.value))
            ratio = value if isinstance(value, Ratio) else None
            add["numerator"](ratio and float(ratio.numerator))
            add["denominator"](ratio and float(ratio.denominator))
            durations = value if isinstance(value, Durations) else None
            add["durations"](durations and durations.values)
            add["censored"](durations and durations.censored)
            add["probability"](durations and durations.probability)
    return pa.Table.from_pydict(columns, schema=schema())


def from_table(table: pa.Table) -> dict[Run, dict[str, Measurement]]:
    """The measurements of every run that has rows in the table.

    Raises
    ------
    ValueError
        If a row has a type that is not known.
    """
    runs: dict[Run, dict[str, Measurement]] = {}
    run, values = Run("", -1), {}
    durations, censored = _lists(table["durations"]), _lists(table["censored"])
    plain = table.drop_columns(["durations", "censored"])
    rows = zip(*(column.to_pylist() for column in plain.columns), durations, censored, strict=True)
    for point, replication, measure, *cells in rows:
        if (point, replication) != run:
            run = Run(point, replication)
            values = runs.setdefault(run, {})
        if measure not in values:
            values[measure] = _measurement(*cells)
    return runs


def _lists(column: pa.ChunkedArray) -> Iterator[NDArray[Any]]:
    """Each list of a column, empty for null, as a view of one array: none is built item by item."""
    lists = column.combine_chunks()
    values, ends = lists.values.to_numpy(zero_copy_only=False), lists.offsets.to_numpy()
    for first, last in itertools.pairwise(ends.tolist()):
        yield values[first:last]


def _measurement(
    type_: str,
    value: float | None,
    numerator: float,
    denominator: float,
    probability: float,
    durations: NDArray[np.float64],
    censored: NDArray[np.bool_],
) -> Measurement:
    match type_:
        case "scalar":
            return Scalar(value)
        case "peak":
            return Peak(value)
        case "ratio":
            return Ratio(numerator, denominator)
        case "durations":
            return Durations(durations, censored, probability)
    raise ValueError(f"unknown type of measurement {type_!r}")


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
