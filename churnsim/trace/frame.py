"""A trace table as a pandas frame, its codes decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from churnsim.base.registry import did_you_mean
from churnsim.trace.code import STATES
from churnsim.trace.schema import SCHEMA

if TYPE_CHECKING:
    import pandas

    from churnsim.trace.trace import Trace


def frame(trace: Trace, table: str) -> pandas.DataFrame:
    """Return `table` of `trace` as a frame: code -1 becomes missing, every other code its name.

    Raises
    ------
    KeyError
        If there is no such table; names the nearest one and all there are.
    """
    import pandas

    if table not in SCHEMA:
        meant = did_you_mean(table, SCHEMA)
        hint = f"; did you mean {meant!r}?" if meant else ";"
        raise KeyError(f"no table {table!r} in a trace{hint} there are: {', '.join(SCHEMA)}")
    columns: dict[str, Any] = {}  # arrays and categoricals side by side
    for column in SCHEMA[table].columns:
        array = trace[table][column.name]
        codes: NDArray[np.integer[Any]]
        if column.codes == "state":
            codes, names = _states(trace[table]["family"], array)
        elif column.codes:
            codes, names = array.astype(np.int16), trace.names(column.codes)
        else:
            columns[column.name] = array
            continue
        columns[column.name] = pandas.Categorical.from_codes(codes, categories=pandas.Index(list(names)))
    return pandas.DataFrame(columns)


def _states(family: NDArray[Any], state: NDArray[Any]) -> tuple[NDArray[np.int8], tuple[str, ...]]:
    """Number the states of all families in one list, so that one column can hold them all."""
    names: list[str] = []
    table = np.full((len(STATES), max(len(states) for states in STATES.values())), -1, np.int8)
    for member, states in STATES.items():
        for each in states:
            name = each.name.lower()
            if name not in names:
                names.append(name)
            table[member, each] = names.index(name)
    return table[family, state], tuple(names)
