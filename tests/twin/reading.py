"""The slow twin's desk for first reads and line for later ones, each answer an event."""

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

    def lose(self, place: tuple[str, int, int]) -> None:
        """Send one away, who is answered all the same."""
        for visit in self._served + self._line:
            if visit.place == place and not visit.over.triggered:
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
            if not visit.over.triggered:
                visit.over.succeed(True)
            self._begin()


class Line:
    """Where copies wait to be read to, one at a time; it stands still while the source is down."""

    def __init__(self, capacity: float, source: Any) -> None:
        self.capacity = capacity
        self.source = source
        self.clock: Clock = source.clock
        self._coming: dict[tuple[str, int, int], simpy.Event] = {}
        self._line: list[simpy.Event] = []
        self._turned = self.clock.env.event()  # the source went down or up, or its pace changed
        self._comes = self.clock.env.event()
        self.clock.env.process(self._serve())

    def ask(self, place: tuple[str, int, int]) -> simpy.Event:
        """Come; the event happens when it is one's turn to be told. Who comes twice at an instant is one."""
        if not self._coming:
            self.clock.call(self.clock.now, SERVE, self._take_in)
        return self._coming.setdefault(place, self.clock.env.event())

    def turned(self) -> None:
        """The source went down or up, or works at another pace."""
        self._turned.succeed()
        self._turned = self.clock.env.event()

    def _take_in(self) -> None:
        self._line += [event for _, event in sorted(self._coming.items(), key=lambda each: each[0])]
        self._coming = {}
        if not self._comes.triggered:
            self._comes.succeed()

    def _serve(self) -> Generator[simpy.Event, Any, None]:
        clock = self.clock
        while True:
            while not self._line:
                self._comes = clock.env.event()
                yield self._comes
            work = 1.0 / self.capacity
            while work > 0.0:
                if not self.source.is_up:
                    yield self._turned
                    continue
                began, slowness, turned = clock.now, self.source.slowness, self._turned
                done = began + work * slowness
                yield clock.at(done, ANSWER) | turned
                # What ends as an outage begins ends with it.
                work = (
                    0.0 if self.source.is_up and clock.now == done else work - (clock.now - began) / slowness
                )
                if not self.source.is_up:
                    work = max(work, 1e-12)
            self._line.pop(0).succeed()
