"""The slow twin's meter: requests served, by counts kept up to date at every change."""

from __future__ import annotations

from typing import Any


class Meter:
    """Requests offered to a fleet's endpoints since the window began, integrated from change to change.

    Parameters
    ----------
    fleet : Fleet
        Whose units.
    t0 : float
        Where the window begins [s].
    """

    def __init__(self, fleet: Any, t0: float) -> None:
        self.served = self.intended = 0.0
        self.fleet = fleet
        self.load = fleet.load
        self._last = t0
        self._good: dict[Any, float] = {}  # by listed unit: chance that a request is intended and served
        self._sum = 0.0
        self._agreed: dict[tuple[int, int], float] = {}

    def update(self, unit: Any) -> None:
        """Count anew for one unit, which has just changed."""
        if self.load is None:
            return
        self.settle()
        self._sum -= self._good.pop(unit, 0.0)
        if unit.is_listed:
            self._good[unit] = self._chance(unit)
            self._sum += self._good[unit]

    def recount(self) -> None:
        """Count anew for all units: the policy has just changed."""
        if self.load is None:
            return
        self.settle(version=self.fleet.source.head - 1)
        self._good = {unit: self._chance(unit) for unit in self._good}
        self._sum = sum(self._good.values())

    def settle(self, version: int | None = None) -> None:
        """Add up what has happened since the last change, under a version of the policy (the head)."""
        now = self.fleet.clock.now
        if self.load is not None and now > self._last:
            offered = self.load.offered(self._last, now)
            self.intended += offered * self._share(version)
            if self._good:
                kept = self.fleet.kept(offered, now - self._last, len(self._good))
                self.served += kept * offered * self._sum / len(self._good)
            self._last = now

    def _share(self, version: int | None = None) -> float:
        if self.fleet.source is None:
            return 1.0
        head = self.fleet.source.head if version is None else version
        return self._agreement(head, head)

    def _chance(self, unit: Any) -> float:
        if unit.is_gone:
            return 0.0
        chance = 1.0 - unit.failing
        if unit.identity is not None:
            now = self.fleet.clock.now
            chance *= sum(door.point.weight for door in unit.identity.doors if door.lets_in(now))
        if unit.copy is not None:
            if unit.copy.has_lapsed:
                chance *= self._share() if unit.copy.allows(0) else 0.0
            else:
                source = self.fleet.source
                by_copy, tokens = self._agreement(unit.copy.version, source.head), source.recipe.tokens
                by_token = by_copy
                if tokens and source.is_too_old(unit.copy.version):
                    by_token = self._share() if unit.copy.source.is_up else 0.0
                chance *= (1.0 - tokens) * self._by_cache(unit.copy, by_copy) + tokens * by_token
        return chance

    def _by_cache(self, copy: Any, by_copy: float) -> float:
        """Share of principals whom the head allows, and the cache or else the version in force."""
        if copy.memory is None or not copy.memory.held:
            return by_copy
        source = self.fleet.source
        head, count = source.versions[source.head], len(copy.verdicts)
        effective = [copy.allows(p) if copy.recalls(p) is None else copy.recalls(p) for p in range(count)]
        return sum(one and other for one, other in zip(effective, head, strict=True)) / count

    def _agreement(self, one: int, other: int) -> float:
        """Share of principals whom both versions allow."""
        if (one, other) not in self._agreed:
            both = zip(self.fleet.source.versions[one], self.fleet.source.versions[other], strict=True)
            allowed = [a and b for a, b in both]
            self._agreed[one, other] = sum(allowed) / len(allowed)
        return self._agreed[one, other]
