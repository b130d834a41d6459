"""The slow twin's issuer: every ask, pull and revocation an event."""

from __future__ import annotations

from collections.abc import Generator
from math import inf, nan
from typing import Any

import simpy

from churnsim.engine import Stream, Streams
from churnsim.model.bundle.pull import PullBundle
from churnsim.model.issuer import Issuer as IssuerRecipe
from tests.twin.clock import ARRIVAL, REQUEST, Clock, draw, renewal_points
from tests.twin.desk import Desk
from tests.twin.key import Key, Ring, follow


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


class Point:
    """A place where credentials are checked, with a clock of its own and a list of revoked credentials."""

    def __init__(self, issuer: Issuer, number: int, skew: float, weight: float) -> None:
        self.issuer = issuer
        self.number = number
        self.skew = skew
        self.weight = weight
        self._known = 0  # length of the list it has
        self.keys: frozenset[Key] = frozenset()
        self.known: list[list[Any]] = []  # key, since when, until when [s]
        self._bundle = -2  # number of the bundle in use
        self._sent = 0

    def until(self, credential: Credential) -> float:
        """Instant [s] at which it takes a credential for expired: its clock shows true time plus skew."""
        return credential.expires + self.issuer.recipe.verification.leeway - self.skew

    def accepts(self, credentials: list[Credential], now: float) -> bool:
        """Whether any of them, sorted by issue, would be accepted now."""
        for credential in reversed(credentials):
            if now >= self.until(credential):
                return False  # and so is every earlier one
            if credential.issued <= now and self not in credential.refused and self.knows(credential.key):
                return True
        return False

    def knows(self, key: Key | None) -> bool:
        """Whether it can verify what a key has signed."""
        return key is None or key in self.keys

    def be_sent(self, name: int, bundle: frozenset[Key]) -> None:
        """Be sent the bundle after a change of that name; it arrives after a delay."""
        issuer = self.issuer
        streams, rule = issuer.stream(f"issuers/{issuer.name}/bundle"), issuer.recipe.keys.bundle
        delay = draw(rule.delay, streams, streams.lane(self.number, 1), name)
        self._sent += 1
        issuer.clock.call(issuer.clock.now + delay, ARRIVAL, self.use, self._sent, bundle)

    def use(self, number: int, bundle: frozenset[Key]) -> None:
        """Have a bundle in force from now on, unless a later one came before."""
        now = self.issuer.clock.now
        if number <= self._bundle:
            return
        self._bundle = number
        if bundle == self.keys:
            return
        for row in self.known:
            if row[2] == inf and row[0] not in bundle:
                row[2] = now
        self.known += [[key, now, inf] for key in bundle - self.keys]
        self.keys = bundle
        for identity in {c.identity: None for c in self.issuer.credentials}:
            self.issuer.on_change(identity)

    def pull(self, streams: Stream) -> Generator[simpy.Event, Any, None]:
        """Fetch the list again and again; what was read is applied after a delay."""
        issuer, clock = self.issuer, self.issuer.clock
        rule: Any = issuer.recipe.revocation
        lane, delays = streams.lane(self.number, 0), streams.lane(self.number, 1)
        for number, when in enumerate(renewal_points(rule.every, streams, lane, clock.start)):
            yield clock.at(when, ARRIVAL)
            delay = draw(rule.delay, streams, delays, number)
            clock.call(clock.now + delay, ARRIVAL, self._apply, len(issuer.revocations))

    def _apply(self, length: int) -> None:
        for credential in self.issuer.revocations[self._known : length]:
            credential.refused[self] = self.issuer.clock.now
            self.issuer.on_change(credential.identity)
        self._known = max(self._known, length)  # A list that was overtaken changes nothing.


class Identity:
    """Somebody the issuer knows, a unit or a thief with a unit's identity, with all credentials so far."""

    def __init__(self, issuer: Issuer, owner: Any, thief: Any, workload: str, lane: tuple[int, ...]) -> None:
        self.issuer = issuer
        self.owner = owner
        self.thief = thief
        self.renewer = None if owner is None else owner.fleet.renewer(owner.slot)  # thieves ask themselves
        if self.renewer is not None:
            self.renewer.identities.append(self)
        self.credentials: list[Credential] = []
        self.has_ended = False
        self.workload = workload
        self.place = lane
        self.visit: Any = None  # what it has at a desk
        self._is_calm = False
        self._process: simpy.Process | None = None
        prefix = f"issuers/{issuer.name}"
        self._renewals = issuer.stream(f"{prefix}/renewal/{workload}")
        self._retries = issuer.stream(f"{prefix}/retry/{workload}")
        self._lane = self._renewals.lane(*lane)
        self._retry_lane = self._retries.lane(*lane)

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
        stream = self.issuer.stream(f"issuers/{self.issuer.name}/attestation/{self.workload}")
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
            if issuer.is_up:
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
            at_door = retry.waits_for_recovery and issuer.is_up
            if at_door:
                continue
            if retry.waits_for_recovery:
                yield issuer.recovery
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
        if self.issuer.recipe.revocation.at_end:
            for credential in self.credentials:
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
        skew, count = recipe.verification.skew, recipe.verification.points
        clocks = streams.named(f"issuers/{name}/skew")
        self.points = [
            Point(self, i, float(skew.inverse(clocks.uniform(clocks.lane(0), i))), 1.0 / count)
            for i in range(count)
        ]
        self.ring = Ring(self) if recipe.keys is not None else None
        if self.ring is not None and recipe.keys is not None:
            for point in self.points:
                point.use(-1, frozenset(self.ring.published))
                if isinstance(recipe.keys.bundle, PullBundle):
                    clock.env.process(follow(point, streams.named(f"issuers/{name}/bundle")))
        if recipe.revocation.revokes:
            for point in self.points:
                clock.env.process(point.pull(streams.named(f"issuers/{name}/revocation")))

    def stream(self, name: str) -> Stream:
        """Return the named stream, made once."""
        if name not in self._streams:
            self._streams[name] = self._source.named(name)
        return self._streams[name]

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
        self.on_change(credential.identity, credential)

    def revoke(self, credential: Credential) -> None:
        """Record that a credential must no longer be accepted; what has run out need not be revoked."""
        if credential.revoked != credential.revoked and self.clock.now < credential.expires:
            credential.revoked = self.clock.now
            self.revocations.append(credential)
