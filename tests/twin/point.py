"""The slow twin's verification points: every pull, message, question and closing connection an event."""

from __future__ import annotations

from collections.abc import Generator
from math import ceil, floor, inf
from typing import Any

import simpy

from churnsim.engine import Stream
from tests.twin.clock import ARRIVAL, EXPIRY, FAIL, RECOVER, REQUEST, draw, renewal_points

DAY_S = 86_400.0
EVER = 10  # periods between two settings of a clock that are looked at around a credential's life


class Point:
    """A place where credentials are checked, with a clock of its own and its own idea of what is revoked."""

    def __init__(self, issuer: Any, number: int) -> None:
        self.issuer = issuer
        self.number = number
        self.checks: Any = issuer.recipe.verification
        self.weight = 1.0 / self.checks.points
        skews, drifts = issuer.stream("skew"), issuer.stream("drift")
        self.skew = float(self.checks.skew.inverse(skews.uniform(skews.lane(0), number)))
        self.drift = draw(self.checks.drift, drifts, drifts.lane(0), number) / DAY_S
        self.sync = self.checks.sync if self.drift else None
        self.synced = drifts.uniform(drifts.lane(1), number) * self.sync if self.sync else 0.0
        self._known = 0  # length of the list it has
        self.keys: frozenset[Any] = frozenset()
        self.known: list[list[Any]] = []  # key, since when, until when [s]
        self._bundle = -2  # number of the bundle in use
        self._sent = 0
        self._is_cut = False
        self._missed: list[tuple[Any, float]] = []

    @property
    def behind(self) -> float:
        """How far its clock may fall behind [s]."""
        return max(-self.skew + (max(-self.drift, 0.0) * self.sync if self.sync else 0.0), 0.0)

    # --- what it decides -----------------------------------------------------------------------------

    def shows(self, now: float) -> float:
        """Reading of its clock at a true instant [s]."""
        gained = self.drift * ((now - self.synced) % self.sync) if self.sync else 0.0
        return now + self.skew + gained

    def windows(self, credential: Any) -> list[tuple[float, float]]:
        """When its clock shows an instant at which a credential is valid, setting by setting [s]."""
        begins = credential.issued - self.issuer.recipe.backdate - self.checks.leeway - self.skew
        ends = credential.expires + self.checks.leeway - self.skew
        if self.sync is None:
            return [(begins, ends)]
        low, high = (floor((instant - self.synced) / self.sync) for instant in (begins, ends))
        found: list[tuple[float, float]] = []
        for cycle in range(low - EVER, high + EVER):
            set_, reset = (self.synced + self.sync * n for n in (cycle, cycle + 1))
            start, end = (
                min(max((each - set_) / (1 + self.drift), 0.0), self.sync) for each in (begins, ends)
            )
            start, end = (reset if each == self.sync else set_ + each for each in (start, end))
            if start < end and found and found[-1][1] == start:
                found[-1] = (found[-1][0], end)
            elif start < end:
                found.append((start, end))
        return found

    def accepts(self, credentials: list[Any], now: float) -> bool:
        """Whether any of them would be accepted now."""
        return any(
            credential.issued <= now
            and self not in credential.refused
            and self not in credential.silent
            and self.knows(credential.key)
            and any(start <= now < end for start, end in credential.windows[self])
            for credential in credentials
        )

    def knows(self, key: Any) -> bool:
        """Whether it can verify what a key has signed."""
        return key is None or key in self.keys

    # --- what it learns ------------------------------------------------------------------------------

    def live(self) -> None:
        """Begin to pull, or to be out of touch now and then."""
        rule: Any = self.issuer.recipe.revocation
        start, streams = self.issuer.clock.env.process, self.issuer.stream("revocation")
        if rule.kind == "list":
            start(self._pull(rule, streams))
        if rule.kind == "push" and rule.disconnects is not None:
            start(self._fall_silent(rule.disconnects, Stream(streams.lane(self.number, 2))))

    def meet(self, credential: Any) -> None:
        """See a new credential for the first time."""
        if self.issuer.recipe.revocation.kind == "status":
            self.issuer.clock.env.process(self._ask(credential, self.issuer.recipe.revocation))

    def tell(self, credential: Any) -> None:
        """Be sent the news of a revocation, if news are sent."""
        rule: Any = self.issuer.recipe.revocation
        if rule.kind != "push":
            return
        lane = credential.lane("revocation", credential.serial)
        is_lost = Stream.uniform(lane, 2 * self.number) < rule.loss
        delay = float(rule.delay.inverse(Stream.uniform(lane, 2 * self.number + 1)))
        if is_lost or self._is_cut:
            self._missed.append((credential, delay))
        else:
            self._hear_later(credential, delay)

    def be_sent(self, name: int, bundle: frozenset[Any]) -> None:
        """Be sent the bundle after a change of that name; it arrives after a delay."""
        issuer = self.issuer
        streams, rule = issuer.stream("bundle"), issuer.recipe.keys.bundle
        delay = draw(rule.delay, streams, streams.lane(self.number, 1), name)
        self._sent += 1
        issuer.clock.call(issuer.clock.now + delay, ARRIVAL, self.use, self._sent, bundle)

    def use(self, number: int, bundle: frozenset[Any]) -> None:
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

    def _pull(self, rule: Any, streams: Stream) -> Generator[simpy.Event, Any, None]:
        """Fetch the list again and again; what was read is applied after a delay."""
        issuer, clock = self.issuer, self.issuer.clock
        lane, delays = streams.lane(self.number, 0), streams.lane(self.number, 1)
        for number, when in enumerate(renewal_points(rule.every, streams, lane, clock.start)):
            yield clock.at(when, ARRIVAL)
            delay = draw(rule.delay, streams, delays, number)
            clock.call(clock.now + delay, ARRIVAL, self._apply, len(issuer.revocations))

    def _apply(self, length: int) -> None:
        for credential in self.issuer.revocations[self._known : length]:
            self._hear(credential)
        self._known = max(self._known, length)  # A list that was overtaken changes nothing.

    def _fall_silent(self, rule: Any, stream: Stream) -> Generator[simpy.Event, Any, None]:
        """Alternate between in touch and out of touch, as found at a random instant."""
        clock, up, down = self.issuer.clock, rule.every, rule.lasts
        place, ups, downs = stream.lane(0), stream.lane(1), stream.lane(2)
        self._is_cut = stream.uniform(place, 0) * (up.mean + down.mean) < down.mean
        when = clock.start + float((down if self._is_cut else up).equilibrium(stream.uniform(place, 1)))
        number = 0
        if self._is_cut:
            yield clock.at(when, RECOVER)
            self._return()
            when += draw(up, stream, ups, 0)
        while True:
            number += 1
            yield clock.at(when, FAIL)
            self._is_cut = True
            when += draw(down, stream, downs, number)
            yield clock.at(when, RECOVER)
            self._return()
            when += draw(up, stream, ups, number)

    def _return(self) -> None:
        self._is_cut = False
        for credential, delay in self._missed:
            self._hear_later(credential, delay)
        self._missed.clear()

    def _hear_later(self, credential: Any, delay: float) -> None:
        clock = self.issuer.clock
        clock.call(clock.now + delay, ARRIVAL, self._hear, credential)

    def _hear(self, credential: Any) -> None:
        credential.refused[self] = self.issuer.clock.now
        self.issuer.on_change(credential.identity)

    def _ask(self, credential: Any, rule: Any) -> Generator[simpy.Event, Any, None]:
        """Ask whether a credential is good whenever the last answer is too old."""
        issuer, clock = self.issuer, self.issuer.clock
        first = Stream.uniform(credential.lane("revocation", credential.serial), self.number)
        asked, number = credential.issued - rule.cache * (1 - first), 1
        number = max(ceil((clock.now - asked) / rule.cache), 1)
        last = credential.expires + self.checks.leeway + max(point.behind for point in issuer.points)
        while True:
            yield clock.at(asked + number * rule.cache, REQUEST)
            number += 1
            if clock.now >= last:
                return
            if not issuer.is_up:
                silence = [self.number, clock.now, inf]
                if rule.fail == "hard":
                    credential.silent.add(self)
                    credential.silences.append(silence)
                    issuer.on_change(credential.identity)
                yield issuer.recovery
                asked, number, silence[2] = clock.now, 1, clock.now
                if clock.now < last and credential.revoked <= clock.now:
                    credential.refused[self] = clock.now
                credential.silent.discard(self)
                issuer.on_change(credential.identity)
            elif credential.revoked <= clock.now:
                self._hear(credential)
            if self in credential.refused:
                return


