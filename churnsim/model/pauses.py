"""Pauses that grow from one failure to the next, up to a cap."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from churnsim.base.errors import refusal
from churnsim.base.quantity import PositiveDuration, format_duration
from churnsim.base.recipe import Recipe


class GrowingPauses(Recipe):
    """The kubelet's way of waiting ever longer. Source: F179, F181."""

    initial: PositiveDuration = Field("10s", validate_default=True, description="first pause (F179, F181)")
    factor: float = Field(2.0, ge=1.0, le=100.0, description="growth from pause to pause (F179, F181)")
    cap: PositiveDuration = Field("5m", validate_default=True, description="longest pause (F179, F181)")

    @model_validator(mode="after")
    def _grows(self) -> Self:
        if self.cap < self.initial:
            said = (
                f"the cap must not be shorter than the first pause (got {format_duration(self.cap)} < "
                f"{format_duration(self.initial)})"
            )
            raise refusal("order", said, "raise the cap")
        return self

    def pause(self, failures: int) -> float:
        """Return the pause after so many failures in a row, 1 at the least [s]."""
        # The exponent is bounded so that no power overflows; the cap is long reached by then.
        return float(min(self.initial * self.factor ** min(failures - 1, 150), self.cap))
