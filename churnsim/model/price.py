"""Prices: what a run's countable things cost."""

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from churnsim.base.quantity import Duration, Money
from churnsim.base.recipe import Recipe


class Prices(Recipe):
    """A price list in US dollars; whatever has no price is free and still counted."""

    unit_hour: Money = Field(
        "$0",
        validate_default=True,
        description="one unit for an hour, from placed to gone; a workload may say otherwise",
    )
    minimum: Duration = Field(
        "0s", validate_default=True, description="shortest time for which a unit is billed"
    )
    increment: Duration = Field(
        "0s", validate_default=True, description="the time of a unit is billed in steps of this, rounded up"
    )
    node_hour: Money = Field(
        "$0",
        validate_default=True,
        description="one node for an hour, from ordered to gone; a pool may say otherwise",
    )
    start: Money = Field("$0", validate_default=True, description="one start of a unit")
    busy_hour: Money = Field(
        "$0", validate_default=True, description="an hour in which a function handles one request"
    )
    invocation: Money = Field(
        "$0", validate_default=True, description="one request that a unit of a function took"
    )
    issuance: Money = Field("$0", validate_default=True, description="one credential issued")
    policy_fetch: Money = Field("$0", validate_default=True, description="one fetch of the policy by a unit")
    revocation_message: Money = Field(
        "$0",
        validate_default=True,
        description="one list pulled, one revocation told to a point or one status asked for",
    )
    revocation_gigabyte: Money = Field(
        "$0", validate_default=True, description="10⁹ bytes of revocation lists pulled"
    )
    evidence_gigabyte: Money = Field(
        "$0", validate_default=True, description="10⁹ bytes of artefacts handed over to sinks"
    )
    request: Money = Field("$0", validate_default=True, description="one request offered")
    control_plane_hour: Money = Field(
        "$0", validate_default=True, description="the control plane of the platform for an hour"
    )

    def billed(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Time [s] for which units are billed that were there so long [s]."""
        if self.increment:
            # A time that is a whole number of steps but for rounding is not rounded up.
            seconds = np.ceil(seconds / self.increment - 1e-9) * self.increment
        return np.maximum(seconds, self.minimum)
