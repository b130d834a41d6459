"""The service: replicated units behind a list of endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from math import nan
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from churnsim.base.errors import located, refusal
from churnsim.base.quantity import Rate
from churnsim.base.reference import Reference
from churnsim.model.autoscaler import Autoscaler
from churnsim.model.call import Call, CallField
from churnsim.model.listing import Endpoints, Listing
from churnsim.model.traffic import TRAFFICS, Traffic
from churnsim.model.worker import Workers
from churnsim.model.workload import Scalable

if TYPE_CHECKING:
    from churnsim.model.duty import Duty
    from churnsim.model.fleet import Fleet


class Service(Scalable):
    """Replicated units behind an endpoint list; whoever stops is replaced at once."""

    kind: Literal["service"] = "service"
    answers: ClassVar[bool] = True
    endpoints: Endpoints = Field(default_factory=Endpoints, description="how the endpoint list lags")
    traffic: Annotated[Traffic, TRAFFICS] | None = Field(None, description="requests it is offered")
    capacity: Rate | None = Field(
        None, gt=0, description="requests per time that one unit serves; without limit by default"
    )
    workers: Workers | None = Field(
        None,
        description="how it serves them: requests come by chance, take time and queue; by default they come "
        "evenly, take none, and what is beyond the capacity is turned away",
    )
    calls: dict[Annotated[str, Reference("workloads")], CallField] = Field(
        {}, description="whom it calls to answer a request: shares of its requests, or calls, by name"
    )

    @model_validator(mode="after")
    def _workers_have_a_speed(self) -> Self:
        if self.workers is not None and self.capacity is None:
            said = "workers need the capacity of the unit: how many requests all of them serve in a time"
            raise located(refusal("capacity", said, "write capacity beside them"), "workers")
        return self

    def lacking(self, scaler: Autoscaler) -> tuple[str, str] | None:
        if scaler.needs_jobs:
            return "jobs", "let a processor have it, or choose one that goes by requests"
        if scaler.needs_traffic and self.capacity is None:
            return "capacity", "write capacity beside it"
        return None

    @property
    def capacity_of_unit(self) -> float:
        return nan if self.capacity is None else self.capacity

    @property
    def staff(self) -> Workers | None:
        return self.workers

    @property
    def requests(self) -> Traffic | None:
        return self.traffic

    @property
    def callees(self) -> Mapping[str, Call]:
        return self.calls

    def duty(self, fleet: Fleet) -> Duty:
        return Listing(self.endpoints, fleet)

    @property
    def memory(self) -> float:
        return super().memory + self.endpoints.removal.longest
