"""An image: what a node must have before a unit can start on it."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from churnsim.base.distribution import Law
from churnsim.base.errors import refusal
from churnsim.base.quantity import PositiveDuration, Share, format_duration
from churnsim.base.recipe import Recipe
from churnsim.engine import Stream

_MOST = 10_000  # attempts; with the shortest pauses and few that succeed it is there by then, or never


class Image(Recipe):
    """Pulled by a node for the first unit that needs it, again after a pause if that fails, and then kept.

    Pauses grow from attempt to attempt up to a cap: the kubelet's ImagePullBackOff. Source: F181.
    """

    pull: Law = Field(description="time that an attempt to pull it takes")
    fails: Share = Field("0%", lt=1, validate_default=True, description="chance of an attempt to fail")
    initial: PositiveDuration = Field(
        "10s", validate_default=True, description="pause after the first attempt that fails (F181)"
    )
    factor: float = Field(2.0, ge=1.0, le=100.0, description="growth from pause to pause (F181)")
    cap: PositiveDuration = Field("5m", validate_default=True, description="longest pause (F181)")

    @model_validator(mode="after")
    def _grows(self) -> Self:
        if self.cap < self.initial:
            said = (
                f"the cap must not be shorter than the first pause (got {format_duration(self.cap)} < "
                f"{format_duration(self.initial)})"
            )
            raise refusal("order", said, "raise the cap")
        return self

    def takes(self, stream: Stream, lane: int) -> float:
        """Time from the first attempt to the end of the one that succeeds [s].

        Parameters
        ----------
        stream, lane
            Where attempts draw from: index 2 k their time, 2 k + 1 whether they fail.
        """
        time = 0.0
        for attempt in range(_MOST):
            time += float(self.pull.inverse(stream.uniform(lane, 2 * attempt)))
            if stream.uniform(lane, 2 * attempt + 1) >= self.fails:
                break
            # The exponent is bounded so that no power overflows; the cap is long reached by then.
            time += min(self.initial * self.factor ** min(attempt, 150), self.cap)
        return time
