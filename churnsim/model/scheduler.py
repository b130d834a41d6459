"""The scheduler: units that wait for room, and who is placed next."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import count
from math import inf
from typing import TYPE_CHECKING

from churnsim.engine import Order

if TYPE_CHECKING:
    from churnsim.engine import World
    from churnsim.model.fleet import Fleet
    from churnsim.model.unit import Unit


class Scheduler:
    """First come, first served, among those for whom there is room.

    Parameters
    ----------
    world : World
        Where it stands.
    rate : float or None
        Units placed per time [1/s]; None: all at once.
    house : callable
        Finds a node for a unit of a fleet; returns whether there was one.
    """

    def __init__(self, world: World, rate: float | None, house: Callable[[Fleet, Unit], bool]) -> None:
        self._world = world
        self._pause = 0.0 if rate is None else 1.0 / rate
        self._house = house
        self._waiting: dict[int, deque[tuple[int, Fleet, Unit]]] = {}
        self._told: dict[int, int] = {}  # by fleet: the last who knows that there is no room
        self._number = count()
        self._next = -inf
        self._is_awake = False
        self._no_room = world.cause("no-room")

    def ask(self, fleet: Fleet, unit: Unit) -> None:
        """Let a unit wait for its turn."""
        self._waiting.setdefault(fleet.index, deque()).append((next(self._number), fleet, unit))
        self.wake()

    def waiting(self) -> list[tuple[int, int]]:
        """Fleets of which units wait, by number, and how many: whose first unit came first is first."""
        queues = {
            index: [each for each in queue if not each[2].is_stopped]
            for index, queue in self._waiting.items()
        }
        order = sorted((queue[0][0], index) for index, queue in queues.items() if queue)
        return [(index, len(queues[index])) for _, index in order]

    def wake(self) -> None:
        """Look at who waits, now that there may be room for somebody."""
        if not self._is_awake and any(self._waiting.values()):
            self._is_awake = True
            self._world.at(max(self._world.now, self._next), Order.LIFECYCLE, self._serve)

    def _serve(self, _: object) -> None:
        """Place whom it can; units of one workload are alike, so where one finds no room none does."""
        self._is_awake = False
        stuck: set[int] = set()
        while True:
            first = [queue[0] for index, queue in self._waiting.items() if queue and index not in stuck]
            if not first:
                return
            _, fleet, unit = min(first, key=lambda each: each[0])
            queue = self._waiting[fleet.index]
            if unit.is_stopped:
                queue.popleft()
            elif self._house(fleet, unit):
                queue.popleft()
                fleet.placed(unit)
                if self._pause:
                    self._next = self._world.now + self._pause
                    self.wake()
                    return
            else:
                stuck.add(fleet.index)
                self._tell(fleet.index)

    def _tell(self, index: int) -> None:
        """Name the reason why the units of a fleet wait, once for each."""
        told = self._told.get(index, -1)
        queue = self._waiting[index]
        for number, _, unit in reversed(queue):
            if number <= told:
                break
            if not unit.is_stopped:
                self._world.become(unit, unit.state, self._no_room)
        self._told[index] = queue[-1][0]
