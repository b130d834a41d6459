"""The slow twin's policy: every commit, poll, push and arrival an event."""

from __future__ import annotations

from collections.abc import Generator
from math import inf
from typing import Any

import simpy

from churnsim.engine import Streams
from churnsim.model.policy import Policy as PolicyRecipe
from tests.twin.clock import ARRIVAL, INTENT, REQUEST, Clock, draw, renewal_points


class Source:
    """Where a policy is committed and read."""

    def __init__(self, number: int, name: str, recipe: PolicyRecipe, clock: Clock, streams: Streams) -> None:
        self.number = number
        self.name = name
        self.recipe = recipe
        self.clock = clock
        self.changes = streams.named(f"policies/{name}/changes")
        self.copies: dict[Copy, None] = {}
        self.outages: list[list[float]] = []
        self.commits: list[tuple[float, int, bool]] = []  # instant [s], principal, verdict
        self.sent: dict[int, float] = {}  # when each version was pushed [s]
        self.fleets: list[Any] = []
        self.recovery = clock.env.event()
        self._faults = 0
        self._unsent: list[int] = []
        stale = recipe.when_stale
        self.budget = inf if stale is None or stale.then == "last-good" else stale.after
        self.mode = "deny" if stale is None else stale.then
        first = [True] * recipe.principals
        if recipe.changes is not None:
            lane = self.changes.lane(3)
            first = [self.changes.uniform(lane, p) >= recipe.changes.revoking for p in range(len(first))]
            clock.env.process(self._change(recipe.changes))
        self.versions = [first]  # who is allowed under each version

    @property
    def head(self) -> int:
        """The newest version."""
        return len(self.versions) - 1

    @property
    def is_up(self) -> bool:
        """Whether it answers."""
        return self._faults == 0

    @property
    def is_push(self) -> bool:
        """Whether it sends every version to every copy by itself."""
        return bool(self.recipe.refresh.kind == "push")  # type: ignore[attr-defined]

    def fail(self) -> None:
        """Stop answering."""
        self._faults += 1
        if self._faults == 1:
            self.outages.append([self.clock.now, inf])
            self.recovery = self.clock.env.event()

    def recover(self) -> None:
        """Answer again, once every failure is over, and send what is owed."""
        self._faults -= 1
        if self._faults == 0:
            self.outages[-1][1] = self.clock.now
            owed, self._unsent = self._unsent, []
            for version in owed:
                self._send(version)
            self.recovery.succeed()

    def _change(self, changes: Any) -> Generator[simpy.Event, Any, None]:
        stream, principals = self.changes, self.recipe.principals
        points = renewal_points(changes.every, stream, stream.lane(0), self.clock.start)
        for number, when in enumerate(points):
            yield self.clock.at(when, INTENT)
            principal = int(stream.uniform(stream.lane(1), number) * principals)
            verdict = bool(stream.uniform(stream.lane(2), number) >= changes.revoking)
            allowed = self.versions[-1].copy()
            allowed[principal] = verdict
            self.versions.append(allowed)
            self.commits.append((when, principal, verdict))
            for fleet in self.fleets:
                fleet.meter.recount()
            if self.is_push:
                if self.is_up:
                    self._send(self.head)
                else:
                    self._unsent.append(self.head)

    def _send(self, version: int) -> None:
        self.sent[version] = self.clock.now
        for copy in self.copies:
            delay = draw(self.recipe.refresh.delay, copy.delays, copy.delay_lane, version)  # type: ignore[attr-defined]
            copy.arrive(version, self.clock.now, delay)


