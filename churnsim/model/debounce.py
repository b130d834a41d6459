"""Debounce: changes that come close upon each other are published together, once it has been quiet."""

from __future__ import annotations

from typing import Self

import numpy as np
from pydantic import Field, model_validator

from churnsim.base.errors import located, refusal
from churnsim.base.quantity import PositiveDuration, format_duration
from churnsim.base.recipe import Recipe
from churnsim.model.refresh import Floats


class Debounce(Recipe):
    """Versions are published together once none has come for a while, or the first has waited for long."""

    quiet: PositiveDuration = Field(description="time without a change after which what came is published")
    most: PositiveDuration = Field(description="longest time that a change waits for others")

    @model_validator(mode="after")
    def _waits_for_quiet(self) -> Self:
        if self.most < self.quiet:
            most, quiet = format_duration(self.most), format_duration(self.quiet)
            said = f"a change must be able to wait for quiet (got most {most}, quiet {quiet})"
            raise located(refusal("debounce", said, f"raise most to {quiet} at least"), "most", value=most)
        return self

    def published(self, commits: Floats) -> Floats:
        """When each version is published [s], at the same instant for all of one batch.

        Parameters
        ----------
        commits : (v,) array
            Instants [s]; sorted.

        Returns
        -------
        (v,) array
        """
        instants = np.empty(commits.size)
        first, due, batch = 0, -np.inf, -np.inf
        for version, at in enumerate(commits.tolist()):
            if at > due:
                instants[first:version] = due
                first, batch = version, at
            due = min(at + self.quiet, batch + self.most)
        instants[first:] = due
        return instants
