"""A pool: nodes of one machine type in one zone."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from churnsim.base.distribution import Law
from churnsim.base.errors import refusal
from churnsim.base.quantity import Duration, Money, Share, Size
from churnsim.base.recipe import Recipe
from churnsim.model.gap import Gap
from churnsim.model.node_autoscaler import NODE_AUTOSCALERS, NodeAutoscaler


class Pool(Recipe):
    """Equal nodes in one zone, of which a number is kept: whoever leaves is replaced by one that boots.

    An autoscaler may change the number.
    """

    zone: str = Field(min_length=1, description="where they stand; what befalls a zone befalls all in it")
    machine: str = Field(
        "any", description="machine type; spot machines of one type and zone are reclaimed together"
    )
    count: int = Field(
        strict=True, ge=1, le=100_000, description="nodes wanted; with an autoscaler, at the start"
    )
    units: int = Field(110, strict=True, ge=1, le=10_000, description="units that a node takes (F178)")
    cpu: float | None = Field(
        None, gt=0.0, le=1e6, description="cores of a node, to the thousandth; without bound by default"
    )
    memory: Size | None = Field(None, description="memory of a node; without bound by default")
    boot: Law = Field("0s", validate_default=True, description="time from ordered to up")
    lifetime: Gap | None = Field(
        None, description="time from up to told to drain, such as 720h (F202); for ever by default"
    )
    grace: Duration = Field(
        "10m", validate_default=True, description="time to drain before what is left is killed (F200)"
    )
    replacement: Law = Field(
        "20m",
        validate_default=True,
        description="time from lost for good to given up, and another ordered (F198)",
    )
    autoscaler: Annotated[NodeAutoscaler, NODE_AUTOSCALERS] | None = Field(
        None, description="who changes the number of nodes"
    )
    price: Money | None = Field(None, description="a node for an hour; that of the price list by default")
    discount: Share = Field(
        "0%", validate_default=True, description="share of that price that is let off, as on spot capacity"
    )

    @model_validator(mode="after")
    def _begins_within_bounds(self) -> Self:
        scaler = self.autoscaler
        if scaler is not None and not scaler.floor <= self.count <= scaler.ceiling:
            said = (
                f"count must lie within what the autoscaler wants (got {self.count}, not {scaler.floor} to "
                f"{scaler.ceiling})"
            )
            raise refusal("order", said, "begin with a number of nodes in between")
        return self

    @property
    def most(self) -> int:
        """How many nodes it may have, those that are about to go left out."""
        return self.count if self.autoscaler is None else self.autoscaler.ceiling

    @property
    def is_elastic(self) -> bool:
        """Whether the number of nodes wanted ever changes."""
        return self.autoscaler is not None and self.autoscaler.is_free

    @property
    def settling(self) -> float:
        """How long it takes to have the nodes it needs, whatever it begins with [s]."""
        if self.autoscaler is None or not self.is_elastic:
            return 0.0
        return self.autoscaler.memory + self.boot.longest
