"""The horizontal pod autoscaler of Kubernetes."""

from __future__ import annotations

from collections import deque
from math import ceil
from typing import Literal

from pydantic import Field

from churnsim.base.quantity import Duration, PositiveDuration, Share
from churnsim.model.autoscaler import Decider, Periodic, Sight

# A ratio of floats may lie just above the whole number that it is meant to be.
_SLACK = 1e-9


class HpaAutoscaler(Periodic):
    """Kubernetes' HPA: as many units as bring the requests of each to a target share of its capacity."""

    kind: Literal["hpa"] = "hpa"
    target: Share = Field(
        "80%",
        validate_default=True,
        gt=0,
        description="share of a unit's capacity that requests should take (F194)",
    )
    sync: PositiveDuration = Field("15s", validate_default=True, description="time between two looks (F190)")
    window: PositiveDuration = Field(
        "15s", validate_default=True, description="time over which the requests are averaged"
    )
    tolerance: Share = Field(
        "10%",
        validate_default=True,
        description="relative distance from the target that changes nothing (F191)",
    )
    metrics: Duration = Field(
        "15s", validate_default=True, description="time from ready to a unit's first sample"
    )
    up_units: int = Field(4, strict=True, ge=0, description="units that may be added in a period (F193)")
    up_share: Share | None = Field(
        "100%", validate_default=True, description="share of units that may be added in a period (F193)"
    )
    up_period: PositiveDuration = Field("15s", validate_default=True, description="that period (F193)")
    down_window: Duration = Field(
        "5m",
        validate_default=True,
        description="the largest wish of this time holds when scaling down (F192)",
    )

    @property
    def period(self) -> float:
        return self.sync

    @property
    def memory(self) -> float:
        # Long enough to double its way to any size and to come down again.
        return self.down_window + 20 * max(self.sync, self.up_period) + self.window

    def decider(self) -> Decider:
        return _Hpa(self)


class _Hpa:
    """One run's HPA: what it wished and what it added of late."""

    def __init__(self, recipe: HpaAutoscaler) -> None:
        self._recipe = recipe
        self._wishes: deque[tuple[float, int]] = deque()
        self._added: deque[tuple[float, int]] = deque()

    def decide(self, sight: Sight) -> int:
        recipe, now = self._recipe, sight.now
        if not self._wishes:
            self._wishes.append((now, sight.wanted))
        wish = min(max(_wish(recipe, sight), recipe.floor), recipe.ceiling)
        self._wishes.append((now, wish))
        while self._wishes[0][0] < now - recipe.down_window:
            self._wishes.popleft()
        while self._added and self._added[0][0] <= now - recipe.up_period:
            self._added.popleft()
        if wish < sight.wanted:
            return min(sight.wanted, max(number for _, number in self._wishes))
        before = sight.wanted - sum(number for _, number in self._added)
        share = before * (1.0 + (recipe.up_share or 0.0))
        most = max(before + recipe.up_units, ceil(share - _SLACK))
        decided = min(wish, max(most, sight.wanted))
        if decided > sight.wanted:
            self._added.append((now, decided - sight.wanted))
        return decided


def _wish(recipe: HpaAutoscaler, sight: Sight) -> int:
    """Units that it takes, before any limit; units without a sample make the change smaller, never larger.

    Source: the replica calculator of the horizontal pod autoscaler; docs/theory.md O40.
    """
    measured = sum(age >= recipe.metrics for age in sight.ready)
    missing, unready = len(sight.ready) - measured, sight.coming
    if not measured:
        return sight.wanted
    each = sight.rate(recipe.window) / len(sight.ready)
    ratio = each / (recipe.target * sight.capacity)
    is_up = ratio > 1.0
    counted = measured + missing + (unready if is_up else 0)
    # When scaling down, who has no sample is taken for busy as it should be, when scaling up for idle.
    settled = (ratio * measured + (0 if is_up else missing)) / counted
    if abs(settled - 1.0) <= recipe.tolerance + _SLACK or (settled > 1.0) != is_up:
        return sight.wanted
    wish = ceil(settled * counted - _SLACK)
    return max(wish, sight.wanted) if is_up else min(wish, sight.wanted)
