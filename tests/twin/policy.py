"""The slow twin's policy: every commit, poll, push and arrival an event."""

from __future__ import annotations

from collections.abc import Generator
from math import floor, inf, prod
from typing import Any

import simpy

from churnsim.engine import Streams
from churnsim.model.policy import Policy as PolicyRecipe
from tests.twin.clock import ARRIVAL, FAIL, INTENT, REQUEST, SEND, TAKE, Clock, draw, renewal_points
from tests.twin.memory import Memory
from tests.twin.reading import Line, ReadingDesk


class Channel:
    """What some points are told of versions: by one wave of a rollout, or of a poisoned version.

    Parameters
    ----------
    origin : Source
        Whose versions they are.
    stages : list of (float, str)
        What those who follow do when what they know is so old [s].
    """

    def __init__(self, origin: Source, stages: list[tuple[float, str]]) -> None:
        self.origin = origin
        self.name = origin.name
        self.recipe = origin.recipe
        self.clock = origin.clock
        self.slow = origin.slow
        self.stages = stages
        self.copies: dict[Copy, None] = {}
        self.sent: dict[int, float] = {}  # when each version was pushed [s]
        self.recovery = self.clock.env.event()
        self.visible = 0  # the newest version that whoever reads is told, or is sent
        self.news = self.clock.env.event()  # a commit, or an outage: who waits for either is woken
        self._faults = 0
        self._unsent: list[int] = []
        # When the first version that waits came, and when all are published [s].
        self._batch: list[float] = []
        self._gathered = 0  # the newest version that waits for others
        self.snapshot = (0, self.clock.start)  # version and instant of the snapshot that is served
        if self.kind == "snapshot":
            refresh: Any = self.recipe.refresh
            self._taken = floor((self.clock.start - refresh.lag) / refresh.every)
            self.snapshot = (0, self._taken * refresh.every)
            self.clock.env.process(self._take())

    @property
    def is_up(self) -> bool:
        """Whether it answers."""
        return self._faults == 0

    @property
    def slowness(self) -> float:
        """How many times as long an answer takes that leaves now."""
        return prod(self.slow)

    @property
    def kind(self) -> str:
        """How copies follow."""
        return str(self.recipe.refresh.kind)  # type: ignore[attr-defined]

    @property
    def is_push(self) -> bool:
        """Whether it sends every version to every copy by itself."""
        return self.kind in ("push", "stream", "query")

    def fail(self) -> None:
        """Stop answering."""
        self._faults += 1
        if self._faults > 1:
            return
        self.recovery = self.clock.env.event()
        self._wake()
        for copy in self.copies:
            copy.lose_sight()

    def recover(self) -> None:
        """Answer again, and send what is owed."""
        self._faults -= 1
        if self._faults:
            return
        owed, self._unsent = self._unsent, []
        for version in owed:
            self._send(version)
        for copy in self.copies:
            copy.see_again()
        self.recovery.succeed()

    def tell(self, version: int, when: float) -> None:
        """Let a version be read from `when` on [s]."""
        if when > self.clock.now:
            self.clock.call(when, INTENT, self._gather, version)
        else:
            self._gather(version)

    def _gather(self, version: int) -> None:
        """Publish a version, with others that come close upon it."""
        debounce, now = getattr(self.recipe.refresh, "debounce", None), self.clock.now
        if debounce is None:
            self._publish(version)
            return
        since = self._batch[0] if self._batch else now
        due = min(now + debounce.quiet, since + debounce.most)
        self._batch = [since, due]
        self._gathered = version
        self.clock.call(due, INTENT + 0.5, self._close, due)

    def _close(self, due: float) -> None:
        if self._batch[1:] == [due]:
            self._batch = []
            self._publish(self._gathered)

    def _publish(self, version: int) -> None:
        self.visible = version
        self._wake()
        if self.is_push:
            self.clock.call(self.clock.now, SEND, self._push, version)

    def _push(self, version: int) -> None:
        if self.is_up:
            self._send(version)
        else:
            self._unsent.append(version)

    def _send(self, version: int) -> None:
        self.sent[version] = self.clock.now
        refresh: Any = self.recipe.refresh
        for copy in self.copies:
            match self.kind:
                case "push":
                    copy.hear(
                        version,
                        self.clock.now,
                        draw(refresh.delay, copy.delays, copy.delay_lane, version) * self.slowness,
                    )
                case "stream":
                    busy = draw(refresh.service, copy.delays, copy.delay_lane, version) * self.slowness
                    copy.free = max(copy.free, self.clock.now) + busy
                    copy.arrive(version, self.clock.now, copy.free - self.clock.now)
                case _:
                    copy.arrive(version, self.clock.now, 0.0)

    def _wake(self) -> None:
        self.news.succeed()
        self.news = self.clock.env.event()

    def _take(self) -> Generator[simpy.Event, Any, None]:
        """Take snapshots at whole multiples of the period, and serve each a while later."""
        refresh: Any = self.recipe.refresh
        while True:
            self._taken += 1
            at = self._taken * refresh.every
            if at > self.clock.start:
                yield self.clock.at(at, TAKE)
                if not self.is_up:
                    continue
            self.clock.call(at + refresh.lag, ARRIVAL, self._serve, self.visible, at)

    def _serve(self, version: int, read: float) -> None:
        self.snapshot = (version, read)
        for copy in self.copies:
            copy.arrive(version, read, 0.0)


