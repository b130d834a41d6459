"""The routing: every request of a function goes to a unit of its own accord, or lets one be started.

Requests come one by one, and yet have no turns of their own: all that happens before the next turn of anybody
is worked through at once, up to the first instant at which a unit has to be started or told to stop.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from heapq import heappop, heappush
from math import inf, isnan, nan
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from churnsim.engine import Order
from churnsim.model.duty import Duty
from churnsim.model.host import Host
from churnsim.model.instants import instants
from churnsim.trace.code import InvocationOutcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from churnsim.base.distribution import Distribution
    from churnsim.model.fleet import Fleet
    from churnsim.model.traffic import Traffic
    from churnsim.model.unit import Unit

OPEN, DONE, GAVE_UP, CUT_SHORT = (int(outcome) for outcome in InvocationOutcome)
_THROTTLED = len(InvocationOutcome)  # not with any unit: a table of its own


@dataclass(frozen=True)
class Handling:
    """How requests are handled.

    Parameters
    ----------
    traffic : Traffic
        The requests that come.
    service, keep_alive : Distribution
        How long one takes [s], and how long a unit stays after its last one [s].
    concurrency : int
        Requests that a unit takes at a time.
    limit : int
        Units that there are at most.
    patience : float
        How long a request waits for a unit to be ready [s]; infinite: for ever.
    """

    traffic: Traffic
    service: Distribution
    keep_alive: Distribution
    concurrency: int
    limit: int
    patience: float


class Routing(Duty):
    """The requests of one fleet, and who has them.

    Parameters
    ----------
    handling : Handling
        How they are handled.
    fleet : Fleet
        Whose units.
    """

    CAUSES: ClassVar[tuple[str, ...]] = ("request", "idle")
    may_keep: ClassVar[bool] = True

    def __init__(self, handling: Handling, fleet: Fleet) -> None:
        self._handling, self._fleet, self._world = handling, fleet, fleet.world
        cause = fleet.world.cause
        self._wanted, self._idle, self._over = cause("request"), cause("idle"), cause("lifetime")
        self._hosts: dict[int, Host] = {}
        self._free: list[tuple[bool, int, Host]] = []  # ready, with a place: kept ones first, then the newest
        self._coming: list[tuple[int, Host]] = []  # not ready yet, with a place: the oldest first
        self._ends: list[tuple[float, int, bool, Host]] = []  # of requests, and of their patience
        self._expiries: list[tuple[float, int, Host]] = []
        self._planned = inf
        self._next = 0

    def begin(self) -> None:
        handling, world, name = self._handling, self._world, self._fleet.name
        load = handling.traffic.load(world.stream(f"workloads/{name}/traffic"), world.start, world.end)
        stream = world.stream(f"workloads/{name}/invocations")
        arrived = instants(load, stream, stream.lane(0), world.start, world.end)

        def drawn(law: Distribution, lane: int) -> array[float]:
            if law.is_constant:
                return array("d", [law.mean]) * arrived.size
            return array("d", law.inverse(stream.uniform(stream.lane(lane), np.arange(arrived.size))))

        self._arrived = array("d", arrived)
        self._arrived.append(inf)
        self._service, self._stay = drawn(handling.service, 1), drawn(handling.keep_alive, 2)
        self._began, self._ended = (array("d", [nan]) * arrived.size for _ in range(2))
        self._unit = array("q", [-1]) * arrived.size
        self._outcome = bytearray(arrived.size)
        self._plan()

    # --- units ---------------------------------------------------------------------------------------

    def expect(self, unit: Unit) -> None:
        is_kept = unit.slot < self._fleet.recipe.kept
        # Who is not kept is started for the request that has just come.
        host = self._hosts[unit.id] = Host(unit, is_kept, self._next - 1)
        self._offer(host)

    def take_up(self, unit: Unit, since: float | None = None) -> None:
        host, now = self._hosts[unit.id], self._world.now
        host.is_ready, host.is_offered = True, False
        for number in host.taken:
            self._begin(host, number, now)
        if not host.taken:
            self._rest(host, now, host.first)
        self._offer(host)
        self._plan()

    def keeps(self, unit: Unit) -> bool:
        host = self._hosts[unit.id]
        host.is_leaving = bool(host.taken)
        host.is_open = not host.is_leaving
        return host.is_leaving

    def lay_down(self, unit: Unit) -> None:
        if unit.id in self._hosts:
            self._hosts[unit.id].is_open = False

    def leave(self, unit: Unit) -> None:
        self._end(unit)

    def drop(self, unit: Unit) -> None:
        self._end(unit)

    def _end(self, unit: Unit) -> None:
        host = self._hosts.pop(unit.id)
        host.is_open = False
        for number in host.taken:
            self._conclude(number, self._world.now, CUT_SHORT)
        host.taken.clear()

    # --- time passes ---------------------------------------------------------------------------------

    def _plan(self) -> None:
        """Put a turn on the queue for the next that happens here, unless there is one before it."""
        when = self._upcoming()[0]
        if when < self._planned:
            self._planned = when
            self._world.at(when, Order.DISPATCH, self._proceed, when)

    def _proceed(self, planned: float) -> None:
        """Let happen what is due, and what comes before anybody else's turn and is seen by nobody else."""
        if planned != self._planned:
            return
        self._planned, world = inf, self._world
        while True:
            when, happen, is_quiet = self._upcoming()
            if when > world.now and (when >= world.following or not is_quiet()):
                break
            happen(when)
        self._plan()

    def _upcoming(self) -> tuple[float, Callable[[float], None], Callable[[], bool]]:
        """When something happens next [s], what, and whether no unit starts or stops by it."""
        end = self._ends[0][0] if self._ends else inf
        expiry = self._expiries[0][0] if self._expiries else inf
        arrival = self._arrived[self._next]
        # At one instant requests end, then units are let go, then requests come.
        if end <= expiry and end <= arrival:
            return end, self._release, self._releases_quietly
        if expiry <= arrival:
            return expiry, self._expire, self._expires_quietly
        return arrival, self._arrive, self._arrives_quietly

    # --- requests come -------------------------------------------------------------------------------

    def _arrives_quietly(self) -> bool:
        return self._choice() is not None or self._fleet.target >= self._handling.limit

    def _arrive(self, now: float) -> None:
        number = self._next
        self._next += 1
        host = self._choice()
        if host is None:
            if self._fleet.target >= self._handling.limit:
                self._outcome[number] = _THROTTLED
                return
            unit = self._fleet.fill(self._wanted)
            self._unit[number] = unit.id
            if unit.id not in self._hosts:  # it crashed as soon as it was there
                self._conclude(number, now, CUT_SHORT)
                return
            host = self._hosts[unit.id]
        self._unit[number] = host.unit.id
        host.taken[number] = None
        if host.is_ready:
            self._begin(host, number, now)
        elif self._handling.patience < inf:
            heappush(self._ends, (now + self._handling.patience, number, True, host))

    def _begin(self, host: Host, number: int, now: float) -> None:
        self._began[number] = now
        heappush(self._ends, (now + self._service[number], number, False, host))

    def _choice(self) -> Host | None:
        """Who takes the next request: a ready unit with a place, else one that will be ready."""
        most = self._handling.concurrency
        while self._free:
            host = self._free[0][-1]
            if host.is_open and len(host.taken) < most:
                return host
            heappop(self._free)
            host.is_offered = False
        while self._coming:
            host = self._coming[0][-1]
            if host.is_open and not host.is_ready and len(host.taken) < most:
                return host
            heappop(self._coming)
            if not host.is_ready:
                host.is_offered = False
        return None

    def _offer(self, host: Host) -> None:
        """Put a unit in line, unless it is there already."""
        if host.is_offered:
            return
        host.is_offered = True
        if host.is_ready:
            heappush(self._free, (not host.is_kept, -host.unit.id, host))
        else:
            heappush(self._coming, (host.unit.id, host))

    # --- requests go ---------------------------------------------------------------------------------

    def _releases_quietly(self) -> bool:
        _, _, _, host = self._ends[0]
        return not host.is_leaving or len(host.taken) > 1

    def _release(self, now: float) -> None:
        _, number, is_waiting, host = heappop(self._ends)
        if number not in host.taken or is_waiting != isnan(self._began[number]):
            return
        del host.taken[number]
        self._conclude(number, now, GAVE_UP if is_waiting else DONE)
        if host.is_open:
            if host.is_ready and not host.taken:
                self._rest(host, now, number)
            self._offer(host)
        elif host.is_leaving and not host.taken:
            self._fleet.stop(host.unit, self._over)

    def _conclude(self, number: int, now: float, outcome: int) -> None:
        self._ended[number], self._outcome[number] = now, outcome

    # --- units go ------------------------------------------------------------------------------------

    def _rest(self, host: Host, now: float, number: int) -> None:
        """Let a unit be idle that has been left by a request."""
        if not host.is_kept:
            host.idle_until = now + self._stay[number]
            self._watch(host)

    def _watch(self, host: Host) -> None:
        """Have a unit in the calendar for the first instant at which it may have to go."""
        if host.idle_until < host.watched:
            host.watched = host.idle_until
            heappush(self._expiries, (host.watched, host.unit.id, host))

    def _expires_quietly(self) -> bool:
        when, _, host = self._expiries[0]
        return not host.is_open or bool(host.taken) or host.idle_until > when

    def _expire(self, now: float) -> None:
        host = heappop(self._expiries)[-1]
        if host.watched == now:
            host.watched = inf
        if not host.is_open or host.taken:
            return
        if host.idle_until > now:
            self._watch(host)
        else:
            self._fleet.stop(host.unit, self._idle)

    # --- record --------------------------------------------------------------------------------------

    def finish(self) -> None:
        unit, outcome = np.array(self._unit), np.frombuffer(self._outcome, np.uint8)
        arrived = np.array(self._arrived)[:-1]
        record, workload = self._fleet.system.recorder.block, self._fleet.index
        number = np.flatnonzero(unit >= 0)
        record(
            "invocations", workload=workload, number=number, arrived=arrived[number], unit=unit[number],
            began=np.array(self._began)[number], ended=np.array(self._ended)[number],
            outcome=outcome[number],
        )  # fmt: skip
        number = np.flatnonzero(outcome == _THROTTLED)
        record("throttles", workload=workload, number=number, time=arrived[number])
