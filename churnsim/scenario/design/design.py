"""What every design of a study can do."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from churnsim.base.recipe import Recipe
from churnsim.scenario.axis import Axes, listed
from churnsim.scenario.range import Range

Settings = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a design cannot work on these axes: which axis (None: all), what is wrong, what would be right."""

    axis: str | None
    message: str
    remedy: str


class StudyDesign(Recipe):
    """Which points of the space that the sweep axes span are run.

    Attributes
    ----------
    moves_together : bool
        Whether settings change together, so that one may settle another.
    """

    moves_together: ClassVar[bool] = False

    def count(self, axes: Axes) -> int:
        """How many points `settings` gives, known without making them."""
        return math.prod(len(listed(axis)) for axis in axes.values())

    @abstractmethod
    def settings(self, axes: Axes) -> Iterator[Settings]:
        """Value by path of every point, in the order in which a table shows them; one without axes."""

    def objections(self, axes: Axes) -> Iterator[Objection]:
        """Why it cannot work on these axes; by default, a range that does not say how many values it has."""
        for path, axis in axes.items():
            if isinstance(axis, Range) and axis.steps is None:
                yield Objection(
                    path,
                    f"this design takes listed values, and the range {axis.low} to {axis.high} lists none",
                    "add 'steps: 5', or draw from it: 'design: {kind: latin-hypercube, points: 64}'",
                )
