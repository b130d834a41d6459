"""Issuer brown-outs: everybody is answered, slowly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from churnsim.base.reference import Reference
from churnsim.engine import Order
from churnsim.model.failure import Failure
from churnsim.model.spell import Spells

if TYPE_CHECKING:
    from churnsim.model.system import System


class IssuerBrownout(Spells, Failure):
    """Signatures that an issuer begins within a while take a multiple of their time."""

    kind: Literal["issuer-brownout"] = "issuer-brownout"
    issuer: Annotated[str, Reference("issuers")] = Field(description="which issuer")
    factor: float = Field(
        gt=0, le=1e6, description="how many times as long a signature takes; several multiply"
    )

    @property
    def target(self) -> str:
        return self.issuer

    def arm(self, system: System, stream: str) -> None:
        desk, world = system.issuers[self.issuer].desk, system.world
        if desk is None:
            return  # Signing takes no time, and keeps taking none.
        for begin, end in self.periods(world, stream):
            if begin < end:
                world.at(begin, Order.FAULT, desk.slow_down, self.factor)
                world.at(end, Order.RECOVERY, desk.speed_up, self.factor)
