"""The slow twin's keys: every activation, publication, removal, pull and forced reissue an event."""

from __future__ import annotations

from collections.abc import Generator
from math import inf, nan
from typing import Any

import simpy

from churnsim.engine import Stream
from churnsim.model.bundle.pull import PullBundle
from churnsim.model.failure.key_theft import KeyTheft
from tests.twin.clock import ARRIVAL, EXPIRY, FAIL, INTENT, REQUEST, draw, renewal_points


class Key:
    """A signing key; `number` is given when it begins to sign."""

    def __init__(self, name: int, published: float) -> None:
        self.name = name
        self.number = -1
        self.published = published
        self.activated = self.deactivated = self.removed = nan
        self.withdrawals = 0
        self.is_given_up = False
        self.awaited: set[Any] | None = None  # identities to have another credential before it is removed
        self.on_reissued: Any = None


class Forger:
    """Somebody who holds a stolen key."""

    def __init__(self, issuer: Any, key: Key, time: float, detected: float) -> None:
        self.issuer = issuer
        self.key = key
        self.time = time
        self.detected = detected
        self.rotated = self.reissued = nan


class Ring:
    """An issuer's keys, and the bundle it publishes."""

    def __init__(self, issuer: Any) -> None:
        self.issuer = issuer
        self.clock = clock = issuer.clock
        self.recipe = issuer.recipe.keys
        self.published: set[Key] = set()
        self.signed: list[Key] = []
        self.forgers: list[Forger] = []
        self.withdrawals: list[list[Any]] = []
        self._told: frozenset[Key] = frozenset()
        first = Key(0, clock.start)
        self.published.add(first)
        self._sign(first)
        if self.recipe.every is not None:
            stream = issuer.stream("keys")
            for number, when in enumerate(
                renewal_points(self.recipe.every, stream, stream.lane(0), clock.start), start=1
            ):
                if when >= clock.end:
                    break
                self.plan(2 * number, when - self.recipe.prepare, when)
        self._told = frozenset(self.published)

    @property
    def active(self) -> Key:
        """The key that signs now."""
        return self.signed[-1]

    def plan(self, name: int, published: float, activated: float) -> None:
        """Let a new key be published and sign at given instants; one that never signs is not published."""
        if activated >= self.clock.end:
            return
        key = Key(name, max(published, self.clock.start))
        if published <= self.clock.start:
            self.published.add(key)
        elif published > self.clock.now:
            self.clock.call(published, INTENT, self._publish, key)
        else:
            self._publish(key)
        if activated > self.clock.now:
            self.clock.call(activated, INTENT, self._sign, key)
        else:
            self._sign(key)

    def remove(self, key: Key) -> None:
        """Drop a key for good."""
        if key.removed != key.removed:
            key.removed = self.clock.now
            self.published.discard(key)
            self.changed(key.name + 1)

    def changed(self, name: int) -> None:
        """Tell the points of another bundle, if they are told; those that pull find out."""
        bundle = frozenset(self.published)
        # A key that is dropped for good while it is missing by mistake changes nothing, nor a second mistake.
        if isinstance(self.recipe.bundle, PullBundle) or bundle == self._told:
            return
        self._told = bundle
        for point in self.issuer.points:
            point.be_sent(name, bundle)

    def replaced(self, identity: Any) -> None:
        """Somebody has no good credential of an older key any more: it has another, ended, or it ran out."""
        for key in self.signed:
            if key.awaited is not None and identity in key.awaited:
                key.awaited.discard(identity)
                if not key.awaited:
                    key.on_reissued()

    def fail(self) -> Any:
        """Drop the active key from the bundle by mistake; return what puts it back."""
        key, first = self.active, 1 << 41
        row = [key, self.clock.now, inf]
        self.withdrawals.append(row)
        key.withdrawals += 1
        self.published.discard(key)
        self.changed(first + 2 * self.withdrawals.index(row))

        def restore() -> None:
            row[2] = self.clock.now
            key.withdrawals -= 1
            if not key.withdrawals and key.removed != key.removed:
                self.published.add(key)
                # Of two that end at one instant, the earlier one names the change.
                over = [mistake[0] is key and mistake[2] == self.clock.now for mistake in self.withdrawals]
                self.changed(first + 2 * over.index(True) + 1)

        return restore

    def _publish(self, key: Key) -> None:
        self.published.add(key)
        self.changed(key.name)

    def _sign(self, key: Key) -> None:
        key.number, key.activated = len(self.signed), self.clock.now
        if self.signed:
            old = self.active
            old.deactivated = self.clock.now
            self.clock.call(self.clock.now + self.issuer.recipe.retire, INTENT, self.remove, old)
        self.signed.append(key)


