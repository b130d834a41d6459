"""The service: replicated units behind a list of endpoints."""

from __future__ import annotations

from math import ceil, nan
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from churnsim.base.distribution import Law
from churnsim.base.quantity import Share
from churnsim.base.recipe import Recipe
from churnsim.base.reference import Reference
from churnsim.model.fleet import Fleet
from churnsim.model.gap import Gap
from churnsim.model.owner import OWNERS, Owner
from churnsim.model.traffic import TRAFFICS, Traffic
from churnsim.model.workload import Workload
from churnsim.trace.meta import WorkloadInfo

if TYPE_CHECKING:
    from churnsim.model.system import System


class Endpoints(Recipe):
    """How the list of endpoints lags behind the units."""

    addition: Law = Field("0s", validate_default=True, description="time from ready to listed")
    removal: Law = Field("1s", validate_default=True, description="time from told to stop to unlisted (F189)")


class Service(Workload):
    """Replicated units behind an endpoint list; whoever stops is replaced at once."""

    kind: Literal["service"] = "service"
    replicas: int = Field(strict=True, ge=1, le=1_000_000, description="units wanted")
    needed: Share = Field(
        "75%", validate_default=True, description="share of the replicas that carries the load (F195)"
    )
    pending: Law = Field("0s", validate_default=True, description="time from created to placed")
    startup: Law = Field(
        "0s", validate_default=True, description="time from placed to booted: image, process, warm-up"
    )
    lifetime: Gap | None = Field(None, description="time from ready to told to stop; for ever by default")
    drain: Law = Field(
        "0s", validate_default=True, description="time from told to stop to gone, still serving"
    )
    endpoints: Endpoints = Field(default_factory=Endpoints, description="how the endpoint list lags")
    issuer: Annotated[str, Reference("issuers")] | None = Field(None, description="who signs its credentials")
    owner: Annotated[Owner, OWNERS] = Field(
        {"kind": "unit"}, validate_default=True, description="who asks for its credentials"
    )
    policy: Annotated[str, Reference("policies")] | None = Field(None, description="which policy it enforces")
    traffic: Annotated[Traffic, TRAFFICS] | None = Field(None, description="requests it is offered")
    tenant: str = Field("default", description="whose it is")

    def open(self, index: int, name: str, system: System) -> Fleet:
        return Fleet(index, name, self, system)

    def info(self, name: str, issuers: list[str], policies: list[str]) -> Any:
        return WorkloadInfo(
            name=name,
            kind=self.kind,
            tenant=self.tenant,
            replicas=self.replicas,
            needed=ceil(self.needed * self.replicas - 1e-9),
            issuer=issuers.index(self.issuer) if self.issuer else -1,
            policy=policies.index(self.policy) if self.policy else -1,
            rate=self.traffic.mean_rate if self.traffic else nan,
            owned=self.owner.slots(self.replicas) if self.issuer else 0,
        )

    @property
    def requests(self) -> Traffic | None:
        return self.traffic

    @property
    def memory(self) -> float:
        laws = (self.drain, self.endpoints.removal)
        return sum(law.longest for law in laws)
