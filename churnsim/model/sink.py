"""The sink: where artefacts become durable, and which is sometimes out of order."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from churnsim.base.distribution import Law
from churnsim.base.quantity import PositiveDuration, Rate
from churnsim.base.recipe import Recipe
from churnsim.model.shared_service import SharedService
from churnsim.trace.code import Family


def _takes_some(rate: float) -> float:
    if rate <= 0:
        raise ValueError(
            "a capacity of 0/s takes nothing in; leave it out for no limit, or add a sink-outage"
        )
    return rate


class Sink(Recipe):
    """A durable store of artefacts; without a capacity it takes in whatever comes."""

    delay: Law = Field("0s", validate_default=True, description="time from handed over to durable")
    capacity: Annotated[Rate, AfterValidator(_takes_some)] | None = Field(
        None, description="artefacts made durable per time, in the order of arrival; by default no limit"
    )
    retention: PositiveDuration | None = Field(
        None, description="how long an artefact is kept once it is durable; for ever by default"
    )


class Store(SharedService):
    """A sink at work: up or down. What it takes in is laid down after the lives (`evidence.py`)."""

    FAMILY: ClassVar[int] = int(Family.SINK)
