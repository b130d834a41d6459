"""Traffic as it was once counted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from churnsim.base.errors import located, refusal
from churnsim.base.quantity import PositiveDuration, format_duration
from churnsim.base.sheet import Cell, read_sheet
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
            interval, counts = _regular([row[0] for row in rows]), [_counted(row[1]) for row in rows]
        except PydanticCustomError as error:
            raise located(error, "file", value=data["file"]) from None
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


def _regular(starts: list[Cell]) -> float:
    """Length of the intervals [s]; refuses what is not one after the other from 0 on."""
    times = [cell.number for cell in starts]
    if len(times) < 2:
        raise starts[0].refused("one row has no length", "give at least two intervals")
    for cell, time in zip(starts, times, strict=True):
        if time < 0:
            raise cell.refused(f"an interval begins at a negative time, {time:g} s", "count from 0 on")
    if times[0] != 0:
        raise starts[0].refused(f"the first interval begins at {times[0]:g} s", "count from 0 on")
    interval = times[1]
    for number, (cell, time) in enumerate(zip(starts, times, strict=True)):
        if number and time <= times[number - 1]:
            said = f"{time:g} s after {times[number - 1]:g} s: rows must be in order of time"
            raise cell.refused(said, "sort them, each interval once")
        if abs(time - number * interval) > _SLACK * max(time, interval):
            due = number * interval
            said = f"{time:g} s where {due:g} s is due: intervals last {interval:g} s, without gaps"
            raise cell.refused(said, "give a row for every interval, 0 where nothing came")
    return interval


def _counted(cell: Cell) -> float:
    if cell.number < 0:
        raise cell.refused(f"a negative number of requests, {cell.text}", "mend the row")
    return cell.number
