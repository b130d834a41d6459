"""The capacity of an issuer: how many requests it signs at a time, how fast, and who has to wait."""

from __future__ import annotations

from math import inf
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from churnsim.base.distribution import Law
from churnsim.base.errors import located, refusal
from churnsim.base.quantity import PositiveDuration, Rate
from churnsim.base.recipe import Recipe
from churnsim.model.queue import QUEUES, Queue


def _admits_some(rate: float) -> float:
    if rate <= 0:
        raise ValueError("a rate of 0/s admits nobody; leave it out for no limit, or add an issuer-outage")
    return rate


class Capacity(Recipe):
    """Signers that take one request each at a time, a limit of the rate, and a queue before them."""

    signers: int = Field(
        1, strict=True, ge=1, le=100_000, description="requests that are signed at the same time"
    )
    service: Law = Field(
        "0s", validate_default=True, description="time that one signature takes", examples=["50ms"]
    )
    rate: Annotated[Rate, AfterValidator(_admits_some)] | None = Field(
        None, description="requests admitted per time; any other is refused at once; by default no limit"
    )
    burst: int = Field(
        1, strict=True, ge=1, le=1_000_000, description="requests admitted at once after a lull, under a rate"
    )
    queue: Annotated[Queue, QUEUES] = Field(
        {"kind": "fifo"}, validate_default=True, description="how many can wait, and who is taken next"
    )
    timeout: PositiveDuration | None = Field(
        None, description="how long a holder waits for its answer before it gives up; by default for ever"
    )
    abandoned: Literal["dropped", "signed"] = Field(
        "dropped",
        description="what becomes of a request in the queue whose holder gave up or is gone: it is dropped, "
        "or signed in vain",
    )

    @model_validator(mode="after")
    def _bursts_under_a_rate(self) -> Self:
        if self.rate is None and self.burst != 1:
            said = f"a burst of {self.burst} means nothing without a rate"
            raise located(
                refusal("burst", said, "give a rate, or leave burst out"), "burst", value=self.burst
            )
        return self

    @property
    def per_second(self) -> float:
        """How many signatures it can give in the long run [1/s]; infinite for no bound."""
        signed = self.signers / self.service.mean if self.service.mean > 0 else inf
        return min(signed, inf if self.rate is None else self.rate)
