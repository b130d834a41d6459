"""Off-boarding: a tenant leaves, and one version takes back all that its principals may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from churnsim.base.distribution import Law
from churnsim.base.errors import located, refusal
from churnsim.base.readable import counted
from churnsim.model.occasion import Occasions

if TYPE_CHECKING:
    from churnsim.engine import World

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


class Offboarding(Occasions):
    """Tenants that leave, each once and for good, in an order drawn for each run.

    One version denies all principals of a tenant, and no later one allows any of them again. Between leaving
    and that version their grants are orphans: the source still holds them.
    """

    tenants: int = Field(
        strict=True, ge=1, le=100_000, description="tenants to whom the principals belong, alike in size"
    )
    revoked: Law = Field(
        "0s",
        validate_default=True,
        description="time from a tenant's leaving until the version is committed that denies its principals",
    )

    @model_validator(mode="after")
    def _leave_once(self) -> Self:
        if self.at is not None and len(self.at) > self.tenants:
            times = counted(len(self.at), "time")
            said = f"a tenant leaves once (got {times} for {counted(self.tenants, 'tenant')})"
            raise located(refusal("offboarding", said, "add tenants, or leave times out"), "at", value=times)
        return self

    def departures(self, world: World, stream: str) -> Departures:
        """Who leaves when, as long as there are tenants left, and when that comes into the policy."""
        source = world.stream(stream)
        left = np.sort(self.instants(world, stream))[: self.tenants]
        number = np.arange(left.size)
        order = np.argsort(source.uniform(source.lane(1), np.arange(self.tenants)), kind="stable")
        lasting = np.asarray(self.revoked.inverse(source.uniform(source.lane(2), number)), float)
        return Departures(order[number], left, left + lasting)


@dataclass(frozen=True, eq=False)
class Departures:
    """Tenants that leave, in order of time.

    Parameters
    ----------
    tenant : (n,) array
        Who.
    left, revoked : (n,) arrays
        When it leaves, and when the version is committed that denies its principals [s].
    """

    tenant: Indices
    left: Floats
    revoked: Floats


NOBODY = Departures(np.empty(0, np.int64), np.empty(0), np.empty(0))


def tenant_of(principal: Indices, principals: int, tenants: int) -> Indices:
    """Which of so many `tenants` each of some of the `principals` belongs to; neighbours together."""
    return principal.astype(np.int64) * tenants // principals
