"""The service: replicated units behind a list of endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from churnsim.model.listing import Endpoints, Listing
from churnsim.model.traffic import TRAFFICS, Traffic
from churnsim.model.workload import Replicated

if TYPE_CHECKING:
    from churnsim.model.duty import Duty
    from churnsim.model.fleet import Fleet


class Service(Replicated):
    """Replicated units behind an endpoint list; whoever stops is replaced at once."""

    kind: Literal["service"] = "service"
    endpoints: Endpoints = Field(default_factory=Endpoints, description="how the endpoint list lags")
    traffic: Annotated[Traffic, TRAFFICS] | None = Field(None, description="requests it is offered")

    @property
    def requests(self) -> Traffic | None:
        return self.traffic

    def duty(self, fleet: Fleet) -> Duty:
        return Listing(self.endpoints, fleet)

    @property
    def memory(self) -> float:
        return super().memory + self.endpoints.removal.longest
