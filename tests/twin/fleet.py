"""The slow twin's units: every step of every life an event."""

from __future__ import annotations

from collections.abc import Generator
from math import ceil, inf, nan
from typing import Any

import numpy as np
import simpy

from churnsim.base.distribution import Distribution
from churnsim.engine import Stream
from churnsim.model.competing import competing
from churnsim.model.workload.environment import Environment
from churnsim.model.workload.processor import Processor
from churnsim.model.workload.runner import Runner
from churnsim.model.workload.service import Service
from tests.twin.client import Clients
from tests.twin.clock import ARRIVAL, FAIL, INTENT, LIFECYCLE, Clock, draw
from tests.twin.errand import Errands
from tests.twin.estate import Estate
from tests.twin.issuer import Identity, Issuer
from tests.twin.load import Load
from tests.twin.meter import Meter
from tests.twin.policy import Copy, Source
from tests.twin.renewer import Renewer
from tests.twin.rollout import Controller
from tests.twin.scaler import scale
from tests.twin.work import Delivery, Work


class Unit:
    """The `incarnation`-th unit of a slot; an instant that has not come is NaN."""

    def __init__(self, fleet: Fleet, slot: int, incarnation: int, created: float, revision: int) -> None:
        self.fleet = fleet
        self.revision = revision
        self.slot = slot
        self.incarnation = incarnation
        self.created = created
        self.placed = self.booted = self.ready = self.stopped = self.gone = nan
        self.listed = self.unlisted = nan
        self.end_cause = ""
        self.number = -1  # in order of creation
        self.is_stopped = self.is_gone = self.is_listed = self.is_wanted = False
        self.pause = 0.0  # what it waits for its predecessor's crash
        self.routes = 0  # how often callers were sent to it, or elsewhere
        self.delivery: Delivery | None = None
        self.first = -1  # number of the request that it was started for
        self.environment: Any = None
        self.is_disowned = False
        self.identity: Identity | None = None
        self.copy: Copy | None = None
        if fleet.issuer is not None:
            self.identity = Identity(fleet.issuer, self, None, fleet.name, (slot, incarnation))
        if fleet.source is not None:
            self.copy = Copy.of(self, fleet.source, fleet.world)

    def draw(self, purpose: str, law: Distribution) -> float:
        """This unit's variate [s] of a law."""
        stream = self.fleet.stream(f"workloads/{self.fleet.name}/{purpose}")
        return draw(law, stream, stream.lane(self.slot), self.incarnation)

    # --- beginnings ----------------------------------------------------------------------------------

    def be_placed(self) -> Generator[simpy.Event, Any, None]:
        """Begin from nothing: wait for a place."""
        clock = self.fleet.clock
        wait = self.draw("pending", self.fleet.recipe.pending) + self.pause
        if wait > 0:
            yield clock.at(clock.now + wait, LIFECYCLE)
        if not self.is_stopped:
            yield from self.start_up()

    def start_up(self) -> Generator[simpy.Event, Any, None]:
        """Begin with a place."""
        clock = self.fleet.clock
        self.placed = clock.now
        wait = self.draw("startup", self.fleet.recipe.startup)
        if wait > 0:
            yield clock.at(clock.now + wait, LIFECYCLE)
        if not self.is_stopped:
            yield from self.boot()

    def boot(self) -> Generator[simpy.Event, Any, None]:
        """Begin when start-up is over: wait for a first credential, then for a first policy."""
        clock, rollout = self.fleet.clock, self.fleet.rollout
        if rollout is not None and rollout.is_bad(self) and not rollout.recipe.fault.boots:
            return
        self.booted = clock.now
        if self.identity is not None:
            yield from self.identity.attest()
            if self.is_stopped:
                return
            yield from self.identity.ask(clock.now)
            if self.is_stopped:
                return
            self.identity.live(self.identity.credentials[-1].due)
        is_bold = self.copy is not None and self.copy.source.recipe.before_first != "wait"
        if self.copy is not None and not is_bold:
            yield from self.copy.fetch_first()
            if self.is_stopped:
                return
        self.ready = clock.now
        if self.copy is not None and is_bold:
            clock.env.process(self.copy.lack())
        elif self.copy is not None:
            source = self.copy.source
            # What is pushed is as old as its sending, whoever fetches it.
            self.copy.start(source.sent.get(source.visible, clock.now), False)
        recipe = self.fleet.recipe
        if rollout is not None:
            rollout.rose(self)
            fault = rollout.recipe.fault
            if fault.crash is not None and rollout.is_bad(self):
                self.meet("bad-version", clock.now + self.draw("bad-version", fault.crash))
        for cause, law in self.fleet.hazards.items():
            self.meet(cause, clock.now + self.draw(cause, law))
        if recipe.stay is not None:
            self.meet("lifetime", clock.now + self.draw("lifetime", recipe.stay))
        if self.fleet.clients is not None:
            self.fleet.clients.welcome(self, self.first)
            return
        if self.fleet.work is not None:
            self.fleet.work.welcome(self)
        if not isinstance(recipe, Service):
            return
        if rollout is None or rollout.recipe.kind != "blue-green" or self.revision == rollout.routed:
            self.route(True)

    def resume(self, since: float, ends: dict[str, float], age: float, interval: float) -> None:
        """Begin in the middle of a life: ready since an instant before the start [s].

        `ends` are the instants of its ends by cause, `age` and `interval` those of its credential [s].
        """
        start = self.fleet.clock.start
        self.placed = self.booted = self.ready = since
        if self.fleet.clients is not None:
            self.fleet.clients.welcome(self, self.first)
        elif self.fleet.work is not None:
            self.fleet.work.welcome(self)
        else:
            self.is_listed = self.is_wanted = True
            self.listed = since
            self.fleet.endpoints[self] = None
        if self.fleet.rollout is not None:
            self.fleet.rollout.rose(self)
        if self.identity is not None:
            self.identity.inherit(start - age, start - age + interval)
        if self.copy is not None:
            self.copy.start(self.copy.previous_poll(), True)
        for cause, when in ends.items():
            self.meet(cause, when)
        self.fleet.meter.update(self)

    # --- ends ----------------------------------------------------------------------------------------

    def meet(self, cause: str, when: float) -> None:
        """Put an end on the calendar: told to stop by its lifetime, ended without notice by anything else."""
        if cause == "lifetime":
            self.fleet.clock.call(when, LIFECYCLE, self.expire)
        else:
            self.fleet.clock.call(when, FAIL, self.crash, cause if cause == "bad-version" else "crash")

    def expire(self) -> None:
        """Have lived for its lifetime; who has requests does them first."""
        if not self.is_stopped and not (self.fleet.clients is not None and self.fleet.clients.keeps(self)):
            self.stop()

    def stop(self, cause: str = "lifetime") -> None:
        """Be told to stop: drain, still serving, then go."""
        if not self.is_stopped:
            self.retire(cause)
            self.fleet.refill(self)

    def retire(self, cause: str) -> None:
        """Be told to stop for good; who is not ready has nothing to drain."""
        self.fleet.streaks.pop(self.slot, None)
        clock, was_ready = self.fleet.clock, self.ready == self.ready
        self._stopped(cause)
        wait = self.draw("drain", self.fleet.recipe.drain) if was_ready else 0.0
        if wait > 0:
            clock.call(clock.now + wait, LIFECYCLE, self._drained)
        else:
            self._go()

    def crash(self, cause: str = "crash") -> None:
        """End without notice, unless told to stop before."""
        if not self.is_stopped:
            self._stopped(cause)
            self._go(is_told=False)
            self.fleet.back_off(self)
            self.fleet.refill(self)

    def succumb(self) -> None:
        """Apply a version that makes it crash, though it may have been told to stop."""
        if self.copy is not None and not self.is_gone:
            self.copy.succumb()
        if not self.is_stopped:
            self.crash("poison-policy")
        elif not self.is_gone:
            self._go(is_told=False)

    def _stopped(self, cause: str) -> None:
        self.is_stopped, self.stopped, self.end_cause = True, self.fleet.clock.now, cause
        if self.fleet.demand is not None:
            self.fleet.count()
            self.fleet.demand.missed(self)
        self.route(False)
        if self.fleet.rollout is not None:
            self.fleet.rollout.poke()

    def _drained(self) -> None:
        if not self.is_gone:
            self._go()

    def _go(self, is_told: bool = True) -> None:
        self.is_gone, self.gone = True, self.fleet.clock.now
        if self.fleet.rollout is not None:
            self.fleet.rollout.poke()
        if self.fleet.work is not None:
            self.fleet.work.dismiss(self, is_told)
        if self.fleet.clients is not None:
            self.fleet.clients.dismiss(self)
        if self.identity is not None:
            self.identity.end()
        if self.copy is not None:
            self.copy.end()
        self.fleet.meter.update(self)

    # --- endpoint list -------------------------------------------------------------------------------

    def route(self, is_wanted: bool) -> None:
        """Send callers to it, or elsewhere; what was to come of it before does not."""
        if is_wanted == self.is_wanted or self.fleet.work is not None:
            return
        self.is_wanted = is_wanted
        self.routes += 1
        endpoints, clock = self.fleet.recipe.endpoints, self.fleet.clock
        if is_wanted:
            wait = self.draw("addition", endpoints.addition)
            if wait > 0:
                clock.call(clock.now + wait, ARRIVAL, self._list, self.routes)
            else:
                self._list(self.routes)
        elif self.is_listed:
            wait = self.draw("removal", endpoints.removal)
            clock.call(clock.now + wait, ARRIVAL, self._unlist, self.routes)

    def _list(self, number: int) -> None:
        if not self.is_stopped and number == self.routes and not self.is_listed:
            self.is_listed, self.unlisted = True, nan
            self.listed = self.fleet.clock.now if self.listed != self.listed else self.listed
            self.fleet.endpoints[self] = None
            self.fleet.meter.update(self)

    def _unlist(self, number: int) -> None:
        if number == self.routes:
            self.is_listed, self.unlisted = False, self.fleet.clock.now
            del self.fleet.endpoints[self]
            self.fleet.meter.update(self)

    @property
    def failing(self) -> float:
        """Share of what it lets through that fails."""
        rollout = self.fleet.rollout
        is_bad = rollout is not None and rollout.is_bad(self)
        return float(rollout.recipe.fault.failing) if is_bad else 0.0


