"""When stale: what an enforcement point does whose copy of the policy grows too old, stage by stage."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from churnsim.base.errors import located, refusal
from churnsim.base.quantity import PositiveDuration, format_duration
from churnsim.base.recipe import Recipe
from churnsim.trace.code import LapseMode

if TYPE_CHECKING:
    from churnsim.model.refresh import Columns

_MODES = {"deny": LapseMode.DENY, "allow": LapseMode.ALLOW}


class Stage(Recipe):
    """What a point does from an age of its copy on."""

    after: PositiveDuration = Field(description="age of the copy from which it is too old")
    then: Literal["deny", "allow", "last-good"] = Field(
        description="refuse everybody, admit everybody, or go on"
    )


class WhenStale(Stage):
    """What an enforcement point does once its copy of the policy is too old."""

    later: tuple[Stage, ...] = Field(
        (), max_length=100, description="what it does instead once the copy is older still, stage by stage"
    )

    @model_validator(mode="after")
    def _older_and_older(self) -> Self:
        for number, (one, other) in enumerate(zip(self.stages, self.stages[1:], strict=False)):
            if other.after <= one.after:
                first, second = format_duration(one.after), format_duration(other.after)
                raise located(
                    refusal(
                        "stages",
                        f"a stage must begin at a greater age than that before it ({second} after {first})",
                        "put the stages in order of age, or leave one out",
                    ),
                    "later",
                    number,
                    "after",
                    value=second,
                )
        return self

    @property
    def stages(self) -> tuple[Stage, ...]:
        """All stages, youngest first."""
        return (self, *self.later)

    @property
    def budget(self) -> float:
        """Age [s] at which a point first decides by rote; infinite for never."""
        return next((stage.after for stage in self.stages if stage.then in _MODES), inf)

    def split(self, lapses: Columns) -> list[tuple[LapseMode, Columns]]:
        """Share lapses out to the stages: columns of the table lapses, by mode.

        Parameters
        ----------
        lapses : dict of (k,) arrays
            `unit`, `start` and `end` [s] of each time in which a copy was older than the budget, and when it
            was `read` [s].
        """
        read, found = lapses["read"], []
        ends = [stage.after for stage in self.later] + [inf]
        for stage, end in zip(self.stages, ends, strict=True):
            if stage.then == "last-good":
                continue
            start = np.maximum(lapses["start"], read + stage.after)
            stop = np.minimum(lapses["end"], read + end)
            some = start < stop
            columns = {"unit": lapses["unit"][some], "start": start[some], "end": stop[some]}
            found.append((_MODES[stage.then], columns))
        return found
