"""Traffic as it was once counted."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from churnsim.base.errors import all_located, located, refusal
from churnsim.base.quantity import PositiveDuration, format_duration
from churnsim.base.sheet import Cell, SheetError, not_numbers, read_sheet
from churnsim.engine.stream import Stream
from churnsim.model.staircase import Staircase
from churnsim.model.traffic import Floats, Load, Traffic

_ROWS_MAX = 100_000
_SLACK = 1e-9  # instants of a file are decimals: their differences round


class TraceTraffic(Traffic):
    """Poisson requests at the rates of a count: so many in each interval, and after the last the first again.

    A file is read once, while the scenario is validated (a relative path starts at the folder of the scenario
    file); from then on the traffic holds the counts and knows nothing of the file.
    """

    kind: Literal["trace"] = "trace"
    file: str | None = Field(
        None, description="CSV file with a row for each interval: columns start [s], from 0 on, and requests"
    )
    interval: PositiveDuration | None = Field(
        None, description="length of an interval, where counts are given here"
    )
    counts: tuple[Annotated[float, Field(ge=0)], ...] | None = Field(
        None,
        min_length=1,
        max_length=_ROWS_MAX,
        description="requests in each interval, as an alternative to file",
    )
    scale: float = Field(1.0, gt=0, description="what every count is multiplied by")

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any, info: ValidationInfo) -> Any:
        """Replace the file by its counts."""
        if not isinstance(data, Mapping):
            return data
        given = [key for key in ("file", "counts") if data.get(key) is not None]
        if len(given) != 1:
            got = " and ".join(given) or "neither"
            raise refusal(
                "source", f"a trace has one source (got {got})", "give file, or counts and interval"
            )
        if given != ["file"]:
            return data
        if data.get("interval") is not None:
            raise located(
                refusal("source", "the file says how long its intervals are", "leave it out"), "interval"
            )
        folder = (info.context or {}).get("folder", Path())
        try:
            rows = read_sheet(Path(folder) / str(data["file"]), ("start", "requests"), _ROWS_MAX)
            if wrong := list(_mistakes(rows)):
                raise SheetError(wrong)
        except SheetError as error:
            raise all_located(error.told, "file", value=data["file"]) from None
        interval, counts = rows[1][0].number, [count.number for _, count in rows]
        rest = {key: value for key, value in data.items() if key != "file"}
        return {**rest, "interval": format_duration(interval), "counts": counts}

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.interval is None:
            raise refusal("source", "counts need the length of their intervals", "give interval")
        return self

    @property
    def length(self) -> float:
        """Time after which it begins anew [s]."""
        assert self.interval is not None
        assert self.counts is not None
        return self.interval * len(self.counts)

    @cached_property
    def _stairs(self) -> Staircase:
        assert self.interval is not None
        assert self.counts is not None
        counts = self.scale * np.asarray(self.counts, float)
        begins = self.interval * np.arange(counts.size)
        return Staircase(begins, counts / self.interval, self.length)

    @property
    def mean_rate(self) -> float:
        return self._stairs.mean

    def between(self, start: Floats, end: Floats) -> Floats:
        return self._stairs.between(start, end)

    def load(self, stream: Stream, start: float, end: float) -> Load:
        return Load(self.between, self._stairs.jumps(start, end))


def _mistakes(rows: Sequence[tuple[Cell, ...]]) -> Iterator[PydanticCustomError]:
    """What is wrong, row by row: intervals must follow each other from 0 on, all of one length."""
    first, *others = (start.number for start, _ in rows)
    interval = others[0] - first if others and others[0] > first else math.nan  # NaN: nothing is due
    before, due = -math.inf, 0.0
    for row in rows:
        start, count = row
        time = start.number
        yield from not_numbers(row)
        if count.number < 0:
            yield count.refused(f"a negative number of requests, {count.text}", "mend the row")
        if math.isnan(time):
            due += interval
        elif time < 0:
            yield start.refused(f"an interval begins at a negative time, {time:g} s", "count from 0 on")
        elif time <= before:
            said = f"{time:g} s after {before:g} s: rows must be in order of time"
            yield start.refused(said, "sort them, each interval once")
        elif row is rows[0] and time != 0:
            yield start.refused(f"the first interval begins at {time:g} s", "count from 0 on")
            before, due = time, time + interval
        elif abs(time - due) > _SLACK * max(time, interval):
            said = f"{time:g} s where {due:g} s is due: intervals last {interval:g} s, without gaps"
            yield start.refused(said, "give a row for every interval, 0 where nothing came")
            before, due = time, time + interval
        else:
            before, due = time, due + interval
    if not others:
        yield rows[0][0].refused("one row has no length", "give at least two intervals")
