"""The law of measured durations: a sample or a table of quantiles, given here or in a CSV file."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from churnsim.base.distribution.column import read_column
from churnsim.base.distribution.distribution import Distribution, Numbers
from churnsim.base.distribution.table import Table
from churnsim.base.errors import located, refusal
from churnsim.base.quantity import Duration, format_duration, parse_share


class _Quantiles:
    """A mapping from probability to duration in the file, ascending pairs inside."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        key = core_schema.no_info_plain_validator_function(_probability)
        mapping = core_schema.dict_schema(
            key, handler.generate_schema(Duration), min_length=2, max_length=10_000
        )
        return core_schema.no_info_after_validator_function(
            _ascending,
            core_schema.no_info_before_validator_function(
                lambda value: dict(value) if isinstance(value, tuple) else value, mapping
            ),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda pairs, _info: {repr(p): format_duration(x) for p, x in pairs},
                info_arg=True,
                when_used="json",
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "examples": [{"0": "4s", "0.5": "1m", "1": "1h"}],
        }


Quantiles = Annotated[tuple[tuple[float, float], ...], _Quantiles()]


class Empirical(Distribution):
    """What was measured: a sample, or quantiles with straight lines in between.

    A file is read once, while the scenario is validated (a relative path starts at the folder of the
    scenario file); from then on the law holds the numbers and knows nothing of the file.
    """

    kind: Literal["empirical"] = "empirical"
    file: str | None = Field(None, description="CSV file; with a column `probability` a table of quantiles")
    column: str | None = Field(None, description="column of the durations, in s or as its name ends (_ms)")
    values: tuple[Duration, ...] | None = Field(
        None, max_length=100_000, description="a sample, each value equally likely"
    )
    quantiles: Quantiles | None = Field(None, description="duration at each probability from 0 to 1")

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any, info: ValidationInfo) -> Any:
        """Replace the file by its numbers."""
        if not isinstance(data, Mapping):
            return data
        given = [key for key in ("file", "values", "quantiles") if data.get(key) is not None]
        if len(given) != 1:
            got = " and ".join(given) or "none of them"
            raise refusal(
                "source", f"an empirical law has one source (got {got})", "give file, values or quantiles"
            )
        if given != ["file"]:
            return data
        if not isinstance(data.get("column"), str):
            raise located(
                refusal("missing", "a file needs a column", "name the column of the durations"), "column"
            )
        folder = (info.context or {}).get("folder", Path())
        try:
            read = read_column(Path(folder) / str(data["file"]), data["column"])
        except PydanticCustomError as error:
            where = "column" if error.type == "column" else "file"
            raise located(error, where, value=data[where]) from None
        rest = {key: value for key, value in data.items() if key not in ("file", "column")}
        return {**rest, **read}

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.values is not None and not self.values:
            raise refusal("source", "the sample is empty", "give at least one value")
        if self.column is not None and self.file is None:
            raise refusal("source", "a column needs a file", "name the file or drop the column")
        return self

    @cached_property
    def _table(self) -> Table:
        if self.quantiles is not None:
            return Table(*zip(*self.quantiles, strict=True))
        assert self.values is not None
        counts = sorted(Counter(self.values).items())
        steps = np.cumsum([0, *(count for _, count in counts)]) / len(self.values)
        # Every value an atom: twice in the table, before and after its step.
        return Table(np.repeat(steps, 2)[1:-1], np.repeat([value for value, _ in counts], 2))

    @property
    def low(self) -> float:
        return float(self._table.values[0])

    @property
    def high(self) -> float:
        return float(self._table.values[-1])

    @property
    def mean(self) -> float:
        return self._table.mean

    @property
    def variance(self) -> float:
        return self._table.variance

    @property
    def is_constant(self) -> bool:
        return self.low == self.high

    @property
    def breaks(self) -> tuple[float, ...]:
        return tuple(np.unique(self._table.values).tolist())

    def inverse(self, u: Numbers) -> Numbers:
        return self._table.inverse(u)

    def survival(self, x: Numbers) -> Numbers:
        return self._table.survival(x)

    def inverse_survival(self, q: Numbers) -> Numbers:
        return self._table.inverse_survival(q)

    def excess(self, x: Numbers) -> Numbers:
        return self._table.excess(x)

    def equilibrium(self, u: Numbers) -> Numbers:
        return self._table.equilibrium(u)


def _probability(key: object) -> float:
    """Probability of a key: a number, its text, or a share such as ``50%``."""
    try:
        value = parse_share(key) if isinstance(key, str) and key.strip()[-1:] in "%‰" else float(str(key))
    except ValueError:
        value = math.nan
    if not 0.0 <= value <= 1.0:
        raise refusal(
            "probability", f"not a probability: {key!r}", "write one from 0 to 1, such as 0.5 or 50%"
        )
    return value


def _ascending(quantiles: Mapping[float, float]) -> tuple[tuple[float, float], ...]:
    pairs = sorted(quantiles.items())
    if pairs[0][0] != 0.0 or pairs[-1][0] != 1.0:
        got = f"{pairs[0][0]:g} to {pairs[-1][0]:g}"
        raise refusal(
            "quantiles", f"quantiles must span 0 to 1 (got {got})", "give the least and the greatest value"
        )
    for (_, before), (probability, value) in itertools.pairwise(pairs):
        if value < before:
            found = f"{format_duration(value)} after {format_duration(before)}"
            raise refusal(
                "quantiles", f"quantiles must not fall (at {probability:g}: {found})", "mend the table"
            )
    return tuple(pairs)
