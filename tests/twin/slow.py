"""The slow twin: the worlds of churnsim's engine as a plain SimPy model in which everything is an event."""

from __future__ import annotations

from collections.abc import Callable, Generator
from itertools import takewhile
from math import inf
from typing import Any

import numpy as np
import simpy

from churnsim.engine import Stream, Streams
from churnsim.model.failure.crash import Crash
from churnsim.model.failure.issuer_brownout import IssuerBrownout
from churnsim.model.failure.issuer_outage import IssuerOutage
from churnsim.model.failure.key_removal import KeyRemoval
from churnsim.model.failure.key_theft import KeyTheft
from churnsim.model.failure.owner_outage import OwnerOutage
from churnsim.model.failure.partition import Partition
from churnsim.model.failure.poison_policy import PoisonPolicy
from churnsim.model.failure.policy_brownout import PolicyBrownout
from churnsim.model.failure.policy_outage import PolicyOutage
from churnsim.model.failure.theft import Theft
from churnsim.model.system import Design
from tests.twin.caller import Callers
from tests.twin.clock import EXPIRY, FAIL, RECOVER, Clock, draw, renewal_points
from tests.twin.fleet import Fleet
from tests.twin.issuer import Credential, Identity, Issuer
from tests.twin.key import Forger, forge
from tests.twin.line import Cut
from tests.twin.policy import Source
from tests.twin.probe import Probe
from tests.twin.thief import Thief, steal


