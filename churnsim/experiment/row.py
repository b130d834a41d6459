"""Measurements as rows of a table, a row per point, replication and measure, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

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
    for point, replication, measure, *cells in zip(
        *(column.to_pylist() for column in table.columns), strict=True
    ):
        if (point, replication) != run:
            run = Run(point, replication)
            values = runs.setdefault(run, {})
        if measure not in values:
            values[measure] = _measurement(*cells)
    return runs


def _measurement(
    type_: str,
    value: float | None,
    numerator: float,
    denominator: float,
    durations: list[float],
    censored: list[bool],
    probability: float,
) -> Measurement:
    match type_:
        case "scalar":
            return Scalar(value)
        case "peak":
            return Peak(value)
        case "ratio":
            return Ratio(numerator, denominator)
        case "durations":
            return Durations(
                np.array(durations, dtype=np.float64), np.array(censored, dtype=np.bool_), probability
            )
    raise ValueError(f"unknown type of measurement {type_!r}")


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
