"""Retry with exponential back-off."""

from typing import Literal, Self

from pydantic import Field, model_validator

from churnsim.base.quantity import PositiveDuration, Share
from churnsim.model.retry import Retry


class ExponentialRetry(Retry):
    """Ask again after a pause that grows by a factor up to a cap, spread by jitter.

    What others call equal jitter is 50 % below, full jitter 100 % below.
    """

    kind: Literal["exponential"] = "exponential"
    initial: PositiveDuration = Field(
        "5s", validate_default=True, description="pause after the first failure"
    )
    factor: float = Field(2.0, ge=1, le=100, description="growth of the pause from failure to failure")
    cap: PositiveDuration = Field("5m", validate_default=True, description="longest pause before jitter")
    jitter: Share = Field(
        "10%", validate_default=True, description="the pause is spread by this share of it, drawn each time"
    )
    side: Literal["both", "below"] = Field(
        "both", description="whether jitter shortens and lengthens the pause, or only shortens it"
    )

    @model_validator(mode="after")
    def _capped(self) -> Self:
        if self.cap < self.initial:
            raise ValueError(f"cap must not be below initial (got {self.cap:g} s < {self.initial:g} s)")
        return self

    def delay(self, tries: int, waited: float, left: float, u: float) -> float:
        # Bounded: beyond 64 failures the cap has long been reached, and the power must not overflow.
        pause = min(self.cap, self.initial * self.factor ** min(tries - 1, 64))
        return pause * (1.0 + self.jitter * (2.0 * u - 1.0 if self.side == "both" else u - 1.0))