class Source:
    """Where a policy is committed and read."""

    def __init__(self, number: int, name: str, recipe: PolicyRecipe, clock: Clock, streams: Streams) -> None:
        self.number = number
        self.name = name
        self.recipe = recipe
        self.clock = clock
        self.changes = streams.named(f"policies/{name}/changes")
        self.replication = streams.named(f"policies/{name}/replication")
        self.outages: list[list[float]] = []
        self.commits: list[tuple[float, dict[int, bool]]] = []  # instant [s], verdicts by principal
        self.departed: list[list[Any]] = []  # tenants that have left: which, when [s], version that says so
        self._absent: set[int] = set()  # principals of tenants that have left, as far as versions say
        self.fleets: list[Any] = []
        self.slow: list[float] = []  # how many times as slow answers are, by brown-outs that are on
        self._faults = 0
        self._replicated = -inf  # when the last version so far can be read [s]
        stale, rollout = recipe.when_stale, recipe.rollout
        stages = [] if stale is None else [(stage.after, stage.then) for stage in stale.stages]
        self._stages = stages
        self.waves = [Channel(self, stages) for _ in (rollout.waves if rollout is not None else [1.0])]
        self.split_waves: dict[tuple[str, int], list[Channel]] = {}  # by slot, where it may be cut off
        self.poisons: list[Poison] = []
        first = [True] * recipe.permissions
        if recipe.changes is not None:
            lane = self.changes.lane(3)
            each = recipe.resources if recipe.changes.about == "principal" else 1
            first = [
                self.changes.uniform(lane, p // each) >= recipe.changes.revoking for p in range(len(first))
            ]
            clock.env.process(self._change(recipe.changes))
        self.versions = [first]  # who is allowed under each version
        if recipe.offboarding is not None:
            clock.env.process(
                self._offboard(recipe.offboarding, streams.named(f"policies/{name}/offboarding"))
            )
        self.desk = None if recipe.first_read is None else ReadingDesk(recipe.first_read, self.waves[0])
        refresh: Any = recipe.refresh
        capacity = refresh.reads_per_s
        self.line = None if capacity is None else Line(capacity, self.waves[0])

    @property
    def is_up(self) -> bool:
        """Whether it answers."""
        return self._faults == 0

    @property
    def head(self) -> int:
        """The newest version."""
        return len(self.versions) - 1

    @property
    def channels(self) -> list[Channel]:
        """Whatever is told of versions, true and poisoned."""
        found = [*self.waves, *(channel for poison in self.poisons for channel in poison.waves.values())]
        return found + [channel for slot in self.split_waves for channel in self.of(slot)]

    def split(self, slot: tuple[str, int]) -> None:
        """Let a slot have channels of its own, before anything is poisoned."""
        self.split_waves[slot] = [Channel(self, self._stages) for _ in self.waves]

    def of(self, slot: tuple[str, int]) -> list[Channel]:
        """Channels that one slot has of its own, of true versions and of poisoned ones."""
        poisoned = [channel for poison in self.poisons for channel in poison.split_waves[slot].values()]
        return self.split_waves[slot] + poisoned

    def wave(self, u: float) -> int:
        """Return the wave that the share `u` of the points belongs to."""
        rollout, number = self.recipe.rollout, 0
        while (
            rollout is not None and number < len(rollout.waves) - 1 and u >= sum(rollout.waves[: number + 1])
        ):
            number += 1
        return number

    def bake(self, wave: int) -> float:
        """How much later than the first a wave is told of a version [s]."""
        return wave * self.recipe.rollout.bake if self.recipe.rollout is not None else 0.0

    def poison(self, at: float, halted: float, killed: float, effect: str) -> None:
        """Let a poisoned version be committed, halted and ignored [s]."""
        self.poisons.append(Poison(self, len(self.poisons) + 1, (at, halted, killed), effect))

    def replicate(self, when: float, number: int, lane: int, after: float) -> float:
        """When a commit can be read that comes after one that can be read `after` [s]."""
        lag = draw(self.recipe.replication, self.replication, self.replication.lane(lane), number)
        return max(after, when + lag)

    def turned(self) -> None:
        """Its pace has changed."""
        if self.line is not None:
            self.line.turned()

    def fail(self) -> None:
        """Stop answering."""
        self._faults += 1
        if self._faults == 1:
            self.outages.append([self.clock.now, inf])
            for channel in self.channels:
                channel.fail()
            self.turned()
            self.requires_more()
            if self.desk is not None:
                self.desk.fail()

    def recover(self) -> None:
        """Answer again, once every failure is over."""
        self._faults -= 1
        if self._faults == 0:
            self.outages[-1][1] = self.clock.now
            for channel in self.channels:
                channel.recover()
            self.turned()
            self.requires_more()

    def _change(self, changes: Any) -> Generator[simpy.Event, Any, None]:
        stream, permissions = self.changes, self.recipe.permissions
        each = self.recipe.resources if changes.about == "principal" else 1
        points = renewal_points(changes.every, stream, stream.lane(0), self.clock.start)
        for number, when in enumerate(points):
            yield self.clock.at(when, INTENT)
            picked = int(stream.uniform(stream.lane(1), number) * (permissions // each))
            verdict = bool(stream.uniform(stream.lane(2), number) >= changes.revoking)
            about = range(picked * each, (picked + 1) * each)
            self._commit({one: verdict and one not in self._absent for one in about})

    def _offboard(self, rule: Any, stream: Any) -> Generator[simpy.Event, Any, None]:
        """Let tenants leave one after the other; what they may is taken back somewhat later."""
        if rule.at is None:
            points = renewal_points(rule.every, stream, stream.lane(0), self.clock.start)
        else:
            points = iter(sorted(rule.at))
        order = sorted(range(rule.tenants), key=lambda tenant: stream.uniform(stream.lane(1), tenant))
        for number, (tenant, when) in enumerate(zip(order, points, strict=False)):
            yield self.clock.at(when, INTENT)
            departure = [tenant, when, -1]
            self.departed.append(departure)
            revoked = when + draw(rule.revoked, stream, stream.lane(2), number)
            # After a change of the same instant.
            self.clock.call(revoked, INTENT + 0.1, self._revoke, departure, rule.tenants)

    def _revoke(self, departure: list[Any], tenants: int) -> None:
        principals = self.recipe.principals
        resources = self.recipe.resources
        members = [
            one
            for one in range(principals * resources)
            if one // resources * tenants // principals == departure[0]
        ]
        self._absent.update(members)
        self._commit(dict.fromkeys(members, False))
        departure[2] = self.head

    def is_too_old(self, version: int) -> bool:
        """Whether a token requires a newer version than this one."""
        return 0 <= version < self.head and self.clock.now >= self.commits[version][0] + self.recipe.token_age

    def requires_more(self) -> None:
        """What tokens require, or whether they can be asked about, has changed."""
        for fleet in self.fleets:
            for unit in list(fleet.endpoints):
                fleet.meter.update(unit)

    def _commit(self, verdicts: dict[int, bool]) -> None:
        when, allowed = self.clock.now, self.versions[-1].copy()
        for principal, verdict in verdicts.items():
            allowed[principal] = verdict
        self.versions.append(allowed)
        self.commits.append((when, verdicts))
        for fleet in self.fleets:
            fleet.meter.recount()
        if self.recipe.tokens and self.recipe.token_age:
            self.clock.call(when + self.recipe.token_age, INTENT, self.requires_more)
        self._replicated = self.replicate(when, self.head - 1, 0, self._replicated)
        for channels in (self.waves, *self.split_waves.values()):
            for wave, channel in enumerate(channels):
                channel.tell(self.head, self._replicated + self.bake(wave))


class Poison:
    """A version that nobody intended, told wave by wave like any other, and taken back.

    As a policy of its own, in which version 1 is the poison and version 2 the one without it.

    Parameters
    ----------
    source : Source
        Where it is committed.
    number : int
        Which of its poisons, from 1.
    times : (float, float, float)
        When it is committed, halted, and ignored by every point [s].
    effect : {"deny", "allow", "crash"}
        What it does to everybody, or to who applies it.
    """

    def __init__(self, source: Source, number: int, times: tuple[float, float, float], effect: str) -> None:
        at, halted, self.killed = times
        self.number = number
        self.mode = f"poison-{effect}"
        self.is_deadly = effect == "crash"
        self._clock = source.clock
        self._struck: list[Any] = []  # units that apply it now
        self.waves: dict[int, Channel] = {}
        self.split_waves: dict[tuple[str, int], dict[int, Channel]] = {
            slot: {} for slot in source.split_waves
        }
        for waves in (self.waves, *self.split_waves.values()):
            for wave in range(len(source.waves)):
                seen = at + source.bake(wave)
                if seen < halted:
                    channel = waves[wave] = Channel(source, [])
                    told = source.replicate(seen, 0, number, -inf)
                    channel.tell(1, told)
                    channel.tell(2, source.replicate(halted, 1, number, told))
        if self.killed < inf:
            source.clock.call(self.killed, INTENT, self._kill)

    def strike(self, unit: Any) -> None:
        """Let a unit crash that applies it; of all at one instant in the order of their slots."""
        self._struck.append(unit)
        if len(self._struck) == 1:
            self._clock.call(self._clock.now, FAIL, self._crash)

    def _crash(self) -> None:
        struck, self._struck = self._struck, []
        for unit in sorted(struck, key=lambda unit: (unit.fleet.number, unit.slot)):
            unit.succumb()

    def _kill(self) -> None:
        for waves in (self.waves, *self.split_waves.values()):
            for channel in waves.values():
                for copy in channel.copies:
                    copy.adopted()


class Copy:
    """A unit's copy of a policy: the version in force, and when the source was read for it."""

    remembers = True  # whether a cache stands before it, where the policy has one

    def __init__(self, unit: Any, source: Channel, streams: Any, watches_age: bool) -> None:
        fleet, coordinates = unit.fleet, (unit.slot, unit.incarnation)
        self.unit = unit
        self.source = source
        self.polls = fleet.stream(f"policies/{source.name}/poll/{fleet.name}")
        self.delays = fleet.stream(f"policies/{source.name}/delay/{fleet.name}")
        self.first = fleet.stream(f"policies/{source.name}/first/{fleet.name}")
        self.poll_lane = self.polls.lane(*coordinates)
        self.delay_lane = self.delays.lane(*coordinates)
        self.losing, self.retrying = (self.polls.lane(*coordinates, more) for more in (1, 2))
        self.breaking, self.resyncing, self.beating = (
            self.delays.lane(*coordinates, more) for more in (1, 2, 3)
        )
        self.first_lane = self.first.lane(*coordinates)
        self.version = -1
        self.read = self.since = inf
        self.mode = ""  # by which rote it decides: deny, first-deny, poison-deny, allow, ...; "" by none
        self.adoptions: list[tuple[int, float, float]] = []  # version, read, applied [s]
        self.lapses: list[list[Any]] = []  # mode, from, to [s]
        self.cached: dict[int, tuple[bool, float]] = {}  # by principal: the decision, held until [s]
        self.fetched = self.peaks = 0
        self.age_integral = self.peak_sum = 0.0
        self.free = -inf  # when the connection has nothing more to deliver [s]
        self.breaks = self.resyncs = 0  # of the connection, so far
        self.told = -inf  # when what is in force was read [s]
        self.has_heartbeat = getattr(source.recipe.refresh, "heartbeat", None) is not None
        self.is_broken = False
        self._settled = inf
        self._is_blind = False
        self._applied = -inf
        self._t0 = streams.t0
        self._streams = streams
        self._watches_age = watches_age or any(then != "last-good" for _, then in source.stages)
        self._asked = -inf  # last time [s]
        self._before = (-inf, 0, 0.0, 0)  # peaks, and adoptions, before the last instant [s] of any
        self._own = ""  # by which rote it would decide if nothing were poisoned
        self._ill: dict[int, str] = {}  # by the number of the poison: by which rote it makes it decide
        self._ghosts: list[Ghost] = []
        self.memory: Memory | None = None

    @classmethod
    def of(cls, unit: Any, source: Source, streams: Any) -> Copy:
        """Return the copy of a unit, which belongs to some wave."""
        fleet = unit.fleet
        waves = fleet.stream(f"policies/{source.name}/wave/{fleet.name}")
        wave = source.wave(waves.uniform(waves.lane(unit.slot), 0))
        slot = (fleet.name, unit.slot)
        copy = cls(unit, source.split_waves.get(slot, source.waves)[wave], streams, streams.watches_age)
        told = [(poison, poison.split_waves.get(slot, poison.waves)) for poison in source.poisons]
        copy._ghosts = [Ghost(copy, poison, waves[wave]) for poison, waves in told if wave in waves]
        return copy

    @property
    def has_lapsed(self) -> bool:
        """Whether it decides by rote."""
        return bool(self.mode)

    def lack(self) -> Generator[simpy.Event, Any, None]:
        """Serve without a policy while reading it for the first time."""
        source, clock = self.source, self.source.clock
        if not source.is_up or source.origin.desk is not None:
            self._turn(f"first-{source.recipe.before_first}")
        yield from self.fetch_first()
        if not self.unit.is_gone:
            self._turn("")
            self.start(source.sent.get(source.visible, clock.now), False)

    def fetch_first(self) -> Generator[simpy.Event, Any, None]:
        """Read the policy for the first time, as often as it takes."""
        source, tries, asked = self.source, 0, self.source.clock.now
        while not (source.is_up and (yield from self._read_first(tries))):
            if self.unit.is_gone:
                return
            tries += 1
            pause = self._first_pause(tries, source.clock.now - asked)
            if pause is None and not source.is_up:
                yield source.recovery
            yield source.clock.at(source.clock.now + (pause or 0.0), REQUEST)
            if self.unit.is_gone:
                return
        if self.unit.is_gone:
            return
        self._count_fetch()
        if any(ghost.kills for ghost in self._ghosts):
            self.unit.crash("poison-policy")

    def _read_first(self, tries: int) -> Generator[simpy.Event, Any, bool]:
        """Be given the policy, at once or at the desk; whether it came."""
        desk, unit = self.source.origin.desk, self.unit
        if desk is None:
            return True
        stream = unit.fleet.stream(f"policies/{self.source.name}/first_read/{unit.fleet.name}")
        work = draw(desk.recipe.takes, stream, stream.lane(unit.slot, unit.incarnation), tries)
        return (yield from desk.read((unit.fleet.name, unit.slot, unit.incarnation), work))

    def _first_pause(self, tries: int, waited: float) -> float | None:
        """Time [s] until it asks again; None: told of the recovery, or at once where there is none."""
        source, desk = self.source, self.source.origin.desk
        rule = None if desk is None else desk.recipe.retry
        if rule is not None and not rule.waits_for_recovery:
            return float(rule.delay(tries, waited, 0.0, self.first.uniform(self.first_lane, tries)))
        if rule is not None or source.is_up:
            return None
        return source.recipe.refresh.first_pause(self.first, self.first_lane, tries)

    def previous_poll(self) -> float:
        """Instant [s] of the last poll before the start; the start itself where that leaves no trace."""
        clock, every = self.source.clock, getattr(self.source.recipe.refresh, "every", None)
        if self.source.kind != "pull" or not every.is_constant:
            return clock.start
        return clock.start + every.mean * (self.polls.uniform(self.poll_lane, 0) - 1.0)

    def start(self, read: float, is_aged: bool) -> None:
        """Decide by the head version, read at `read` [s], from now on."""
        source, clock = self.source, self.source.clock
        self.since = self._settled = clock.now
        self.version, self.read = source.snapshot if source.kind == "snapshot" else (source.visible, read)
        if source.kind in ("long-poll", "query"):
            self.read = clock.now
        if self.has_heartbeat:
            self.read = clock.now
            clock.env.process(self._beat(is_aged))
        self.told = read if source.kind == "push" else self.read
        self.adoptions.append((self.version, self.told, clock.now))
        if source.kind != "query":
            self._mind_budget()
        source.copies[self] = None
        if getattr(source.recipe.refresh, "connection", None) is not None:
            clock.env.process(self._connect(is_aged))
        if source.kind == "pull":
            clock.env.process(self._poll(is_aged))
        if source.kind == "long-poll":
            clock.env.process(self._ask(is_aged))
        for ghost in self._ghosts:
            channel = ghost.source
            ghost.start(read if is_aged else channel.sent.get(channel.visible, clock.now), is_aged)
        if source.recipe.cache is not None and self.remembers:
            self.memory = Memory(self, is_aged)
        self.adopted()
        # Whoever serves before it has a policy is listed already.
        self.unit.fleet.meter.update(self.unit)

    def succumb(self) -> None:
        """Crash by a version: nothing else is applied, and nothing asked for, at that instant."""
        now = self.source.clock.now
        if self._before[0] == now:
            _, self.peaks, self.peak_sum, count = self._before
            del self.adoptions[count:]
        if self._asked == now >= self._t0:
            self.fetched -= 1

    def end(self) -> None:
        """The unit is gone."""
        self.settle()
        if self.has_lapsed:
            self.lapses[-1][2] = self.source.clock.now
        for ghost in self._ghosts:
            ghost.end()
        if self.memory is not None:
            self.memory.end()
        self.source.copies.pop(self, None)

    def adopted(self) -> None:
        """Another version is in force."""
        if self.memory is not None:
            self.memory.adopted()

    def infect(self, number: int, mode: str) -> None:
        """Let a poison decide by rote, or no longer ("")."""
        self._ill.pop(number, None)
        if mode:
            self._ill[number] = mode
        self._turn(self._own)

    @property
    def verdicts(self) -> list[bool]:
        """What the version in force says of each principal."""
        return self.source.origin.versions[self.version]

    def allows(self, principal: int) -> bool:
        """Whether a request of that principal is let through now."""
        if self.has_lapsed:
            return self.mode.endswith("allow")
        return self.verdicts[principal]

    def recalls(self, principal: int) -> bool | None:
        """What a cache answers against the version in force; None where it does not."""
        held = None if self.memory is None or self.has_lapsed else self.memory.held.get(principal)
        return None if held is None else bool(held[1])

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

    def hear(self, version: int, read: float, delay: float) -> None:
        """Get a message over the connection, unless it breaks before that."""
        if not self.is_broken:
            arrival = self.source.clock.now + delay
            self.source.clock.call(arrival, ARRIVAL, self._receive, version, read, self.breaks)

    def lose_sight(self) -> None:
        """The source is down: what is known of it ages from now on."""
        if self.source.kind == "query":
            self.settle()
            self.read, self._is_blind = self.source.clock.now, True
            self._mind_budget()

    def see_again(self) -> None:
        """The source is back: what is known of it is as new as it is."""
        if self.source.kind == "query":
            self.settle()
            now = self.source.clock.now
            if now >= self._t0:
                self.peaks += 1
                self.peak_sum += now - self.read
            self.read, self._is_blind = now, False
            self._turn("")

    def age(self, now: float) -> float:
        """How old its point takes it to be [s]."""
        return 0.0 if self.source.kind == "query" and not self._is_blind else now - self.read

    def arrive(self, version: int, read: float, delay: float) -> None:
        """Apply an answer after its delay [s]."""
        if delay > 0:
            self.source.clock.call(self.source.clock.now + delay, ARRIVAL, self._apply, version, read)
        else:
            self._apply(version, read)

    def settle(self) -> None:
        """Add up the age of the copy since last time, within the measured window."""
        low, high = max(self._settled, self._t0), self.source.clock.now
        if high > low and (self.source.kind != "query" or self._is_blind):
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
        number, tries, first = 1, 0, -inf
        while True:
            yield clock.at(when, REQUEST)
            if unit.is_gone:
                return
            refresh: Any = source.recipe.refresh
            is_lost = self.polls.uniform(self.losing, number) < refresh.loss if refresh.loss else False
            if source.is_up and not is_lost:
                tries = 0
                self._count_fetch()
                if source.origin.line is not None:
                    clock.env.process(self._wait(number))
                # Old news change nothing, unless their age matters.
                elif self._watches_age or source.visible != self.version:
                    late = draw(delay, self.delays, self.delay_lane, number) * source.slowness
                    self.arrive(source.visible, when, late)
            else:
                tries += 1
                first = when if tries == 1 else first
            usual = draw(every, self.polls, self.poll_lane, index) if period is None else period
            number, index = number + 1, index + 1
            if not tries or refresh.retry is None or (source.is_up and refresh.retry.waits_for_recovery):
                when += usual
            elif refresh.retry.waits_for_recovery:
                yield source.recovery
                when = clock.now
            else:
                chance = self.polls.uniform(self.retrying, number - 1)
                pause = float(refresh.retry.delay(tries, when - first, 0.0, chance))
                when += pause if pause < inf else usual

    def _turn_in_line(self) -> simpy.Event:
        unit = self.unit
        return self.source.origin.line.ask((unit.fleet.name, unit.slot, unit.incarnation))

    def _wait(self, number: int) -> Generator[simpy.Event, Any, None]:
        """Wait in line with a poll, and be told what is the newest then."""
        source, refresh = self.source, self.source.recipe.refresh
        yield self._turn_in_line()
        if not source.is_up:
            yield source.recovery
        late = draw(refresh.delay, self.delays, self.delay_lane, number) * source.slowness  # type: ignore[attr-defined]
        self.arrive(source.visible, source.clock.now, late)

    def _ask(self, is_aged: bool) -> Generator[simpy.Event, Any, None]:
        """Ask, wait at the source for news, take the answer home and ask again."""
        unit, source, clock = self.unit, self.source, self.source.clock
        refresh: Any = source.recipe.refresh

        def travel(number: int) -> float:
            return draw(refresh.delay, self.delays, self.delay_lane, number) * source.slowness

        asked, limit, known, number = clock.now + travel(0), inf, self.version, 1
        if is_aged:
            asked = clock.now
            limit = clock.now + self.polls.uniform(self.poll_lane, 0) * refresh.timeout
        while True:
            yield clock.at(asked, REQUEST)
            limit = min(limit, asked + refresh.timeout)
            while source.is_up and source.visible == known and clock.now < limit and not unit.is_gone:
                yield source.news | clock.at(limit, REQUEST)
                yield clock.at(clock.now, REQUEST)
            if unit.is_gone:
                return
            limit = inf
            if not source.is_up:
                asked = clock.now + refresh.pause
                continue
            known, now = source.visible, clock.now
            self._count_fetch()
            late = travel(number)
            self.arrive(known, now, late)
            yield clock.at(now + late, ARRIVAL)
            asked = clock.now + travel(number + 1)
            number += 2

    def _connect(self, is_aged: bool) -> Generator[simpy.Event, Any, None]:
        """Break and be made anew; nobody notices before it is, and then the source is read."""
        clock, source, lane = self.source.clock, self.source, self.breaking
        refresh: Any = source.recipe.refresh
        up, down = refresh.connection.lasts, refresh.connection.reconnect
        chance, rest = (self.delays.uniform(lane, n) for n in (0, 1))
        when, number = clock.now + float(up.inverse(rest)), 2
        if is_aged:
            self.is_broken = chance * (up.mean + down.mean) < down.mean
            when = clock.now + float((down if self.is_broken else up).equilibrium(rest))
        while True:
            yield clock.at(when, FAIL)
            if self.unit.is_gone:
                return
            if self.is_broken:
                self.is_broken = False
                clock.env.process(self._resync(self.breaks, clock.now))
                when += draw(up, self.delays, lane, number)
            else:
                self.is_broken, self.breaks = True, self.breaks + 1
                when += draw(down, self.delays, lane, number + 1)
                number += 2

    def _resync(self, epoch: int, at: float) -> Generator[simpy.Event, Any, None]:
        source = self.source
        number = self.resyncs
        self.resyncs += 1
        if not source.is_up:
            yield source.recovery
        yield source.clock.at(source.clock.now, REQUEST)
        if not (self.unit.is_gone or self.is_broken or self.breaks != epoch):
            self._count_fetch()
            delay: Any = source.recipe.refresh.delay  # type: ignore[attr-defined]
            if source.origin.line is not None:
                yield self._turn_in_line()
                if not source.is_up:
                    yield source.recovery
            if not self.is_broken and self.breaks == epoch:
                late = draw(delay, self.delays, self.resyncing, number) * source.slowness
                self.hear(source.visible, source.clock.now, late)

    def _beat(self, is_aged: bool) -> Generator[simpy.Event, Any, None]:
        clock, every = self.source.clock, self.source.recipe.refresh.heartbeat  # type: ignore[attr-defined]
        first = clock.now
        if is_aged:
            first += (self.delays.uniform(self.beating, 0) - 1.0) * every
        number = 1
        while True:
            yield clock.at(first + number * every, REQUEST)
            if self.unit.is_gone:
                return
            if self.source.is_up and not self.is_broken:
                self._apply(-1, clock.now)
            number += 1

    def _receive(self, version: int, read: float, epoch: int) -> None:
        if self.breaks == epoch:
            self._apply(version, read)

    def _apply(self, version: int, read: float) -> None:
        if self.unit.is_gone:
            return
        is_newer = (version, read) > (self.version, self.told)
        # With a heartbeat, the age counts from the last message of any sort.
        is_fresher = read > self.read if self.has_heartbeat else is_newer
        now = self.source.clock.now
        is_news = is_newer and version != self.version
        if now > self._before[0]:
            self._before = now, self.peaks, self.peak_sum, len(self.adoptions)
        self.settle()
        if is_fresher and self.source.kind != "query":
            # Of two that come at once, only the newer is ever in force.
            if now >= self._t0 and now > self._applied:
                self.peaks += 1
                self.peak_sum += now - self.read
            self._applied = now
            self.read = read
            self._turn("")
        if is_newer:
            self.told = read
        if is_news:
            self.version = version
            self.adoptions.append((version, read, now))
            self.adopted()
        if is_fresher and self.source.kind != "query":
            self._mind_budget()
        if is_news:
            self.unit.fleet.meter.update(self.unit)

    def _mind_budget(self) -> None:
        for after, then in self.source.stages:
            late, mode = self.read + after, then.replace("last-good", "")
            if late <= self.source.clock.now:
                self._lapse(self.read, mode)
            else:
                # Last at its instant: an answer that arrives just then comes in time.
                self.source.clock.call(late, REQUEST, self._lapse, self.read, mode)

    def _lapse(self, read: float, mode: str) -> None:
        if not self.unit.is_gone and self.read == read:
            self._turn(mode)

    def _turn(self, mode: str) -> None:
        """Decide by another rote, or by none, from now on, unless something is poisoned."""
        self._own = mode
        if self._ill:
            mode = self._ill[min(self._ill)]
        if mode == self.mode:
            return
        now = self.source.clock.now
        if self.mode:
            self.lapses[-1][2] = now
        if mode:
            self.lapses.append([mode, now, inf])
        self.mode = mode
        self.unit.fleet.meter.update(self.unit)

    def _count_fetch(self) -> None:
        self._asked = self.source.clock.now
        self.fetched += self._asked >= self._t0


class Ghost(Copy):
    """What a unit has of a poisoned version and the one without it: it decides nothing by itself.

    Parameters
    ----------
    host : Copy
        Which decides by rote while the poison is in force.
    poison : Poison
        Of what.
    channel : Channel
        Who tells of it.
    """

    remembers = False

    def __init__(self, host: Copy, poison: Poison, channel: Channel) -> None:
        super().__init__(host.unit, channel, host._streams, False)
        self.host = host
        self.poison = poison

    @property
    def kills(self) -> bool:
        """Whether a unit that reads for the first time now is given a version that makes it crash."""
        channel, now = self.source, self.source.clock.now
        version = channel.snapshot[0] if channel.kind == "snapshot" else channel.visible
        return self.poison.is_deadly and version == 1 and now < self.poison.killed

    def adopted(self) -> None:
        """Let the unit decide by rote while the poison is in force, or crash."""
        clock = self.source.clock
        is_ill = self.version == 1 and clock.now < self.poison.killed
        if self.poison.is_deadly:
            if is_ill:
                self.poison.strike(self.unit)
            return
        self.host.infect(self.poison.number, self.poison.mode if is_ill else "")
