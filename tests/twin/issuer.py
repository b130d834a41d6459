"""The slow twin's issuer: every ask, pull and revocation an event."""

from __future__ import annotations

from collections.abc import Generator
from math import inf, nan
from typing import Any

import simpy

from churnsim.engine import Stream, Streams
from churnsim.model.bundle.pull import PullBundle
from churnsim.model.issuer import Issuer as IssuerRecipe
from tests.twin.clock import INTENT, REQUEST, Clock, draw
from tests.twin.desk import Desk
from tests.twin.key import Key, Ring, follow
from tests.twin.point import Door, Point


class Credential:
    """What an identity holds: valid from `issued` until it expires, or until a point refuses it."""

    def __init__(
        self, identity: Identity, *, asked: float, issued: float, expires: float, due: float, tries: int
    ) -> None:
        self.identity = identity
        self.serial = len(identity.credentials) + 1
        self.asked = asked
        self.issued = issued
        self.expires = expires
        self.due = due
        self.tries = tries
        self.revoked = nan
        self.key: Key | None = None
        self.refused: dict[Point, float] = {}  # which points refuse it as revoked, since when [s]
        self.silent: set[Point] = set()  # which points get no answer about it now
        self.silences: list[list[float]] = []  # number of the point, from when and until when [s]
        self.windows = {point: point.windows(self) for point in identity.issuer.points}

    def lane(self, purpose: str, *more: int) -> int:
        """Random lane of its holder in one of the issuer's streams."""
        return self.identity.lane(purpose, *more)


class Identity:
    """Somebody the issuer knows, a unit or a thief with a unit's identity, with all credentials so far."""

    def __init__(self, issuer: Issuer, owner: Any, thief: Any, workload: str, lane: tuple[int, ...]) -> None:
        self.issuer = issuer
        self.owner = owner
        self.thief = thief
        self.renewer = None if owner is None else owner.fleet.renewer(owner.slot)  # thieves ask themselves
        if self.renewer is not None:
            self.renewer.identities.append(self)
        self.line = None if owner is None else owner.fleet.lines.get(("issuer", owner.slot))
        self.credentials: list[Credential] = []
        self.doors = [Door(point, self) for point in issuer.points]
        self.robbers: list[Any] = []  # thieves with one of its credentials
        self.has_ended = False
        self.workload = workload
        self.place = lane
        self.visit: Any = None  # what it has at a desk
        self._is_calm = False
        self._process: simpy.Process | None = None
        self._renewals = issuer.stream(f"renewal/{workload}")
        self._retries = issuer.stream(f"retry/{workload}")
        self._workload = workload
        self._name = (*lane[:2], *(each + 1 for each in lane[2:])) if thief else (*lane, 0, 0)
        self._lane = self._renewals.lane(*lane)
        self._retry_lane = self._retries.lane(*lane)

    @property
    def identity(self) -> Identity:
        """Itself: a unit holds its connections by its identity, a thief by what it has besides."""
        return self

    @property
    def is_gone(self) -> bool:
        """Whether the unit is; a thief never is."""
        return self.owner is not None and self.owner.is_gone

    def lane(self, purpose: str, *more: int) -> int:
        """Random lane in one of the issuer's streams for this workload."""
        return self.issuer.stream(f"{purpose}/{self._workload}").lane(*self._name, *more)

    @property
    def reaches(self) -> bool:
        """Whether nothing lies between it and the issuer."""
        return self.line is None or self.line.is_up

    @property
    def held_until(self) -> float:
        """When the newest credential it holds expires [s]; a thief begins with the stolen one."""
        if self.credentials:
            return self.credentials[-1].expires
        return float(self.thief.stolen.expires) if self.thief else -inf

    @property
    def unit(self) -> Any:
        """Whose identity it is."""
        return self.owner if self.thief is None else self.thief.unit

    @property
    def fleet_number(self) -> int:
        """Number of the workload."""
        return int(self.unit.fleet.number)

    def attest(self) -> Generator[simpy.Event, Any, None]:
        """Prove who it is, before it first asks."""
        law, clock = self.issuer.recipe.attestation, self.issuer.clock
        stream = self.issuer.stream(f"attestation/{self.workload}")
        wait = draw(law, stream, stream.lane(*self.place), 0)
        if wait > 0:
            yield clock.at(clock.now + wait, REQUEST)

    def interval(self, serial: int) -> float:
        """Time [s] from the issue of credential number `serial` until the next falls due."""
        issuer = self.issuer
        uniform = self._renewals.uniform(self._lane, serial)
        return float(issuer.recipe.renewal.interval(issuer.recipe.ttl, uniform))

    def ask(self, asked: float) -> Generator[simpy.Event, Any, None]:
        """Ask until answered; a credential that fell due at `asked` [s]."""
        issuer, clock, retry = self.issuer, self.issuer.clock, self.issuer.recipe.retry
        tries, at_door = 0, False
        while True:
            if self.renewer is not None and not self.renewer.is_up:
                yield self.renewer.turn(self)
                if self.has_ended:
                    return
                at_door = False
                continue
            if issuer.is_up and self.reaches:
                if issuer.desk is None:
                    break
                signed = yield from issuer.desk.visit(self, asked, tries, at_door)
                if self.has_ended:
                    return
                if signed:
                    break
            tries += 1
            if self.renewer is not None and not self.renewer.is_up:
                continue  # What it had at the desk is lost.
            at_door = retry.waits_for_recovery and issuer.is_up and self.reaches
            if at_door:
                continue
            if retry.waits_for_recovery:
                yield issuer.recovery if self.reaches else self.line.recovery
            else:
                index = tries + (len(self.credentials) << 24)
                left = max(self.held_until - clock.now, 0.0)
                uniform = self._retries.uniform(self._retry_lane, index)
                pause = retry.delay(tries, clock.now - asked, left, uniform)
                yield clock.at(clock.now + pause, REQUEST)
            if self.has_ended:
                return
        now, serial = clock.now, len(self.credentials) + 1
        issuer.note(
            Credential(
                self, asked=asked, issued=now, expires=now + issuer.recipe.ttl,
                due=now + self.interval(serial), tries=tries,
            )
        )  # fmt: skip

    def live(self, due: float) -> None:
        """Renew from now on, first at `due` [s]."""
        self._process = self.issuer.clock.env.process(self._renew(due))

    def inherit(self, issued: float, due: float) -> None:
        """Hold a credential from before the start [s], and renew it when it falls due [s]."""
        expires = issued + self.issuer.recipe.ttl
        self.issuer.note(Credential(self, asked=issued, issued=issued, expires=expires, due=due, tries=0))
        self.live(due)

    def leave(self) -> None:
        """Ask for nothing any more."""
        self.has_ended = True
        if self.issuer.ring is not None:
            self.issuer.ring.replaced(self)
        if self.visit is not None:
            self.issuer.desk.withdraw(self.visit)

    def end(self) -> None:
        """Be gone, and perhaps have everything revoked."""
        self.leave()
        law, clock = self.issuer.recipe.revocation.at_end, self.issuer.clock
        for door in self.doors:
            door.close(clock.now)
        if law is None:
            return
        delay = float(law.inverse(Stream.uniform(self.lane("recall"), 0)))
        for credential in self.credentials:
            if delay:
                clock.call(clock.now + delay, INTENT, self.issuer.revoke, credential)
            else:
                self.issuer.revoke(credential)

    def hurry(self) -> None:
        """Ask for a fresh credential now, unless one has been asked for already."""
        if self._is_calm and self._process is not None and not self.has_ended:
            self._process.interrupt()

    def _renew(self, due: float) -> Generator[simpy.Event, Any, None]:
        clock = self.issuer.clock
        while True:
            self._is_calm = True
            try:
                yield clock.at(due, REQUEST)
            except simpy.Interrupt:
                due = clock.now
            self._is_calm = False
            if self.has_ended:
                return
            yield from self.ask(due)
            if self.has_ended:
                return
            due = self.credentials[-1].due