class Fleet:
    """All units of a workload."""

    def __init__(
        self,
        number: int,
        name: str,
        recipe: Any,
        world: Any,
        issuer: Issuer | None,
        source: Source | None,
    ) -> None:
        self.number = number
        self.name = name
        self.recipe = recipe
        self.world = world
        self.clock: Clock = world.clock
        self.issuer = issuer
        self.source = source
        self.hazards: dict[str, Distribution] = {}  # by random stream
        self.gangs = 0  # failures that rob it
        self.lines: dict[tuple[str, int], Any] = {}  # to issuer and policy, of slots that may be cut off
        self.slots: list[Unit] = []
        self.target = recipe.begins
        self.targets: list[tuple[float, int, int]] = []
        self.streaks: dict[int, list[float]] = {}  # by slot: pauses after crashes in a row
        self.pause = 0.0  # for whoever is created next
        self.spare = 0  # units that a rollout has beyond the target
        self.units: list[Unit] = []
        self.endpoints: dict[Unit, None] = {}
        self._streams: dict[str, Stream] = {}
        self.load: Load | None = None
        if recipe.requests is not None and not recipe.places:
            self.load = Load(recipe.requests, self.stream(f"workloads/{name}/traffic"), self.clock.start)
        self.meter = Meter(self, world.t0)
        self.renewers: list[Renewer] = []
        if issuer is not None and recipe.owner.slots(recipe.peak):
            number = ceil(recipe.peak / recipe.owner.slots(recipe.peak))
            self.renewers = [Renewer(self.clock, recipe.owner.pace) for _ in range(number)]
        if source is not None:
            source.fleets.append(self)
        self.work = Work(self, recipe) if isinstance(recipe, Processor) else None
        self.rollout = None if recipe.releases is None else Controller(self, recipe.releases)
        self.demand: Errands | Estate | None = None  # what units come and go with, where none is kept
        if isinstance(recipe, Runner):
            self.work = self.demand = Errands(self, recipe)
        elif isinstance(recipe, Environment):
            self.demand = Estate(self, recipe)
        self.clients = Clients(self) if recipe.places else None

    def stream(self, name: str) -> Stream:
        """Return the named stream, made once."""
        if name not in self._streams:
            self._streams[name] = self.world.streams.named(name)
        return self._streams[name]

    def renewer(self, slot: int) -> Renewer | None:
        """Who asks for the credentials of a slot's units; None: they themselves."""
        return self.renewers[slot // self.recipe.owner.slots(self.recipe.peak)] if self.renewers else None

    def create(self, slot: int, incarnation: int, first: int = -1, revision: int = 0) -> Unit:
        """Let a new unit fill a slot."""
        unit = self._place(slot, incarnation, self.clock.now, revision)
        unit.first = first
        unit.pause, self.pause = self.pause, 0.0
        self.clock.env.process(unit.be_placed())
        return unit

    def fill(self, request: int) -> Unit:
        """Let a new unit fill the first empty slot, for a request."""
        slot = self.recipe.kept
        while slot < len(self.slots) and not self.slots[slot].is_stopped:
            slot += 1
        self._want(self.target + 1)
        return self.create(slot, self.slots[slot].incarnation + 1 if slot < len(self.slots) else 1, request)

    def _want(self, units: int) -> None:
        self.target = units
        self.note()

    def back_off(self, unit: Unit) -> None:
        """Work out how long the slot of a unit that has crashed waits: ever longer, up to a cap."""
        rule = self.recipe.restart
        if rule.kind == "backoff":
            streak = self.streaks.setdefault(unit.slot, [])
            if unit.gone - unit.ready >= rule.reset_after:
                streak.clear()
            streak.append(min(streak[-1] * rule.factor, rule.cap) if streak else rule.initial)
            self.pause = streak[-1]

    def refill(self, unit: Unit) -> None:
        """Replace a unit that has ended at once, or leave its slot empty until somebody is wanted there."""
        if self.clients is not None and unit.slot >= self.recipe.kept:
            self._want(self.target - 1)
        elif self.demand is None:
            heir = 0 if self.rollout is None else self.rollout.heir(unit)
            self.create(unit.slot, unit.incarnation + 1, revision=heir)

    def add(self) -> Unit:
        """Let a unit more fill the first slot that is free, and note how many are wanted then."""
        self.enter()
        self.count()
        return self.units[-1]

    def enter(self, revision: int = 0) -> None:
        """Let a unit fill the first slot that is free."""
        free = [slot for slot, unit in enumerate(self.slots) if unit.is_stopped]
        slot = free[0] if free else len(self.slots)
        self.create(slot, self.slots[slot].incarnation + 1 if free else 1, revision=revision)

    def count(self) -> None:
        """Note how many units are wanted now, where they come and go with what there is to do."""
        target = sum(not unit.is_disowned for unit in self.wanted)
        if target != self.target:
            self.target = target
            self.note()

    def note(self) -> None:
        """Note how many units are wanted, and how many a rollout has beyond."""
        self.targets.append((self.clock.now, self.target, self.spare))

    def begin_fresh(self) -> None:
        """Create every unit at the start, once what fails then has failed."""
        for slot in range(self.recipe.begins):
            self.clock.call(self.clock.start, LIFECYCLE, self.create, slot, 1)
        self._begin_scaling()

    def begin_stationary(self, memory: float) -> None:
        """Begin every slot where a random instant of a long-running fleet finds it."""
        recipe, clock = self.recipe, self.clock
        stream = self.stream(f"workloads/{self.name}/start")
        laws = dict(self.hazards) | ({} if recipe.stay is None else {"lifetime": recipe.stay})
        stay = competing(tuple(laws.values())) if laws else None
        for slot in range(recipe.begins):
            lane = stream.lane(slot)
            pick, place = stream.uniform(lane, 0), stream.uniform(lane, 1)
            if stay is None:
                phase, age = "ready", 2 * memory + clock.end
            else:
                bounds = np.cumsum([recipe.pending.mean, recipe.startup.mean, stay.mean])
                phase = ("pending", "starting", "ready")[
                    int(np.searchsorted(bounds, pick * bounds[-1], side="right"))
                ]
                law = {"pending": recipe.pending, "starting": recipe.startup, "ready": stay}[phase]
                age = float(law.equilibrium(place))
            unit = self._place(slot, 1, clock.start - age)
            left = {
                purpose: clock.start + self._rest(purpose, law, slot, age) for purpose, law in laws.items()
            }
            if phase == "ready":
                up = (
                    clock.start - (clock.start - age) if laws else inf
                )  # who never ends has forgotten its birth
                held = self._first_credential(slot, up)
                unit.resume(clock.start - age, left, *held)
            elif phase == "pending":
                when = clock.start + self._rest("pending", recipe.pending, slot, age)
                clock.env.process(self._later(when, unit, unit.start_up()))
            else:
                unit.placed = clock.start - age
                when = clock.start + self._rest("startup", recipe.startup, slot, age)
                clock.env.process(self._later(when, unit, unit.boot()))
        self._begin_scaling()

    # --- how many there are --------------------------------------------------------------------------

    @property
    def wanted(self) -> list[Unit]:
        """The units that have not been told to stop."""
        return [unit for unit in self.slots if not unit.is_stopped]

    def scale(self, target: int) -> None:
        """Let there be so many units from now on."""
        if target == self.target:
            return
        self.target = target
        self.spare = max(self.spare, -target)  # no fewer than none are there
        self.note()
        target += self.spare
        while len(self.wanted) > target:
            unready = [unit for unit in self.wanted if unit.ready != unit.ready]
            pending = [unit for unit in unready if unit.placed != unit.placed]
            if unready:
                last = (pending or unready)[-1]
                for unit in pending or unready:
                    last = unit if unit.number > last.number else last
            else:
                last = max(self.wanted, key=lambda unit: (unit.ready, unit.number))
            last.retire("scaled-down")
        while len(self.wanted) < target:
            self.enter(0 if self.rollout is None else self.rollout.more)
        if self.rollout is not None:
            self.rollout.poke()

    def kept(self, offered: float, seconds: float, listed: int) -> float:
        """Share of the requests offered in a time [s] that so many listed units do not turn away."""
        if not offered or self.recipe.capacity is None:
            return 1.0
        return min(1.0, listed * self.recipe.capacity * seconds / offered)

    def _begin_scaling(self) -> None:
        if self.recipe.is_elastic:
            self.targets.append((self.clock.start, self.target, 0))
        if self.recipe.scaler is not None:
            self.clock.env.process(scale(self, self.recipe.scaler))
        if self.load is not None and self.recipe.capacity is not None:
            for when in self.load.jumps(self.clock.end):
                if when > self.clock.start:
                    self.clock.call(when, INTENT, self.meter.settle)

    def _rest(self, purpose: str, law: Distribution, slot: int, age: float) -> float:
        """What is left at the start [s] of a time of which `age` [s] is over."""
        stream = self.stream(f"workloads/{self.name}/{purpose}")
        return float(law.residual(age, stream.uniform(stream.lane(slot), 0)))

    def _place(self, slot: int, incarnation: int, created: float, revision: int = 0) -> Unit:
        unit = Unit(self, slot, incarnation, created, revision)
        unit.number = len(self.units)
        if slot < len(self.slots):
            self.slots[slot] = unit
        else:
            self.slots.append(unit)
        self.units.append(unit)
        if self.clients is not None:
            self.clients.expect(unit)
        return unit

    def _later(self, when: float, unit: Unit, life: Any) -> Generator[simpy.Event, Any, None]:
        yield self.clock.at(when, LIFECYCLE)
        if not unit.is_stopped:
            yield from life

    def _first_credential(self, slot: int, up: float) -> tuple[float, float]:
        """Age and interval [s] of the credential held after `up` seconds: replayed from birth."""
        if self.issuer is None:
            return 0.0, 0.0
        ttl, rule = self.issuer.recipe.ttl, self.issuer.recipe.renewal
        stream = self.stream(f"issuers/{self.issuer.name}/past/{self.name}")
        lane, mean = stream.lane(slot), rule.mean(ttl)
        is_regular = rule.least(ttl) == mean
        if is_regular and up < inf:
            return up % mean, mean
        if is_regular or up >= 200 * mean:  # birth is forgotten
            interval = float(rule.inspected(ttl, stream.uniform(lane, 0)))
            return stream.uniform(lane, 1) * interval, interval
        index = 2
        while up >= (interval := float(rule.interval(ttl, stream.uniform(lane, index)))):
            up, index = up - interval, index + 1
        return up, interval
