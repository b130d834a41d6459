"""Sink outages: no artefact can be handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from churnsim.base.reference import Reference
from churnsim.model.failure import Failure
from churnsim.model.spell import Spells

if TYPE_CHECKING:
    from churnsim.model.system import System


class SinkOutage(Spells, Failure):
    """A sink takes nothing in for a while; what it holds already stays."""

    kind: Literal["sink-outage"] = "sink-outage"
    causes: ClassVar[tuple[str, ...]] = ("sink-outage",)
    sink: Annotated[str, Reference("sinks")] = Field(description="which sink")

    @property
    def target(self) -> str:
        return self.sink

    def arm(self, system: System, stream: str) -> None:
        store = system.sinks[self.sink]
        self.schedule(system.world, stream, store.fail, store.recover, "sink-outage")
