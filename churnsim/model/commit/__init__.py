"""Commits: in which order an outcome becomes durable and the queue is told, and what is remembered."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from churnsim.base.distribution import Distribution, Law
from churnsim.base.quantity import Share
from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds


class Commit(Recipe):
    """A way to commit: work done -> committed -> acknowledged, or acknowledged -> work done -> committed."""

    is_acknowledged_first: ClassVar[bool] = False
    takes: Law = Field("0s", validate_default=True, description="time from work done to committed")
    acknowledge: Law = Field(
        "0s", validate_default=True, description="time that the queue takes to hear that it may forget a job"
    )
    loss: Share = Field(
        "0%", validate_default=True, lt=1.0, description="share of acknowledgements that are lost on the way"
    )

    @property
    def remembered(self) -> float:
        """For how long a job is known to have been committed [s]; 0: not at all."""
        return 0.0

    @property
    def relay(self) -> Distribution | None:
        """Time from committed to acknowledged by a relay that survives every unit [s]; None: by the unit."""
        return None


COMMITS = Kinds("commit", "churnsim.model.commit", Commit)
