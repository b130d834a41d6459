"""Zone outages: all nodes of a zone are down together."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from churnsim.base.reference import Reference
from churnsim.model.failure import Failure
from churnsim.model.spell import Spells

if TYPE_CHECKING:
    from churnsim.model.system import System


class ZoneOutage(Spells, Failure):
    """All nodes of a zone are down for a while, with all that stands on them, and none boots there."""

    kind: Literal["zone-outage"] = "zone-outage"
    causes: ClassVar[tuple[str, ...]] = ("zone-outage",)
    zone: Annotated[str, Reference("nodes", "zone")] = Field(description="which zone")

    @property
    def is_deadly(self) -> bool:
        return True

    @property
    def target(self) -> str:
        return self.zone

    def arm(self, system: System, stream: str) -> None:
        cluster = system.cluster
        if cluster is not None:
            zone = cluster.zones[self.zone]
            fail, recover = partial(cluster.lose_zone, zone), partial(cluster.regain_zone, zone)
            self.schedule(system.world, stream, fail, recover, "zone-outage")
