"""The first values of all axes, then the second, and so on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from churnsim.scenario.axis import Axes, listed
from churnsim.scenario.design.design import Objection, Settings, StudyDesign


class ZipDesign(StudyDesign):
    """The first values of all axes together, then the second, and so on."""

    kind: Literal["zip"] = "zip"
    moves_together: ClassVar[bool] = True

    def count(self, axes: Axes) -> int:
        return len(listed(next(iter(axes.values())))) if axes else 1

    def settings(self, axes: Axes) -> Iterator[Settings]:
        if not axes:
            yield {}
            return
        for values in zip(*map(listed, axes.values()), strict=True):
            yield dict(zip(axes, values, strict=True))

    def objections(self, axes: Axes) -> Iterator[Objection]:
        yield from super().objections(axes)
        counts = {path: len(listed(axis)) for path, axis in axes.items()}
        if len(set(counts.values())) > 1:
            told = ", ".join(f"{path} {count}" for path, count in counts.items())
            yield Objection(
                None,
                f"zipped axes have equally many values (got {told})",
                "list as many on each, or use a grid",
            )
