"""The service: replicated units behind a list of endpoints."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from churnsim.base.quantity import Rate
from churnsim.model.autoscaler import Autoscaler
from churnsim.model.listing import Endpoints, Listing
from churnsim.model.traffic import TRAFFICS, Traffic
from churnsim.model.workload import Scalable

if TYPE_CHECKING:
    from churnsim.model.duty import Duty
    from churnsim.model.fleet import Fleet


class Service(Scalable):
    """Replicated units behind an endpoint list; whoever stops is replaced at once."""

    kind: Literal["service"] = "service"
    endpoints: Endpoints = Field(default_factory=Endpoints, description="how the endpoint list lags")
    traffic: Annotated[Traffic, TRAFFICS] | None = Field(None, description="requests it is offered")
    capacity: Rate | None = Field(
        None, gt=0, description="requests per time that one unit serves; without limit by default"
    )

    def lacking(self, scaler: Autoscaler) -> tuple[str, str] | None:
        if scaler.needs_jobs:
            return "jobs", "let a processor have it, or choose one that goes by requests"
        if scaler.needs_traffic and (self.capacity is None or self.traffic is None):
            missing = "capacity" if self.capacity is None else "traffic"
            return missing, f"write {missing} beside it"
        return None

    @property
    def capacity_of_unit(self) -> float:
        return nan if self.capacity is None else self.capacity

    @property
    def requests(self) -> Traffic | None:
        return self.traffic

    def duty(self, fleet: Fleet) -> Duty:
        return Listing(self.endpoints, fleet)

    @property
    def memory(self) -> float:
        return super().memory + self.endpoints.removal.longest
