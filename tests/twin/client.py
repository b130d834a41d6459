"""The slow twin's clients of a function: every request a process that finds a unit, waits and is served."""

from __future__ import annotations

from collections.abc import Generator
from math import inf, log, nan
from typing import Any

import simpy

from tests.twin.clock import DISPATCH, draw
from tests.twin.fate import fates, lets_in
from tests.twin.load import Load

_PARTS = 200  # halvings until the instant of a request is found


class Request:
    """A request, and what becomes of it."""

    def __init__(self, number: int, arrived: float) -> None:
        self.number = number
        self.arrived = arrived
        self.began = self.ended = nan
        self.unit: Any = None
        self.outcome = "open"
        self.wished = 1.0  # share of callers whom the policy means to let through, as it is judged
        self.met: dict[str, float] = {}

    def fates(self) -> dict[str, float]:
        """What becomes of it at last, by outcome."""
        lost = {"throttled": "throttled", "cut-short": "dead_endpoint"}.get(self.outcome)
        if lost is None and self.began == self.began:
            return self.met
        return {lost or "no_endpoint": self.wished, "denied": 1.0 - self.wished}


class Clients:
    """All who send requests to one function.

    Parameters
    ----------
    fleet : Fleet
        Whose units they are sent to.
    """

    def __init__(self, fleet: Any) -> None:
        self.fleet = fleet
        self.clock = fleet.clock
        self.requests: list[Request] = []
        self._held: dict[Any, list[Request]] = {}
        self._opened: dict[Any, simpy.Event] = {}
        self._closed: dict[Any, simpy.Event] = {}
        self._leaving: set[Any] = set()
        self._visits: dict[Any, int] = {}
        self._load = Load(
            fleet.recipe.requests, fleet.stream(f"workloads/{fleet.name}/traffic"), self.clock.start
        )
        self._stream = fleet.stream(f"workloads/{fleet.name}/invocations")
        self.clock.env.process(self._come())

    def settle(self) -> None:
        """Count what became of all that came in the window."""
        world = self.fleet.world
        for request in self.requests:
            if request.arrived < world.t0:
                continue
            found = request.fates()
            self.fleet.meter.intended += sum(found.get(name, 0.0) for name in world.probe.intended)
            self.fleet.meter.served += found.get("served", 0.0)
            for name, share in found.items():
                world.probe.bucket(self.fleet.name, request.arrived)[name] += share

    # --- units ---------------------------------------------------------------------------------------

    def expect(self, unit: Any) -> None:
        """Take notice of a unit that is there, though it may not be ready."""
        self._held[unit], self._visits[unit] = [], 0
        self._opened[unit], self._closed[unit] = self.clock.env.event(), self.clock.env.event()

    def welcome(self, unit: Any, first: int) -> None:
        """Take notice of a unit that is ready, and was started for a request."""
        self._opened[unit].succeed()
        if not self._held[unit]:
            self._rest(unit, first)

    def keeps(self, unit: Any) -> bool:
        """Whether a unit whose lifetime is over has something to do first."""
        if self._held[unit]:
            self._leaving.add(unit)
        return bool(self._held[unit])

    def dismiss(self, unit: Any) -> None:
        """Take notice of a unit that is gone."""
        self._closed[unit].succeed()

    # --- requests ------------------------------------------------------------------------------------

    def _come(self) -> Generator[simpy.Event, Any, None]:
        level = 0.0
        while True:
            number = len(self.requests)
            level -= log(self._stream.uniform(self._stream.lane(0), number))
            when = self._reached(level)
            if when >= self.clock.end:
                return
            yield self.clock.at(when, DISPATCH)
            request = Request(number, when)
            self.requests.append(request)
            self.clock.env.process(self._call(request))

    def _reached(self, level: float) -> float:
        """When so many requests are to be expected since the start [s]."""
        low, high = self.clock.start, self.clock.end
        if self._load.offered(low, high) <= level:
            return inf
        for _ in range(_PARTS):
            middle = (low + high) / 2
            if self._load.offered(self.clock.start, middle) < level:
                low = middle
            else:
                high = middle
        return high

    def _call(self, request: Request) -> Generator[simpy.Event, Any, None]:
        clock, recipe = self.clock, self.fleet.recipe
        self._judge(request)
        unit = self._found()
        if unit is None and self.fleet.target < recipe.limit:
            unit = self.fleet.fill(request.number)
        if unit is None:
            request.outcome = "throttled"
            return
        request.unit = unit
        self._held[unit].append(request)
        self._visits[unit] += 1
        if not self._opened[unit].triggered:
            patience = clock.env.event()
            if recipe.patience is not None:
                patience = clock.at(clock.now + recipe.patience, DISPATCH)
            yield self._opened[unit] | self._closed[unit] | patience
        if self._closed[unit].triggered:
            self._end(request, "cut-short")
        elif not self._opened[unit].triggered:
            self._end(request, "gave-up")
        else:
            request.began = clock.now
            self._judge(request)
            request.met = self._meets(unit)
            takes = draw(recipe.service, self._stream, self._stream.lane(1), request.number)
            done = clock.at(clock.now + takes, DISPATCH)
            yield done | self._closed[unit]
            self._end(request, "cut-short" if self._closed[unit].triggered else "done")

    def _end(self, request: Request, outcome: str) -> None:
        unit = request.unit
        request.ended, request.outcome = self.clock.now, outcome
        self._held[unit].remove(request)
        if self._closed[unit].triggered or self._held[unit]:
            return
        if unit in self._leaving:
            unit.stop()
        elif unit.ready == unit.ready:
            self._rest(unit, request.number)

    def _rest(self, unit: Any, number: int) -> None:
        """Let a unit that has nothing to do go some time later, unless somebody comes before."""
        recipe = self.fleet.recipe
        if unit.slot >= recipe.kept:
            stay = draw(recipe.keep_alive, self._stream, self._stream.lane(2), number)
            self.clock.call(self.clock.now + stay, DISPATCH, self._let_go, unit, self._visits[unit])

    def _let_go(self, unit: Any, visits: int) -> None:
        if self._visits[unit] == visits:
            unit.stop("idle")

    def _found(self) -> Any:
        """Who takes a request now: of the ready ones a kept one or the newest, else who came first."""
        recipe, places = self.fleet.recipe, self.fleet.recipe.concurrency
        there = [
            unit
            for unit in self.fleet.units
            if not unit.is_stopped and unit not in self._leaving and len(self._held[unit]) < places
        ]
        ready = [unit for unit in there if unit.ready == unit.ready]
        coming = [unit for unit in there if unit.ready != unit.ready]
        if ready:
            return max(ready, key=lambda unit: (unit.slot < recipe.kept, unit.number))
        return min(coming, key=lambda unit: unit.number) if coming else None

    def _judge(self, request: Request) -> None:
        head = self._head()
        request.wished = sum(head) / len(head)

    def _head(self) -> list[bool]:
        source = self.fleet.source
        return source.versions[source.head] if source is not None else [True]

    def _meets(self, unit: Any) -> dict[str, float]:
        """What a request would meet at a unit now: each caller, at each point."""
        accepted = 1.0
        if unit.identity is not None:
            held, doors, now = unit.identity.credentials, unit.identity.doors, self.clock.now
            accepted = sum(door.point.weight for door in doors if lets_in(door, held, now))
        met: dict[str, float] = {}
        head = self._head()
        for principal, is_intended in enumerate(head):
            for name, part in fates(unit, 1.0, accepted, principal, is_intended).items():
                met[name] = met.get(name, 0.0) + part / len(head)
        return met
