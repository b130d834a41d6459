"""The service: replicated units behind a list of endpoints."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from churnsim.base.errors import refusal
from churnsim.base.quantity import Rate
from churnsim.model.autoscaler import AUTOSCALERS, Autoscaler
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
    capacity: Rate | None = Field(
        None, gt=0, description="requests per time that one unit serves; without limit by default"
    )
    autoscaler: Annotated[Autoscaler, AUTOSCALERS] | None = Field(
        None, description="who changes the number of units; replicas are those at the start"
    )

    @model_validator(mode="after")
    def _can_be_scaled(self) -> Self:
        scaler = self.autoscaler
        if scaler is None:
            return self
        if not scaler.lowest <= self.replicas <= scaler.highest:
            said = (
                f"replicas must lie within what the autoscaler wants (got {self.replicas}, not "
                f"{scaler.lowest} to {scaler.highest})"
            )
            raise refusal("order", said, "begin with a number of units in between")
        if scaler.needs_traffic and (self.capacity is None or self.traffic is None):
            missing = "capacity" if self.capacity is None else "traffic"
            said = f"this autoscaler needs the {missing} of the workload"
            raise refusal("needs", said, f"write {missing} beside it")
        return self

    @property
    def slots(self) -> int:
        return self.replicas if self.autoscaler is None else self.autoscaler.highest

    @property
    def begins(self) -> int:
        return self.replicas

    @property
    def least(self) -> int:
        # Of a number that changes with the load no share carries it.
        return super().least if self.autoscaler is None else 0

    @property
    def scaler(self) -> Autoscaler | None:
        return self.autoscaler

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
        settling = 0.0 if self.autoscaler is None else self.autoscaler.memory + self.startup.longest
        return super().memory + self.endpoints.removal.longest + settling
