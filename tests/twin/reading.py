"""The slow twin's desk for first reads: a line, so many served at a time, each answer an event."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

from tests.twin.clock import ANSWER, PATIENCE, SERVE, Clock


class Visit:
    """One read: `over` succeeds with whether it was answered."""

    def __init__(self, place: tuple[str, int, int], work: float, clock: Clock) -> None:
        self.place = place
        self.work = work
        self.over = clock.env.event()


class ReadingDesk:
    """Who answers first reads; who has given up is answered all the same."""

    def __init__(self, recipe: Any, source: Any) -> None:
        self.recipe = recipe
        self.source = source
        self.clock: Clock = source.clock
        self._coming: list[Visit] = []
        self._line: list[Visit] = []
        self._served: list[Visit] = []

    def read(self, place: tuple[str, int, int], work: float) -> Generator[simpy.Event, Any, bool]:
        """Come, and wait for the answer for as long as patience lasts."""
        visit = Visit(place, work, self.clock)
        self._coming.append(visit)
        if len(self._coming) == 1:
            self.clock.call(self.clock.now, SERVE, self._take_in)
        if self.recipe.timeout is None:
            return bool((yield visit.over))
        yield visit.over | self.clock.at(self.clock.now + self.recipe.timeout, PATIENCE)
        return visit.over.triggered and bool(visit.over.value)

    def fail(self) -> None:
        """Send everybody away."""
        lost, self._line, self._served = self._served + self._line, [], []
        for visit in lost:
            if not visit.over.triggered:
                visit.over.succeed(False)

    def _take_in(self) -> None:
        self._line += sorted(self._coming, key=lambda visit: visit.place)
        self._coming = []
        self._begin()

    def _begin(self) -> None:
        while self._line and len(self._served) < self.recipe.at_once:
            visit = self._line.pop(0)
            self._served.append(visit)
            end = self.clock.now + visit.work * self.source.slowness
            self.clock.call(end, ANSWER if end > self.clock.now else SERVE, self._end, visit)

    def _end(self, visit: Visit) -> None:
        if visit in self._served:
            self._served.remove(visit)
            visit.over.succeed(True)
            self._begin()
