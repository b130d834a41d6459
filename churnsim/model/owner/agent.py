"""Agents that own the credentials of a group of units, such as one on every node."""

from typing import Literal

from pydantic import Field

from churnsim.base.quantity import Rate
from churnsim.model.owner import Owner


class AgentOwner(Owner):
    """One agent asks for every so many neighbouring slots; while it is down, it asks for nobody."""

    kind: Literal["agent"] = "agent"
    units: int = Field(description="slots that share one agent", strict=True, ge=1, le=1_000_000)
    rate: Rate | None = Field(
        None,
        description="how fast an agent that is back asks for what fell due meanwhile; by default at once",
    )

    def slots(self, replicas: int) -> int:
        return min(self.units, replicas)

    @property
    def pace(self) -> Rate | None:
        return self.rate
