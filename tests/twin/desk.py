"""The slow twin's desk: a plain list of who waits, tokens that are counted, every answer an event."""

from __future__ import annotations

from collections.abc import Generator
from math import log, nan, prod
from typing import Any

import simpy

from churnsim.model.capacity import Capacity
from tests.twin.clock import ANSWER, PATIENCE, REQUEST, SERVE, Clock, draw

ROUNDING = 1e-9  # of a token


class Visit:
    """One request of an identity, its `attempt`-th for one credential."""

    def __init__(self, identity: Any, asked: float, attempt: int, clock: Clock) -> None:
        self.identity = identity
        self.asked = asked
        self.attempt = attempt
        self.serial = len(identity.credentials) + 1
        self.arrived = self.began = self.ended = self.concluded = nan
        self.outcome = "waiting"
        self.clock_rings = 0.0  # in random order
        self.answer = clock.env.event()

    @property
    def is_concluded(self) -> bool:
        """Whether its holder is done with it."""
        return self.outcome != "waiting"


class Desk:
    """Signers of one issuer and who waits for them."""

    def __init__(self, recipe: Capacity, name: str, issuer: Any, clock: Clock) -> None:
        self.recipe = recipe
        self.name = name
        self.issuer = issuer
        self.clock = clock
        self.visits: list[Visit] = []  # all that arrived
        self.factors: list[float] = []  # of brown-outs
        self.line: list[Visit] = []  # in order of arrival
        self._signing: list[Visit] = []
        self._arriving: list[Visit] = []
        self._door: list[Visit] = []
        self._tokens = float(recipe.burst)
        self._counted = clock.start
        self._rang = 0.0

    def visit(
        self, identity: Any, asked: float, attempt: int, at_door: bool
    ) -> Generator[simpy.Event, Any, bool]:
        """Ask, and wait until there is an outcome; tell whether it was signed."""
        visit = Visit(identity, asked, attempt, self.clock)
        (self._door if at_door else self._arriving).append(visit)
        identity.visit = visit
        self._call()
        yield visit.answer
        identity.visit = None
        return visit.outcome == "signed"

    def withdraw(self, visit: Visit) -> None:
        """Its holder is gone, and leaves room for who waits at the door."""
        self._conclude(visit, "withdrawn")
        self._call()

    def fail(self) -> None:
        """Everything that is here has failed."""
        here = self.line + self._signing
        self.line, self._signing = [], []
        door, self._door = self._door, []
        for visit in here:
            visit.ended = self.clock.now
        for visit in here + door:
            if not visit.is_concluded:
                self._conclude(visit, "failed")

    def _call(self) -> None:
        self.clock.call(self.clock.now, SERVE, self._serve)

    def _serve(self) -> None:
        self._fill()
        arriving, self._arriving = self._arriving, []
        for visit in sorted(arriving, key=lambda v: (v.asked, v.identity.fleet_number, v.identity.place)):
            self._arrive(visit)
        while self._door and (self._is_free or len(self.line) < self.recipe.queue.most):
            wait = self._until_token()
            if wait > 0:
                self.clock.call(self.clock.now + wait, REQUEST, self._call)
                return
            self._arrive(self._door.pop(0))

    def _arrive(self, visit: Visit) -> None:
        if visit.is_concluded:
            return
        now, recipe = self.clock.now, self.recipe
        visit.arrived = now
        self.visits.append(visit)
        if self._until_token() > 0:
            self._refuse(visit, "limited")
            return
        self._tokens -= 1
        if self._is_free:
            self._begin(visit)
        elif len(self.line) < recipe.queue.most:
            identity = visit.identity
            stream = self.issuer.stream(f"queue/{identity.workload}")
            visit.clock_rings = self._rang - log(self._uniform(stream, visit))
            self.line.append(visit)
        else:
            self._refuse(visit, "full")
            return
        if recipe.timeout is not None:
            self.clock.call(now + recipe.timeout, PATIENCE, self._give_up, visit)

    def _fill(self) -> None:
        while self.line and self._is_free:
            match self.recipe.queue.kind:  # type: ignore[attr-defined]
                case "fifo":
                    visit = self.line[0]
                case "lifo":
                    visit = self.line[-1]
                case "newest-first":
                    visit = max(self.line, key=lambda v: v.identity.unit.booted)
                case "random":
                    visit = min(self.line, key=lambda v: v.clock_rings)
                case kind:
                    raise LookupError(f"the slow twin knows no queue {kind}")
            self.line.remove(visit)
            self._rang = visit.clock_rings
            self._begin(visit)

    def _begin(self, visit: Visit) -> None:
        identity, now = visit.identity, self.clock.now
        stream = self.issuer.stream(f"service/{identity.workload}")
        index = visit.attempt + ((visit.serial - 1) << 24)
        visit.began = now
        self._signing.append(visit)
        service = draw(self.recipe.service, stream, stream.lane(*identity.place), index)
        service *= prod(sorted(self.factors))
        if service > 0:
            self.clock.call(now + service, ANSWER, self._done, visit)
        else:
            self._done(visit)

    def _done(self, visit: Visit) -> None:
        if visit not in self._signing:
            return
        self._signing.remove(visit)
        visit.ended = self.clock.now
        if not visit.is_concluded:
            self._conclude(visit, "signed")
        self._call()

    def _give_up(self, visit: Visit) -> None:
        if not visit.is_concluded:
            self._conclude(visit, "timed-out")
            self._call()

    def _refuse(self, visit: Visit, reason: str) -> None:
        visit.ended = self.clock.now
        self._conclude(visit, reason)

    def _conclude(self, visit: Visit, outcome: str) -> None:
        visit.outcome, visit.concluded = outcome, self.clock.now
        if visit in self.line and self.recipe.abandoned == "dropped":
            self.line.remove(visit)
            visit.ended = self.clock.now
        visit.answer.succeed()

    @property
    def _is_free(self) -> bool:
        return len(self._signing) < self.recipe.signers

    def _until_token(self) -> float:
        """Time until there is a token [s]; 0: now."""
        rate = self.recipe.rate
        if rate is None:
            return 0.0
        now = self.clock.now
        self._tokens = min(self._tokens + (now - self._counted) * rate, float(self.recipe.burst))
        self._counted = now
        return 0.0 if self._tokens >= 1 - ROUNDING else (1 - self._tokens) / rate

    def _uniform(self, stream: Any, visit: Visit) -> float:
        index = visit.attempt + ((visit.serial - 1) << 24)
        return float(stream.uniform(stream.lane(*visit.identity.place), index))
