"""Outcomes: what has to be explained later, and the artefacts that it owes for that."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from churnsim.base.recipe import Recipe
from churnsim.base.reference import Reference
from churnsim.base.registry import Kinds
from churnsim.model.made import Made

if TYPE_CHECKING:
    from churnsim.trace.pace import Pace
    from churnsim.trace.trace import Trace


class Outcome(Recipe):
    """A kind of outcome of one workload; it is explained once all that it owes can be found and verified.

    What an outcome owes may be made by another kind of outcome, such as the record of the credential in
    force: then it is the last one made at the unit before.
    """

    workload: Annotated[str, Reference("workloads")] = Field(description="whose outcomes")
    owes: tuple[Annotated[str, Reference("artefacts")], ...] = Field(
        min_length=1, description="artefacts without which it cannot be explained"
    )

    can_wait: ClassVar[bool] = False
    """Whether it does not happen while its evidence cannot be kept."""

    @abstractmethod
    def objection(self, workload: Any) -> str | None:
        """Return why a workload has no such outcomes, or None if it has."""

    @abstractmethod
    def made(self, trace: Trace, workload: int, pace: Pace | None) -> Made:
        """Return the outcomes of a run.

        Parameters
        ----------
        trace : Trace
            The run, complete but for its evidence and its traffic.
        workload : int
            Code of the workload.
        pace : Pace or None
            Its requests, if it is offered any.
        """

    def troubled(self, trace: Trace, workload: int, pace: Pace | None) -> Made:
        """Return those of them that were in trouble, with the same parameters; none by default."""
        none = np.empty(0)
        return Made(np.empty(0, np.int64), none, none, none, pace)


OUTCOMES = Kinds("outcome", "churnsim.model.outcome", Outcome)