class Issuer:
    """Signs credentials while it is up."""

    def __init__(
        self, number: int, name: str, recipe: IssuerRecipe, clock: Clock, streams: Streams, on_change: Any
    ) -> None:
        self.number = number
        self.name = name
        self.recipe = recipe
        self.clock = clock
        self.on_change = on_change
        self.credentials: list[Credential] = []
        self.revocations: list[Credential] = []  # in order of record
        self.outages: list[list[float]] = []
        self.recovery = clock.env.event()
        self.needs: list[Any] = []
        self.is_blocked = False
        self.desk: Any = None if recipe.capacity is None else Desk(recipe.capacity, name, self, clock)
        self._faults = 0
        self._streams: dict[str, Stream] = {}
        self._source = streams
        self.points: list[Point] = []
        self.points += [Point(self, number) for number in range(recipe.verification.points)]
        self.ring = Ring(self) if recipe.keys is not None else None
        if self.ring is not None and recipe.keys is not None:
            for point in self.points:
                point.use(-1, frozenset(self.ring.published))
                if isinstance(recipe.keys.bundle, PullBundle):
                    clock.env.process(follow(point, self.stream("bundle")))
        for point in self.points:
            point.live()

    def stream(self, purpose: str) -> Stream:
        """Return the issuer's stream of that purpose, made once."""
        if purpose not in self._streams:
            self._streams[purpose] = self._source.named(f"issuers/{self.name}/{purpose}")
        return self._streams[purpose]

    @property
    def is_up(self) -> bool:
        """Whether it answers."""
        return self._faults == 0 and not self.is_blocked

    def block(self) -> None:
        """Have yet to start."""
        self.is_blocked = True
        self.outages.append([self.clock.now, inf])

    def fail(self) -> None:
        """Stop answering."""
        was_up = self.is_up
        self._faults += 1
        if was_up:
            self.outages.append([self.clock.now, inf])
            self.recovery = self.clock.env.event()
            if self.desk is not None:
                self.desk.fail()

    def recover(self) -> None:
        """Answer again, once every failure is over and what it needs is up."""
        self._faults -= 1
        self.is_blocked = True
        self.look()

    def look(self) -> None:
        """Start if nothing is in the way."""
        if self._faults == 0 and self.is_blocked and all(service.is_up for service in self.needs):
            self.is_blocked = False
            self.outages[-1][1] = self.clock.now
            self.recovery.succeed()

    def note(self, credential: Credential) -> None:
        """Hand a new credential over, and see to it that its expiry is noticed at every point."""
        self.credentials.append(credential)
        credential.identity.credentials.append(credential)
        if self.ring is not None:
            credential.key = self.ring.active
            self.ring.replaced(credential.identity)
        for point in self.points:
            point.meet(credential)
        self.on_change(credential.identity, credential)

    def revoke(self, credential: Credential) -> None:
        """Record that a credential must no longer be accepted; what has run out need not be revoked."""
        if credential.revoked != credential.revoked and self.clock.now < credential.expires:
            credential.revoked = self.clock.now
            self.revocations.append(credential)
            for point in self.points:
                point.tell(credential)
