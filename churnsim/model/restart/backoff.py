"""Pauses that grow from crash to crash."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from churnsim.base.errors import refusal
from churnsim.base.quantity import PositiveDuration, format_duration
from churnsim.model.restart import Restart


class BackoffRestart(Restart):
    """A pause after each crash that grows up to a cap, and begins anew with a unit that was ready for long.

    Source: F179, the kubelet's CrashLoopBackOff.
    """

    kind: Literal["backoff"] = "backoff"
    initial: PositiveDuration = Field("10s", validate_default=True, description="first pause (F179)")
    factor: float = Field(2.0, ge=1.0, le=100.0, description="growth from pause to pause (F179)")
    cap: PositiveDuration = Field("5m", validate_default=True, description="longest pause (F179)")
    reset_after: PositiveDuration = Field(
        "10m", validate_default=True, description="time ready after which pauses begin anew (F179)"
    )

    @model_validator(mode="after")
    def _grows(self) -> Self:
        if self.cap < self.initial:
            said = (
                f"the cap must not be shorter than the first pause (got {format_duration(self.cap)} < "
                f"{format_duration(self.initial)})"
            )
            raise refusal("order", said, "raise the cap")
        return self

    def pause(self, crashes: int) -> float:
        # The exponent is bounded so that no power overflows; the cap is long reached by then.
        return float(min(self.initial * self.factor ** min(crashes - 1, 150), self.cap))

    @property
    def reset(self) -> float:
        return self.reset_after

    @property
    def memory(self) -> float:
        return self.reset_after + self.cap
