"""Every combination of the values on the axes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Literal

from churnsim.scenario.axis import Axes, listed
from churnsim.scenario.design.design import Settings, StudyDesign


class GridDesign(StudyDesign):
    """Every combination of the values, the last axis varying fastest."""

    kind: Literal["grid"] = "grid"

    def settings(self, axes: Axes) -> Iterator[Settings]:
        for values in itertools.product(*map(listed, axes.values())):
            yield dict(zip(axes, values, strict=True))
