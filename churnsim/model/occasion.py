"""Occasions: when something happens, at fixed times, by law or as it was once recorded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from pydantic import Field, ValidationInfo, model_validator

from churnsim.base.errors import all_located, located, refusal
from churnsim.base.quantity import Duration
from churnsim.base.recipe import Recipe
from churnsim.base.reference import reference_of
from churnsim.base.sheet import SheetError
from churnsim.engine.arrivals import arrivals
from churnsim.model.chronicle import read_chronicle
from churnsim.model.gap import Gap
from churnsim.model.storm import Storms

if TYPE_CHECKING:
    from churnsim.engine import World
    from churnsim.engine.arrivals import Times


_WAYS = (
    "either 'at: [...]' (fixed times) or 'every: ...' (time from one to the next), "
    "or 'trace: ...' (a CSV file)"
)


class Occasions(Recipe):
    """Something that happens either `at` fixed times or `every` so often.

    A trace is read once, while the scenario is validated (a relative path starts at the folder of the
    scenario file); from then on its times, and lengths, stand there as if they had been written.
    """

    at: tuple[Duration, ...] | None = Field(None, description="fixed times at which it happens")
    every: Gap | None = Field(None, description="time from one to the next, as an alternative to at")
    storms: Storms | None = Field(
        None, description="spells in which it happens more often than `every` says; none by default"
    )
    trace: str | None = Field(
        None,
        description="CSV file, as another alternative: columns start [s], target (name of what is struck) "
        "and, of what lasts, duration [s]; rows of other targets are for others",
    )

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any, info: ValidationInfo) -> Any:
        """Replace the file by what it says."""
        is_lasting = "lengths" in cls.model_fields
        if not isinstance(data, Mapping):
            return data
        if data.get("trace") is None:
            is_bare = is_lasting and data.get("lengths") is not None and data.get("lasts") is None
            return {**data, "lasts": _as_found(data["lengths"])} if is_bare else data
        for key in ("at", "every", *(("lasts", "lengths") if is_lasting else ())):
            if data.get(key) is not None:
                said, remedy = f"trace and {key} are both given", "keep one of them: the file says it all"
                raise located(refusal("occasion", said, remedy), key)
        context = info.context or {}
        path = Path(context.get("folder", Path())) / str(data["trace"])
        fields = (name for name, field in cls.model_fields.items() if reference_of(field) is not None)
        target = next((str(data[name]) for name in fields if data.get(name) is not None), "")
        try:
            times, lengths = read_chronicle(path, target, context.get("names", ()), is_lasting)
        except SheetError as error:
            raise all_located(error.told, "trace", value=data["trace"]) from None
        rest = {key: value for key, value in data.items() if key != "trace"}
        if not is_lasting:
            return {**rest, "at": times}
        return {**rest, "at": times, "lengths": lengths, "lasts": _as_found(lengths)}

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.at is None and self.every is None:
            raise refusal("occasion", "it is not said when", f"add {_WAYS}")
        if self.at is not None and self.every is not None:
            raise refusal("occasion", "at and every are both given", f"keep {_WAYS}")
        if self.storms is not None and self.every is None:
            said = "storms change how often something happens by law, and here it happens at fixed times"
            raise located(refusal("occasion", said, "leave them out, or write every"), "storms")
        return self

    def instants(self, world: World, stream: str) -> Times:
        """All instants [s] of the run; lane 0 of the stream gives the gaps, on the clock of storms if any."""
        if self.every is None:
            return np.array(self.at, float)
        source = world.stream(stream)
        if self.storms is None:
            return arrivals(self.every, source, source.lane(0), world.start, world.end)
        pace = self.storms.pace(world.stream(f"{stream}/storms"), world.start, world.end)
        readings = arrivals(self.every, source, source.lane(0), world.start, float(pace.reading(world.end)))
        times = np.asarray(pace.instant(readings))
        return times[times < world.end]


def _as_found(lengths: Any) -> dict[str, Any]:
    """The law of lengths that are known, for whoever asks how long one is to be expected to last."""
    return {"kind": "empirical", "values": lengths}
