"""The slow twin's owners of credentials: whoever waits for one waits for an event of its own."""

from __future__ import annotations

from math import inf
from typing import Any

import simpy

from tests.twin.clock import REQUEST, Clock


class Renewer:
    """Asks for the credentials of some units while it is up."""

    def __init__(self, clock: Clock, pace: float | None) -> None:
        self.clock = clock
        self.pace = pace
        self.outages: list[list[float]] = []
        self.identities: list[Any] = []
        self._faults = 0
        self._waiting: list[tuple[float, int, Any, simpy.Event]] = []

    @property
    def is_up(self) -> bool:
        """Whether it does its work."""
        return self._faults == 0

    def fail(self) -> None:
        """Ask for nobody."""
        self._faults += 1
        if self._faults == 1:
            self.outages.append([self.clock.now, inf])
            for identity in self.identities:
                if identity.visit is not None:
                    identity.issuer.desk.withdraw(identity.visit)

    def recover(self) -> None:
        """Ask again, once every failure is over: first for whoever has waited longest, in its own time."""
        self._faults -= 1
        if self._faults:
            return
        now = self.outages[-1][1] = self.clock.now
        waiting = sorted((each for each in self._waiting if not each[2].has_ended), key=lambda each: each[:2])
        self._waiting = []
        for place, (*_, event) in enumerate(waiting):
            wait = 0.0 if self.pace is None else place / self.pace
            self.clock.call(now + wait, REQUEST, event.succeed)

    def turn(self, identity: Any) -> simpy.Event:
        """Return the event that lets an identity go on."""
        event, unit = self.clock.env.event(), identity.owner
        self._waiting.append((self.clock.now, unit.fleet.units.index(unit), identity, event))
        return event
