"""The roster: which units of a workload are wanted, by revision, and who is given up first."""

from __future__ import annotations

from collections import defaultdict
from heapq import heappop, heappush

from churnsim.model.unit import Unit


class Roster:
    """Units that are wanted: those not told to stop, and lost ones that nobody has replaced."""

    def __init__(self) -> None:
        self._groups: defaultdict[int, _Group] = defaultdict(_Group)
        self._leaving: defaultdict[int, int] = defaultdict(int)

    def join(self, unit: Unit) -> None:
        """Take in a unit that is not ready yet."""
        self._groups[unit.revision].coming[unit] = None

    def rise(self, unit: Unit) -> None:
        """Take notice that a unit is ready."""
        self._groups[unit.revision].rise(unit)

    def sink(self, unit: Unit) -> None:
        """Take notice that a ready unit is lost with its node, and has yet to be replaced."""
        group = self._groups[unit.revision]
        if unit in group.ready:
            del group.ready[unit]
            group.coming[unit] = None

    def strike(self, unit: Unit) -> None:
        """Strike a unit off that is wanted no longer."""
        group = self._groups[unit.revision]
        group.ready.pop(unit, None)
        group.coming.pop(unit, None)
        if not group.ready and not group.coming:
            del self._groups[unit.revision]

    def drain(self, unit: Unit, by: int) -> None:
        """Take notice that a unit begins to drain (1), or has drained (-1)."""
        self._leaving[unit.revision] += by
        if not self._leaving[unit.revision]:
            del self._leaving[unit.revision]

    def leaving(self, revision: int) -> int:
        """How many units of other revisions drain."""
        return sum(number for each, number in self._leaving.items() if each != revision)

    def ready(self, revision: int) -> int:
        """How many units of a revision are ready."""
        return len(self._groups[revision].ready) if revision in self._groups else 0

    def coming(self, revision: int) -> int:
        """How many units of a revision are wanted and not ready."""
        return len(self._groups[revision].coming) if revision in self._groups else 0

    def others(self, revision: int) -> tuple[int, int]:
        """How many units of other revisions are ready, and how many are not."""
        others = [group for each, group in self._groups.items() if each != revision]
        return sum(len(group.ready) for group in others), sum(len(group.coming) for group in others)

    def first(self, revision: int, routed: int) -> Unit:
        """Return who of other revisions is given up first: who is not ready, then the youngest.

        Those of the revision to which callers are sent go last.
        """
        others = [group for each, group in self._groups.items() if each not in (revision, routed)]
        if not any(group.ready or group.coming for group in others):
            others = [self._groups[routed]]
        coming = [unit for group in others for unit in group.coming]
        if coming:
            return min(coming, key=lambda unit: (-unit.is_stopped, unit.state, -unit.id))
        return max(
            (group.youngest for group in others if group.ready), key=lambda unit: (unit.ready, unit.id)
        )

    def members(self, revision: int) -> list[Unit]:
        """Return the ready units of a revision, in order of readiness."""
        return list(self._groups[revision].ready)

    def strangers(self, revision: int) -> list[Unit]:
        """Return the ready units of other revisions."""
        others = [group for each, group in self._groups.items() if each != revision]
        return [unit for group in others for unit in group.ready]


class _Group:
    """Wanted units of one revision; ready ones also by when they became so, the youngest on top."""

    def __init__(self) -> None:
        self.coming: dict[Unit, None] = {}
        self.ready: dict[Unit, None] = {}
        self._ages: list[tuple[float, int, Unit]] = []

    def rise(self, unit: Unit) -> None:
        self.coming.pop(unit, None)
        self.ready[unit] = None
        heappush(self._ages, (-unit.ready, -unit.id, unit))

    @property
    def youngest(self) -> Unit:
        while self._ages[0][2] not in self.ready:
            heappop(self._ages)
        return self._ages[0][2]
