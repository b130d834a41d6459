"""Measurements as rows of a table, a row per point, replication and measure, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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

    rows = [
        {"point": one.run.point, "replication": one.run.replication, "measure": name, **_cells(value)}
        for one in finished
        for name, value in one.measurements.items()
    ]
    return pa.Table.from_pylist(rows, schema=schema())


def from_table(table: pa.Table) -> dict[Run, dict[str, Measurement]]:
    """The measurements of every run that has rows in the table.

    Raises
    ------
    ValueError
        If a row has a type that is not known.
    """
    runs: dict[Run, dict[str, Measurement]] = {}
    for row in table.to_pylist():
        run = Run(row["point"], row["replication"])
        runs.setdefault(run, {}).setdefault(row["measure"], _measurement(row))
    return runs


def _cells(measurement: Measurement) -> dict[str, Any]:
    cells: dict[str, Any] = {"type": TYPES[type(measurement)], "value": _number(measurement.value)}
    if isinstance(measurement, Ratio):
        cells["numerator"] = float(measurement.numerator)
        cells["denominator"] = float(measurement.denominator)
    elif isinstance(measurement, Durations):
        cells["durations"] = measurement.values
        cells["censored"] = measurement.censored
        cells["probability"] = measurement.probability
    return cells


def _measurement(row: Mapping[str, Any]) -> Measurement:
    match row["type"]:
        case "scalar":
            return Scalar(row["value"])
        case "peak":
            return Peak(row["value"])
        case "ratio":
            return Ratio(row["numerator"], row["denominator"])
        case "durations":
            return Durations(
                np.array(row["durations"], dtype=np.float64),
                np.array(row["censored"], dtype=np.bool_),
                row["probability"],
            )
    raise ValueError(f"unknown type of measurement {row['type']!r}")


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