class World:
    """Everything there is.

    Parameters
    ----------
    design : Design
        What is built.
    streams : Streams
        The random streams of this replication, the same that the fast engine uses.
    probe : bool
        Whether trust is probed by enumeration at every event.
    """

    def __init__(self, design: Design, streams: Streams, probe: bool) -> None:
        self.design = design
        self.streams = streams
        self.t0, self.t1 = design.t0, design.t1
        self.watches_age = probe
        self.clock = clock = Clock(-design.memory, design.t1)
        self.issuers = {
            name: Issuer(i, name, recipe, clock, streams, self._credential_changed)
            for i, (name, recipe) in enumerate(design.issuers.items())
        }
        self.sources = {
            name: Source(i, name, recipe, clock, streams)
            for i, (name, recipe) in enumerate(design.policies.items())
        }
        for name, recipe in design.issuers.items():
            needs: Any = recipe.needs
            wanted = (self.issuers.get(needs.issuer), self.sources.get(needs.policy))
            self.issuers[name].needs = [service for service in wanted if service is not None]
            if design.is_fresh and self.issuers[name].needs:
                self.issuers[name].block()
        clock.call(clock.start, RECOVER, self._unblock)
        self.fleets: dict[str, Fleet] = {}
        for i, (name, recipe) in enumerate(design.workloads.items()):
            service: Any = recipe
            issuer, source = self.issuers.get(service.issuer), self.sources.get(service.policy)
            self.fleets[name] = Fleet(i, name, service, self, issuer, source)
        self.thieves: list[Thief] = []
        self.probe = Probe(self) if probe else None
        named = list(zip(design.failures, design.failure_names, strict=True))
        # Who may be cut off has a line of its own to whatever else befalls.
        for failure, name in sorted(named, key=lambda each: not isinstance(each[0], Partition)):
            self._arm(failure, name)
        for fleet in self.fleets.values():
            if design.is_fresh:
                fleet.begin_fresh()
            else:
                fleet.begin_stationary(design.memory)

    @property
    def forgers(self) -> list[Forger]:
        """Whoever stole a key so far."""
        rings = [issuer.ring for issuer in self.issuers.values() if issuer.ring is not None]
        return [forger for ring in rings for forger in ring.forgers]

    @property
    def served_share(self) -> float | None:
        """Requests served of those intended, None if there were none."""
        meters = [fleet.meter for fleet in self.fleets.values()]
        intended = sum(meter.intended for meter in meters)
        return sum(meter.served for meter in meters) / intended if intended else None

    def call(self, random: np.random.Generator) -> list[Callers]:
        """Let every request to every fleet be an event of its own."""
        return [Callers(fleet, random) for fleet in self.fleets.values() if fleet.load is not None]

    def run(self) -> None:
        """Live until the horizon."""
        env, probe = self.clock.env, self.probe
        if probe is None:
            env.run(until=self.t1)
        else:
            while env.peek() < self.t1:
                probe.advance(env.peek())
                env.step()
            env._now = self.t1
            probe.advance(self.t1)
        for fleet in self.fleets.values():
            fleet.meter.settle()
            if fleet.clients is not None and probe is not None:
                fleet.clients.settle()
        for source in self.sources.values():
            for waves in (source.waves, *source.split_waves.values()):
                for copy in (copy for wave in waves for copy in wave.copies):
                    copy.settle()

    def _arm(self, failure: Any, name: str) -> None:
        start = self.clock.env.process
        if getattr(failure, "storms", None) is not None:
            raise LookupError("the slow twin knows no storms")
        match failure:
            case Crash():
                purpose = f"failures-{name}".replace("/", "-")
                self.fleets[failure.workload].hazards[purpose] = failure.every
            case Theft():
                fleet = self.fleets[failure.workload]
                start(steal(failure, name, fleet, fleet.gangs, self.thieves))
                fleet.gangs += 1
            case IssuerBrownout():
                desk = self.issuers[failure.issuer].desk
                self._break(failure, name, _Slowdown([] if desk is None else desk.factors, failure.factor))
            case IssuerOutage():
                self._break(failure, name, self.issuers[failure.issuer])
            case PolicyBrownout():
                source = self.sources[failure.policy]
                self._break(failure, name, _Slowdown(source.slow, failure.factor, source.turned))
            case PoisonPolicy():
                stream, source = self.streams.named(f"failures/{name}"), self.sources[failure.policy]
                for number, when in enumerate(failure.at):
                    halted = when + draw(failure.detected, stream, stream.lane(2), number)
                    kill = inf
                    if failure.kill_switch is not None:
                        kill = draw(failure.kill_switch, stream, stream.lane(3), number)
                    source.poison(when, halted, halted + kill, failure.effect)
            case Partition():
                fleet, stream = self.fleets[failure.workload or ""], self.streams.named(f"failures/{name}")
                if failure.at is None:
                    start(self._recur(failure, name, Cut(failure, fleet, stream)))
                for number, when in enumerate(failure.at or ()):
                    cut = Cut(failure, fleet, stream, number)
                    start(self._interrupt(cut, when, self._length(failure, stream, number)))
            case PolicyOutage():
                self._break(failure, name, self.sources[failure.policy])
            case KeyRemoval():
                ring = self.issuers[failure.issuer].ring
                if ring is not None:
                    self._break(failure, name, ring)
            case KeyTheft():
                stream, occasions = self.streams.named(f"failures/{name}"), failure.at
                if failure.every is not None:
                    points = renewal_points(failure.every, stream, stream.lane(0), self.clock.start)
                    occasions = tuple(takewhile(lambda when: when < self.t1, points))
                for number, when in enumerate(occasions):
                    forge(failure, number, when, stream, self)
            case OwnerOutage():
                for number, renewer in enumerate(self.fleets[failure.workload].renewers):
                    if failure.owner in (None, number):
                        self._break(failure, f"{name}/owner/{number}", renewer)
            case _:
                raise LookupError(f"the slow twin knows no {failure.kind}")

    def _break(self, failure: Any, name: str, service: Any) -> None:
        start = self.clock.env.process
        if failure.at is None:
            start(self._recur(failure, name, service))
            return
        stream = self.streams.named(f"failures/{name}")
        for number, when in enumerate(failure.at):
            start(self._interrupt(service, when, self._length(failure, stream, number)))

    def _length(self, failure: Any, stream: Stream, number: int) -> float:
        """How long an outage at a fixed time lasts [s]."""
        if failure.lengths is not None:
            return float(failure.lengths[number])
        return float(failure.lasts.inverse(stream.uniform(stream.lane(2), number)))

    def _interrupt(self, service: Any, when: float, length: float) -> Generator[simpy.Event, Any, None]:
        yield self.clock.at(when, FAIL)
        mend = service.fail() or service.recover
        yield self.clock.at(when + length, RECOVER)
        mend()
        self._unblock()

    def _unblock(self) -> None:
        """Let start whoever can now, and those who wait for it in turn."""
        for _ in self.issuers:
            for issuer in self.issuers.values():
                issuer.look()

    def _recur(self, failure: Any, name: str, service: Any) -> Generator[simpy.Event, Any, None]:
        """Alternate between up and down, as found at a random instant."""
        clock, stream = self.clock, self.streams.named(f"failures/{name}")
        up, down = failure.every, failure.lasts
        place, ups, downs = stream.lane(0), stream.lane(1), stream.lane(2)
        is_down = stream.uniform(place, 0) * (up.mean + down.mean) < down.mean
        rest = stream.uniform(place, 1)
        when = clock.start + float((down if is_down else up).equilibrium(rest))
        number = 0
        if is_down:
            yield clock.at(clock.start, FAIL)
            mend = service.fail() or service.recover
            yield clock.at(when, RECOVER)
            mend()
            self._unblock()
            when += draw(up, stream, ups, 0)
        while True:
            number += 1
            length = draw(down, stream, downs, number)
            yield from self._interrupt(service, when, length)
            when = when + length + draw(up, stream, ups, number)

    def _credential_changed(self, identity: Identity, credential: Credential | None = None) -> None:
        """Look again now at whoever holds a credential, and again when each point finds it expired."""
        if credential is not None:
            for bound in (b for windows in credential.windows.values() for w in windows for b in w):
                if bound > self.clock.now:
                    self.clock.call(bound, EXPIRY, self._credential_changed, identity)
            if self.probe is not None:
                self.clock.call(max(credential.expires, self.clock.now), EXPIRY, int)
        robbed = identity.thief is not None
        for holder in (identity.thief if robbed else identity, *identity.robbers):
            for door in holder.doors:
                door.look()
        unit = identity.owner
        if unit is not None and unit.is_listed and not unit.is_gone:
            unit.fleet.meter.update(unit)


class _Slowdown:
    """A brown-out, failed and recovered from like an outage."""

    def __init__(self, factors: list[float], factor: float, turned: Callable[[], None] = int) -> None:
        self._factors = factors
        self._factor = factor
        self._turned = turned

    def fail(self) -> None:
        self._factors.append(self._factor)
        self._turned()

    def recover(self) -> None:
        self._factors.remove(self._factor)
        self._turned()


def run(design: Design, streams: Streams, probe: bool = False) -> World:
    """Simulate a design the slow way.

    Parameters
    ----------
    design : Design
        What is built.
    streams : Streams
        The random streams of one replication.
    probe : bool
        Whether trust is probed by enumeration at every event; without it only events and counts are left.

    Returns
    -------
    World
        At the horizon: all units, credentials, copies and thieves there have been, and requests served.
    """
    world = World(design, streams, probe)
    world.run()
    return world
