"""The control plane: how fast units are placed, and how nodes that are lost are found out and evicted."""

from typing import Self

from pydantic import Field, model_validator

from churnsim.base.errors import refusal
from churnsim.base.quantity import Duration, PositiveDuration, Rate, Share, format_duration
from churnsim.base.recipe import Recipe


class ControlPlane(Recipe):
    """Timings of Kubernetes' scheduler and node controller; see docs/nodes.md."""

    heartbeat: PositiveDuration = Field(
        "10s", validate_default=True, description="time between the signs of life of a node (F184)"
    )
    grace: PositiveDuration = Field(
        "50s", validate_default=True, description="time from the last sign of life to not ready (F185)"
    )
    toleration: Duration = Field(
        "5m", validate_default=True, description="time that units put up with a node not ready (F186)"
    )
    eviction_rate: Rate = Field(
        "0.1/s", validate_default=True, description="nodes not ready that are evicted in a zone (F187)"
    )
    reduced_rate: Rate = Field(
        "0.01/s",
        validate_default=True,
        description="as eviction_rate, in a large zone of which many nodes are not ready (F187)",
    )
    unhealthy: Share = Field(
        "55%", validate_default=True, description="share of nodes not ready that counts as many (F187)"
    )
    large: int = Field(
        50,
        strict=True,
        ge=0,
        description="nodes of a zone that is not large: while many are not ready, it is not evicted (F187)",
    )
    eviction_retry: PositiveDuration = Field(
        "5s",
        validate_default=True,
        description="time after which a drain asks again for the units that could not be spared",
    )
    scheduling: Rate | None = Field(
        None, description="units placed per time, such as 100/s (F172); all at once by default"
    )

    @model_validator(mode="after")
    def _hears_in_time(self) -> Self:
        if self.grace <= self.heartbeat:
            raise refusal(
                "order",
                f"grace must be longer than heartbeat (got {format_duration(self.grace)} <= "
                f"{format_duration(self.heartbeat)}): every node would be found not ready",
                "lengthen it",
            )
        return self

    @property
    def memory(self) -> float:
        """How long a lost node's units wait to be replaced [s], when no rate holds them up."""
        return self.grace + self.toleration
