"""The function: units that requests start, and that go when no more come."""

from __future__ import annotations

from math import expm1, inf
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from churnsim.base.distribution import Law
from churnsim.base.distribution.scaled import hastened
from churnsim.base.errors import located, refusal
from churnsim.base.quantity import PositiveDuration
from churnsim.model.routing import Handling, Routing
from churnsim.model.traffic import TRAFFICS, Traffic
from churnsim.model.workload import Ageing

if TYPE_CHECKING:
    from churnsim.model.duty import Duty
    from churnsim.model.fleet import Fleet


class Function(Ageing):
    """Units that requests start, and that go some time after their last one.

    A request goes to a unit that is ready and has a place: one that is kept, else the newest. If there is
    none it waits at one that is about to be ready, or starts one, up to `limit`, or it is turned away.
    """

    kind: Literal["function"] = "function"
    causes: ClassVar[tuple[str, ...]] = Routing.CAUSES
    traffic: Annotated[Traffic, TRAFFICS] = Field(
        description="requests it is offered", examples=[{"kind": "constant", "rate": "12/m"}]
    )
    service: Law = Field(description="time that a request takes", examples=["200ms"])
    concurrency: int = Field(
        1, strict=True, ge=1, le=1_000_000, description="requests that a unit takes at a time"
    )
    keep_alive: Law = Field(description="time from the last request until a unit goes", examples=["10m"])
    provisioned: int = Field(
        0,
        strict=True,
        ge=0,
        le=100_000,
        description="units that are there whatever comes, and replaced at once",
    )
    limit: int = Field(1000, strict=True, ge=1, le=100_000, description="units that there are at most")
    patience: PositiveDuration | None = Field(
        None, description="how long a request waits for a unit to be ready; for ever by default"
    )

    @model_validator(mode="after")
    def _floor_below_limit(self) -> Self:
        if self.provisioned > self.limit:
            said = f"provisioned must not be more than limit (got {self.provisioned}, over {self.limit})"
            raise located(
                refusal("order", said, "raise the limit or keep fewer"), "provisioned", value=self.provisioned
            )
        return self

    @property
    def slots(self) -> int:
        return self.limit

    @property
    def kept(self) -> int:
        return self.provisioned

    @property
    def usual(self) -> float:
        # What is busy (Little), and where that is less than one the share of time that there is one (O35).
        rate = self.traffic.mean_rate
        busy = rate * self.service.mean / self.concurrency
        there = -expm1(-rate * (self.service.mean + self.keep_alive.mean))
        return max(float(self.provisioned), min(max(busy, there), float(self.limit)))

    @property
    def least(self) -> int:
        # Of a number that changes with the load no share carries it.
        return 0

    @property
    def places(self) -> int:
        return self.concurrency

    @property
    def requests(self) -> Traffic:
        return self.traffic

    def hastened(self, factor: float) -> Self:
        """Return it with units that live, and are kept alive, so many times shorter."""
        shorter = {"keep_alive": hastened(self.keep_alive, factor)}
        return super().hastened(factor).model_copy(update=shorter)

    def duty(self, fleet: Fleet) -> Duty:
        patience = inf if self.patience is None else self.patience
        handling = Handling(
            self.traffic, self.service, self.keep_alive, self.concurrency, self.limit, patience
        )
        return Routing(handling, fleet)

    @property
    def memory(self) -> float:
        starting = self.pending.longest + self.startup.longest
        return super().memory + starting + self.service.longest + self.keep_alive.longest
