"""Policy-source outages: nobody can read the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from churnsim.base.reference import Reference
from churnsim.model.failure import Failure
from churnsim.model.spell import Spells

if TYPE_CHECKING:
    from churnsim.model.system import System


class PolicyOutage(Spells, Failure):
    """A policy source does not answer for a while; its policy can still be changed."""

    kind: Literal["policy-outage"] = "policy-outage"
    causes: ClassVar[tuple[str, ...]] = ("policy-outage",)
    policy: Annotated[str, Reference("policies")] = Field(description="which policy's source")

    @property
    def target(self) -> str:
        return self.policy

    def arm(self, system: System, stream: str) -> None:
        source = system.policies[self.policy]
        source.outages += self.periods(system.world, stream)
        self.schedule(system.world, stream, source.fail, source.recover, "policy-outage")
