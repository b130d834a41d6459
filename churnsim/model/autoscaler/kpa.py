"""The pod autoscaler of Knative."""

from __future__ import annotations

from math import ceil, floor, inf
from typing import Literal

from pydantic import Field

from churnsim.base.quantity import Duration, PositiveDuration, Share
from churnsim.model.autoscaler import Decider, Periodic, Sight

_SLACK = 1e-9


class KpaAutoscaler(Periodic):
    """Knative's KPA: by the requests of a long window, or in panic of a short one; down to no unit at all."""

    kind: Literal["kpa"] = "kpa"
    floor: int = Field(0, strict=True, ge=0, description="fewest units it wants")
    target: Share = Field(
        "70%",
        validate_default=True,
        gt=0,
        description="share of a unit's capacity that requests should take (F210)",
    )
    tick: PositiveDuration = Field("2s", validate_default=True, description="time between two looks (F210)")
    stable: PositiveDuration = Field("60s", validate_default=True, description="the long window (F209)")
    panic: PositiveDuration = Field("6s", validate_default=True, description="the short window (F209)")
    threshold: float = Field(
        2.0, gt=1, description="wish of the short window over ready units that is panic (F209)"
    )
    up: float = Field(1000.0, gt=1, description="most that the units are multiplied by in one look (F211)")
    down: float = Field(2.0, gt=1, description="most that the units are divided by in one look (F211)")
    grace: Duration = Field(
        "30s", validate_default=True, description="time without requests before the last unit goes (F211)"
    )

    @property
    def period(self) -> float:
        return self.tick

    @property
    def memory(self) -> float:
        return 2 * self.stable + self.grace + 20 * self.tick

    def decider(self) -> Decider:
        return _Kpa(self)


class _Kpa:
    """One run's KPA: whether it panics, and since when nothing came."""

    def __init__(self, recipe: KpaAutoscaler) -> None:
        self._recipe = recipe
        self._panicking = -inf  # last look at which the short window was above the threshold
        self._most = 0
        self._idle = inf  # since when it would do without any unit

    def decide(self, sight: Sight) -> int:
        recipe, now, ready = self._recipe, sight.now, max(len(sight.ready), 1)
        most, least = ceil(recipe.up * ready), floor(ready / recipe.down)
        each = recipe.target * sight.capacity
        wished = [ceil(sight.rate(window) / each - _SLACK) for window in (recipe.stable, recipe.panic)]
        stable, panic = (min(max(wish, least), most) for wish in wished)
        if wished[1] / ready >= recipe.threshold:
            self._panicking = now
        elif now - self._panicking > recipe.stable:
            self._panicking, self._most = -inf, 0
        decided = stable
        if self._panicking > -inf:
            decided = self._most = max(self._most, panic)  # in panic it never scales down
        return min(max(self._graced(decided, wished[0], now), recipe.floor), recipe.ceiling)

    def _graced(self, decided: int, wish: int, now: float) -> int:
        """Keep the last unit until nothing came for the grace as well."""
        if wish > 0:
            self._idle = inf
            return max(decided, 1)
        self._idle = min(self._idle, now)
        return max(decided, 0 if now - self._idle >= self._recipe.grace else 1)