class Copy:
    """A unit's copy of a policy: the version in force, and when the source was read for it."""

    def __init__(self, unit: Any, source: Source, streams: Any, watches_age: bool) -> None:
        fleet, coordinates = unit.fleet, (unit.slot, unit.incarnation)
        self.unit = unit
        self.source = source
        self.polls = fleet.stream(f"policies/{source.name}/poll/{fleet.name}")
        self.delays = fleet.stream(f"policies/{source.name}/delay/{fleet.name}")
        self.first = fleet.stream(f"policies/{source.name}/first/{fleet.name}")
        self.poll_lane = self.polls.lane(*coordinates)
        self.delay_lane = self.delays.lane(*coordinates)
        self.first_lane = self.first.lane(*coordinates)
        self.version = -1
        self.read = self.since = inf
        self.has_lapsed = False
        self.adoptions: list[tuple[int, float, float]] = []  # version, read, applied [s]
        self.lapses: list[list[float]] = []
        self.cached: dict[int, tuple[bool, float]] = {}  # by principal: the decision, held until [s]
        self.fetched = self.peaks = 0
        self.age_integral = self.peak_sum = 0.0
        self._settled = inf
        self._applied = -inf
        self._t0 = streams.t0
        self._watches_age = watches_age or source.budget < inf

    def fetch_first(self) -> Generator[simpy.Event, Any, None]:
        """Read the policy for the first time, as often as it takes."""
        source, tries = self.source, 0
        while not source.is_up:
            tries += 1
            pause = source.recipe.refresh.retry(self.first, self.first_lane, tries)
            if pause is None:
                yield source.recovery
            else:
                yield source.clock.at(source.clock.now + pause, REQUEST)
        self._count_fetch()

    def previous_poll(self) -> float:
        """Instant [s] of the last poll before the start; the start itself where that leaves no trace."""
        clock, every = self.source.clock, getattr(self.source.recipe.refresh, "every", None)
        if every is None or not every.is_constant:
            return clock.start
        return clock.start + every.mean * (self.polls.uniform(self.poll_lane, 0) - 1.0)

    def start(self, read: float, is_aged: bool) -> None:
        """Decide by the head version, read at `read` [s], from now on."""
        source, clock = self.source, self.source.clock
        self.since = self._settled = clock.now
        self.version, self.read = source.head, read
        self.adoptions.append((self.version, read, clock.now))
        self._mind_budget()
        source.copies[self] = None
        if not source.is_push:
            clock.env.process(self._poll(is_aged))

    def end(self) -> None:
        """The unit is gone."""
        self.settle()
        if self.has_lapsed:
            self.lapses[-1][1] = self.source.clock.now
        del self.source.copies[self]

    def allows(self, principal: int) -> bool:
        """Whether a request of that principal is let through now."""
        if self.has_lapsed:
            return self.source.mode == "allow"
        return self.source.versions[self.version][principal]

    def answer(self, principal: int) -> tuple[bool, str]:
        """Answer a request of that principal: whether it is let through, and what is to thank or blame."""
        if self.has_lapsed:
            return self.allows(principal), "lapse"
        now, cache = self.source.clock.now, self.source.recipe.cache
        says, until = self.cached.get(principal, (False, -inf))
        is_hit = now < until
        if not is_hit:
            says = self.allows(principal)
        if cache is not None and (not is_hit or cache.kind == "sliding"):  # type: ignore[attr-defined]
            self.cached[principal] = (says, now + (cache.allow if says else cache.deny))
        # A cache that repeats what the copy would say all the same is not to blame.
        return says, "copy" if says == self.allows(principal) else "cache"

    def arrive(self, version: int, read: float, delay: float) -> None:
        """Apply an answer after its delay [s]."""
        if delay > 0:
            self.source.clock.call(self.source.clock.now + delay, ARRIVAL, self._apply, version, read)
        else:
            self._apply(version, read)

    def settle(self) -> None:
        """Add up the age of the copy since last time, within the measured window."""
        low, high = max(self._settled, self._t0), self.source.clock.now
        if high > low:
            self.age_integral += ((low + high) / 2 - self.read) * (high - low)
        self._settled = high

    def _poll(self, is_aged: bool) -> Generator[simpy.Event, Any, None]:
        unit, source, clock = self.unit, self.source, self.source.clock
        every: Any = source.recipe.refresh.every  # type: ignore[attr-defined]
        delay: Any = source.recipe.refresh.delay  # type: ignore[attr-defined]
        period = every.mean if every.is_constant else None
        if is_aged:
            when, index = clock.now + float(every.equilibrium(self.polls.uniform(self.poll_lane, 0))), 1
        else:
            when, index = clock.now + draw(every, self.polls, self.poll_lane, 1), 2
        number = 1
        while True:
            yield clock.at(when, REQUEST)
            if unit.is_gone:
                return
            if source.is_up:
                self._count_fetch()
                # Old news change nothing, unless their age matters.
                if self._watches_age or source.head != self.version:
                    self.arrive(source.head, when, draw(delay, self.delays, self.delay_lane, number))
            when += draw(every, self.polls, self.poll_lane, index) if period is None else period
            index, number = index + 1, number + 1

    def _apply(self, version: int, read: float) -> None:
        if self.unit.is_gone or (version, read) <= (self.version, self.read):
            return
        now = self.source.clock.now
        self.settle()
        if (
            now >= self._t0 and now > self._applied
        ):  # of two that come at once, only the newer is ever in force
            self.peaks += 1
            self.peak_sum += now - self.read
        self._applied = now
        is_news = version != self.version
        had_lapsed = self.has_lapsed
        if had_lapsed:
            self.lapses[-1][1] = now
        self.version, self.read, self.has_lapsed = version, read, False
        if is_news:
            self.adoptions.append((version, read, now))
        self._mind_budget()
        if is_news or had_lapsed:
            self.unit.fleet.meter.update(self.unit)

    def _mind_budget(self) -> None:
        late = self.read + self.source.budget
        if late <= self.source.clock.now:
            self._lapse(self.read)
        elif late < inf:
            # Last at its instant: an answer that arrives just then comes in time.
            self.source.clock.call(late, REQUEST, self._lapse, self.read)

    def _lapse(self, read: float) -> None:
        if not (self.unit.is_gone or self.has_lapsed) and self.read == read:
            self.has_lapsed = True
            self.lapses.append([self.source.clock.now, inf])
            self.unit.fleet.meter.update(self.unit)

    def _count_fetch(self) -> None:
        self.fetched += self.source.clock.now >= self._t0
