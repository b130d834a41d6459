"""A central renewer that owns the credentials of a whole workload."""

from typing import Literal

from pydantic import Field

from churnsim.base.quantity import Rate
from churnsim.model.owner import Owner


class CentralOwner(Owner):
    """One renewer asks for the whole workload; while it is down, nobody is asked for."""

    kind: Literal["central"] = "central"
    rate: Rate | None = Field(
        None, description="how fast it asks, once it is back, for what fell due meanwhile; by default at once"
    )

    def slots(self, replicas: int) -> int:
        return replicas

    @property
    def pace(self) -> Rate | None:
        return self.rate