def follow(point: Any, streams: Stream) -> Generator[simpy.Event, Any, None]:
    """Pull the bundle again and again; what was read is used after a delay."""
    issuer, clock = point.issuer, point.issuer.clock
    rule = issuer.recipe.keys.bundle
    lane, delays = streams.lane(point.number, 0), streams.lane(point.number, 1)
    for number, when in enumerate(renewal_points(rule.every, streams, lane, clock.start)):
        yield clock.at(when, ARRIVAL)
        delay = draw(rule.delay, streams, delays, number)
        clock.call(clock.now + delay, ARRIVAL, point.use, number, frozenset(issuer.ring.published))


def forge(recipe: KeyTheft, number: int, when: float, stream: Stream, world: Any) -> None:
    """Steal the active key at an instant [s], and answer once it is noticed."""
    issuer = world.issuers[recipe.issuer]
    clock, ring = issuer.clock, issuer.ring
    if ring is None or when >= clock.end:
        return
    detected = when + draw(recipe.detected, stream, stream.lane(2), number)

    def steal() -> None:
        ring.forgers.append(Forger(issuer, ring.active, when, detected))
        if recipe.response is not None:
            after = draw(recipe.response.after, stream, stream.lane(3), number)
            clock.call(detected + after, INTENT, answer, ring.forgers[-1])

    def answer(forger: Forger) -> None:
        assert recipe.response is not None
        key = forger.key
        if key.is_given_up or key.removed == key.removed:
            return
        key.is_given_up = True
        lead = recipe.response.prepare
        lead = ring.recipe.prepare if lead is None else lead
        if key is not ring.active:
            rotate(forger)
            return
        name = (1 << 40) + 2 * ring.forgers.index(forger)
        at_once = recipe.response.remove == "at-once"
        if at_once and lead == 0:
            # The new key comes as the old one goes: one change of the bundle.
            key.removed = clock.now
            ring.published.discard(key)
        ring.plan(name, clock.now, clock.now + lead)
        if lead > 0:
            clock.call(clock.now + lead, INTENT, rotate, forger)
        else:
            rotate(forger)

    def rotate(forger: Forger) -> None:
        assert recipe.response is not None
        key, rate = forger.key, recipe.response.rate or inf
        is_kept = recipe.response.remove == "when-reissued"
        forger.rotated = clock.now
        if not is_kept:
            ring.remove(key)
        units = [
            (unit.slot, fleet.number, unit.incarnation, unit.identity)
            for fleet in world.fleets.values()
            for unit in fleet.units
            if unit.identity is not None and unit.identity.issuer is issuer and not unit.is_gone
            if unit.identity.credentials and unit.identity.credentials[-1].key is key
        ]
        identities = [each[3] for each in sorted(units, key=lambda each: each[:3])]

        def done() -> None:
            forger.reissued = clock.now
            if is_kept:
                ring.remove(key)

        held = [identity.credentials[-1] for identity in identities]
        key.awaited = {c.identity for c in held if c.expires > clock.now}
        key.on_reissued = done
        for credential in held:
            clock.call(max(credential.expires, clock.now), EXPIRY, run_out, credential)
        if not key.awaited:
            done()
        clock.env.process(reissue(identities, key, rate))

    def run_out(credential: Any) -> None:
        if credential.identity.credentials[-1] is credential:
            ring.replaced(credential.identity)

    def reissue(identities: list[Any], key: Key, rate: float) -> Generator[simpy.Event, Any, None]:
        begun, asked = clock.now, 0
        while identities:
            asked += 1
            yield clock.at(begun + (0.0 if rate == inf else asked / rate), REQUEST)
            while identities:
                identity = identities.pop(0)
                if not identity.has_ended and identity.credentials[-1].key is key:
                    identity.hurry()
                    break

    clock.call(when, FAIL, steal)
