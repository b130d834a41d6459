"""Issuer outages: nobody is issued a credential."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from churnsim.base.reference import Reference
from churnsim.model.failure import Failure
from churnsim.model.spell import Spells

if TYPE_CHECKING:
    from churnsim.model.system import System


class IssuerOutage(Spells, Failure):
    """An issuer does not answer for a while."""

    kind: Literal["issuer-outage"] = "issuer-outage"
    causes: ClassVar[tuple[str, ...]] = ("issuer-outage",)
    issuer: Annotated[str, Reference("issuers")] = Field(description="which issuer")

    @property
    def target(self) -> str:
        return self.issuer

    def arm(self, system: System, stream: str) -> None:
        issuer = system.issuers[self.issuer]
        self.schedule(system.world, stream, issuer.fail, issuer.recover, "issuer-outage")
