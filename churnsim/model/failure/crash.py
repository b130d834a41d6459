"""Crashes: units that end without notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from churnsim.base.distribution.scaled import hastened
from churnsim.base.reference import Reference
from churnsim.model.failure import Failure
from churnsim.model.gap import Gap

if TYPE_CHECKING:
    from churnsim.model.system import System


class Crash(Failure):
    """Each unit of a workload crashes after a time from ready, if it has not stopped before."""

    kind: Literal["crash"] = "crash"
    causes: ClassVar[tuple[str, ...]] = ("crash",)
    workload: Annotated[str, Reference("workloads")] = Field(description="whose units crash")
    every: Gap = Field(description="time from ready to the crash, per unit")

    @property
    def is_deadly(self) -> bool:
        return True

    @property
    def target(self) -> str:
        return self.workload

    def hastened(self, factor: float) -> Crash:
        return self.model_copy(update={"every": hastened(self.every, factor)})

    def arm(self, system: System, stream: str) -> None:
        fleet = system.fleets[self.workload]
        fleet.threaten(self.every, stream.replace("/", "-"), system.world.cause("crash"))
