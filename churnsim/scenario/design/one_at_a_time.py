"""The scenario as it stands, then each axis varied by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from churnsim.scenario.axis import Axes, listed
from churnsim.scenario.design.design import Settings, StudyDesign


class OneAtATimeDesign(StudyDesign):
    """The scenario as it stands, then every value of each axis with nothing else changed."""

    kind: Literal["one-at-a-time"] = "one-at-a-time"

    def count(self, axes: Axes) -> int:
        return 1 + sum(len(listed(axis)) for axis in axes.values())

    def settings(self, axes: Axes) -> Iterator[Settings]:
        yield {}
        for path, axis in axes.items():
            for value in listed(axis):
                yield {path: value}
