"""Alternatives made by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from churnsim.decision import Alternative
from churnsim.metrics import Measurement, Ratio, Scalar


def design(name: str, **measures: Sequence[Measurement]) -> Alternative:
    """An alternative whose run r has the r-th of each measure; ``__`` stands for a dot."""
    runs = max(map(len, measures.values()))
    return Alternative(
        name,
        {
            run: {each.replace("__", "."): taken[run] for each, taken in measures.items() if run < len(taken)}
            for run in range(runs)
        },
    )


def scalars(values: Sequence[float] | NDArray[np.float64]) -> list[Measurement]:
    """A number for each run."""
    return [Scalar(float(value)) for value in values]


def shares(values: Sequence[float] | NDArray[np.float64]) -> list[Measurement]:
    """A share of 1,000 for each run."""
    return [Ratio(1000.0 * float(value), 1000.0) for value in values]


def row(alternative: Alternative, measure: str) -> Mapping[int, float | None]:
    """What each run alone says."""
    return {run: taken.value for run, taken in alternative.series(measure).items()}
