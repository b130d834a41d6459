"""Policy-source brown-outs: everybody is answered, slowly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from churnsim.base.reference import Reference
from churnsim.model.failure import Failure
from churnsim.model.spell import Spells

if TYPE_CHECKING:
    from churnsim.model.system import System


class PolicyBrownout(Spells, Failure):
    """What is read from a policy source, or sent by it, within a while takes a multiple of its time."""

    kind: Literal["policy-brownout"] = "policy-brownout"
    policy: Annotated[str, Reference("policies")] = Field(description="which policy's source")
    factor: float = Field(
        gt=0, le=1e6, description="how many times as long an answer takes; several multiply"
    )

    @property
    def target(self) -> str:
        return self.policy

    def arm(self, system: System, stream: str) -> None:
        source = system.policies[self.policy]
        for begin, end in self.periods(system.world, stream):
            source.brownouts.append((begin, end, self.factor))