class Door:
    """A holder at a point: let in while a credential is accepted, and as long as a connection lasts.

    Parameters
    ----------
    point : Point
        Where.
    holder : Identity or Thief
        Who; it has credentials, and a lane in each random stream.
    on_change : callable
        Called with the holder's identity when a connection closes.
    """

    def __init__(self, point: Point, holder: Any) -> None:
        self.point = point
        self.holder = holder
        self.was_in = False
        self.times = 0
        self.open_until = -inf
        self.kept: list[tuple[float, float]] = []

    def is_open(self, now: float) -> bool:
        """Whether a connection is open that would not be let in again."""
        return now < self.open_until

    def lets_in(self, now: float) -> bool:
        """Whether the holder gets through now."""
        return self.is_open(now) or self.point.accepts(self.holder.credentials, now)

    def look(self) -> None:
        """Look again now: has acceptance ended, or begun?"""
        clock = self.point.issuer.clock
        is_in = self.point.accepts(self.holder.credentials, clock.now)
        if self.was_in and not is_in:
            self.leave(clock.now)
        elif is_in:
            self.close(clock.now)
        self.was_in = is_in

    def leave(self, now: float) -> None:
        """Acceptance ends; a connection is found at a random place of its life."""
        rule: Any = self.point.checks.connections
        self.times += 1
        if rule is None or self.holder.is_gone:
            return
        lane = self.holder.lane("connections", self.point.number)
        first, second = (Stream.uniform(lane, 2 * (self.times - 1) + draw) for draw in range(2))
        rest = inf
        if rule.lifetime is None:
            rest = first * rule.reauthenticate
        else:
            age = float(rule.lifetime.equilibrium(first))
            rest = float(rule.lifetime.residual(age, second))
            if rule.reauthenticate is not None:
                rest = min(rest, rule.reauthenticate - age % rule.reauthenticate)
        self.open_until = now + rest
        self.kept.append((now, self.open_until))
        clock = self.point.issuer.clock
        clock.call(max(self.open_until, clock.now), EXPIRY, self.point.issuer.on_change, self.holder.identity)

    def close(self, now: float) -> None:
        """Let no connection of before count any longer."""
        if self.is_open(now):
            self.kept[-1] = (self.kept[-1][0], now)
        self.open_until = -inf
