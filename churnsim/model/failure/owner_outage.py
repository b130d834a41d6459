"""Owner outages: an agent or a central renewer asks for nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from churnsim.base.reference import Reference
from churnsim.model.failure import Failure
from churnsim.model.spell import Spells

if TYPE_CHECKING:
    from churnsim.model.system import System


class OwnerOutage(Spells, Failure):
    """Owners of a workload's credentials are down for a while: each agent on its own, or the central one."""

    kind: Literal["owner-outage"] = "owner-outage"
    causes: ClassVar[tuple[str, ...]] = ("owner-outage",)
    workload: Annotated[str, Reference("workloads")] = Field(description="whose owners fail")
    owner: int | None = Field(
        None, strict=True, ge=0, description="which owner, counted from 0; all, each on its own, by default"
    )

    @property
    def target(self) -> str:
        return self.workload

    def arm(self, system: System, stream: str) -> None:
        for renewer in system.fleets[self.workload].renewers:
            if self.owner in (None, renewer.number):
                lane = f"{stream}/owner/{renewer.number}"
                self.schedule(system.world, lane, renewer.fail, renewer.recover, "owner-outage")
