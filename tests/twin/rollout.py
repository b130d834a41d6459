"""The slow twin's rollouts: a controller that counts all units anew whenever anything happens to one."""

from __future__ import annotations

from math import ceil, floor, inf, nan
from typing import Any

from churnsim.engine import Stream
from tests.twin.clock import CONTROL, INTENT, ROLLOUT, draw, renewal_points


class Version:
    """One version of a workload; an instant that has not come is NaN."""

    def __init__(self, number: int, committed: float, is_bad: bool) -> None:
        self.number = number
        self.committed = committed
        self.is_bad = is_bad
        self.began = self.completed = self.noticed = self.restored = nan
        self.cause = ""
        self.watches: list[float] = []  # instants at which somebody looks


class Controller:
    """Who brings versions to the units of a fleet.

    Parameters
    ----------
    fleet : Fleet
        Whose units.
    recipe : Rollout
        How.
    """

    def __init__(self, fleet: Any, recipe: Any) -> None:
        self.fleet, self.recipe, self.clock = fleet, recipe, fleet.clock
        self.stream: Stream = fleet.stream(f"workloads/{fleet.name}/rollout")
        self.versions = [Version(0, fleet.clock.start, False)]
        self.goal = self.routed = self.before = 0
        self.is_rolling = self.is_back = self._is_due = False
        self._queue: list[Version] = []
        self._best, self._moved, self._wait = 0, 0.0, nan
        instants = recipe.at
        if instants is None:
            points = renewal_points(recipe.every, self.stream, self.stream.lane(0), self.clock.start)
            instants = []
            for when in points:
                if when >= self.clock.end:
                    break
                instants.append(when)
        for when in sorted(instants):
            self.clock.call(when, INTENT, self._commit)

    # --- what units ask ------------------------------------------------------------------------------

    def is_bad(self, unit: Any) -> bool:
        """Whether something is wrong with a unit's version."""
        return self.versions[unit.revision].is_bad

    def heir(self, unit: Any) -> int:
        """Version of a unit's replacement."""
        return self.goal if self.recipe.kind == "on-replacement" else unit.revision

    @property
    def more(self) -> int:
        """Version of units that an autoscaler asks for."""
        is_open = self.is_rolling and not self.is_back and self.recipe.kind != "on-replacement"
        return self.before if is_open else self.goal

    def rose(self, unit: Any) -> None:
        """See a unit ready."""
        version, now = self.versions[unit.revision], self.clock.now
        is_watched = any(when > now for when in version.watches)
        if version.is_bad and version.noticed != version.noticed and not is_watched:
            lane = self.stream.lane(2, version.number)
            version.watches.append(now + draw(self.recipe.detected, self.stream, lane, len(version.watches)))
            self.clock.call(version.watches[-1], INTENT, self._watch, version)
        self.poke()

    def poke(self) -> None:
        """Count again, once all else that happens now has happened."""
        if self.is_rolling and not self._is_due:
            self._is_due = True
            self.clock.call(self.clock.now, ROLLOUT, self._count)

    # --- versions ------------------------------------------------------------------------------------

    def _commit(self) -> None:
        number = len(self.versions)
        is_bad = self.stream.uniform(self.stream.lane(1), number) < self.recipe.bad
        self.versions.append(Version(number, self.clock.now, is_bad))
        self._queue.append(self.versions[-1])
        if not self.is_rolling or self.recipe.kind == "on-replacement":
            self._next()

    def _next(self) -> None:
        if self._queue:
            version = self._queue[-1]
            self._queue.clear()
            version.began, self.before = self.clock.now, self.goal
            self._go(version.number, False)
            self.clock.call(self.clock.now + self.recipe.deadline, CONTROL, self._overdue, version)

    def _go(self, goal: int, is_back: bool) -> None:
        self.goal, self.is_back, self.is_rolling = goal, is_back, True
        self._best, self._moved = 0, self.clock.now
        self._wait = -inf if is_back else nan  # until when what there is of it is on test, or is kept
        self._has_switched = False
        self.poke()

    def _watch(self, version: Version) -> None:
        if any(unit.revision == version.number for unit in self.fleet.wanted):
            self._take_back(version, "noticed")

    def _overdue(self, version: Version) -> None:
        if self.goal != version.number or self.is_back or version.completed == version.completed:
            return
        if version.noticed == version.noticed or self.recipe.kind == "on-replacement":
            return
        due = self._moved + self.recipe.deadline
        if self.recipe.kind == "canary" and self._wait == self._wait:
            due = max(self._moved, self._wait) + self.recipe.deadline
        if self.clock.now < due:
            self.clock.call(due, CONTROL, self._overdue, version)
        else:
            self._take_back(version, "no-progress")

    def _take_back(self, version: Version, cause: str) -> None:
        if version.noticed != version.noticed:
            version.noticed, version.cause = self.clock.now, cause
            if version.number == self.goal:
                sound = [v for v in self.versions if v.noticed != v.noticed and v.began == v.began]
                self._go(max((v.number for v in sound), default=0), True)

    # --- counting ------------------------------------------------------------------------------------

    def _count(self) -> None:
        self._is_due = False
        if not self.is_rolling:
            return
        wanted = self.fleet.wanted
        new = [unit for unit in wanted if unit.revision == self.goal]
        old = [unit for unit in wanted if unit.revision != self.goal]
        ready = [unit for unit in new if unit.ready == unit.ready]
        is_first = len(ready) > self._best
        self._best = max(self._best, len(ready))
        create, stop, switch = self._plan(new, old)
        if create or stop or switch or is_first:
            self._moved = self.clock.now
        if self._is_complete(ready, old):
            self._complete()
        if switch:
            self._switch()
        if create or stop:
            self._exchange(create, stop)
        if create or stop or switch:
            self.poke()
        elif self._is_complete(ready, old) and (not old or self.recipe.kind != "blue-green"):
            self.is_rolling = False
            self._next()

    def _is_complete(self, ready: list[Any], old: list[Any]) -> bool:
        if self.recipe.kind == "blue-green":
            return self._has_switched
        return len(ready) >= self.fleet.target and not old

    def _plan(self, new: list[Any], old: list[Any]) -> tuple[int, list[Any], bool]:
        """How many to create, whom to stop, and whether to send callers elsewhere."""
        desired, kind, now = self.fleet.target, self.recipe.kind, self.clock.now
        ready = [unit for unit in new if unit.ready == unit.ready]
        match kind:
            case "on-replacement":
                return 0, [], False
            case "recreate":
                leaving = any(
                    unit.is_stopped and not unit.is_gone and unit.revision != self.goal
                    for unit in self.fleet.units
                )
                return (0 if old or leaving else max(desired - len(new), 0)), old, False
            case "batched":
                if len(ready) < len(new):
                    return 0, [], False
                stop = _least_wanted(old)[: max(len(new) + len(old) - desired, 0)]
                room = desired + ceil(self.recipe.batch * desired - 1e-9) - len(new) - len(old) + len(stop)
                return max(min(room, desired - len(new)), 0), stop, False
            case "blue-green":
                if not self._has_switched:
                    if len(ready) < desired:
                        create = max(desired - len(new), 0)
                        third = max(len(new) + len(old) + create - 2 * desired, 0)
                        idle = [unit for unit in old if unit.revision != self.routed]
                        served = [unit for unit in old if unit.revision == self.routed]
                        return create, [*_least_wanted(idle), *_least_wanted(served)][:third], False
                    self._has_switched = True
                    self._wait = now + (0.0 if self.is_back else self.recipe.keep)
                    self.clock.call(self._wait, ROLLOUT, self._again, self.goal)
                    return 0, [], True
                return 0, (_least_wanted(old) if now >= self._wait else []), False
        goal = desired
        if kind == "canary":
            few = min(max(ceil(self.recipe.share * desired - 1e-9), 1), desired)
            if self._wait != self._wait and len(ready) >= few:
                self._wait = now + self.recipe.bake
                self.clock.call(self._wait, ROLLOUT, self._again, self.goal)
            goal = desired if self._wait <= now else few
        return *self._rolled(new, old, goal), False

    def _rolled(self, new: list[Any], old: list[Any], goal: int) -> tuple[int, list[Any]]:
        """What Kubernetes' deployment controller would do, pod by pod."""
        desired, recipe = self.fleet.target, self.recipe
        surge = ceil(recipe.max_surge * desired - 1e-9)
        missing = floor(recipe.max_unavailable * desired + 1e-9)
        minimum = desired - (missing if surge or missing else 1)
        create = 0
        while len(new) + create < goal and len(new) + len(old) + create < desired + surge:
            create += 1
        pods, stop = [*new, *old], list[Any]()
        for unit in _least_wanted(old):
            rest = [pod for pod in pods if pod not in stop]
            unready_new = sum(pod.ready != pod.ready for pod in new)
            spare = len(rest) - minimum - unready_new
            left = [pod for pod in rest if pod.ready == pod.ready]
            is_enough = spare > 0 if unit.ready != unit.ready else spare > 0 and len(left) > minimum
            if is_enough and len(old) - len(stop) > desired - goal:
                stop.append(unit)
        return create, stop

    def _again(self, goal: int) -> None:
        if self.goal == goal:
            self._count()

    def _exchange(self, create: int, stop: list[Any]) -> None:
        fleet = self.fleet
        fleet.spare += create - len(stop)
        fleet.note()
        cause = "rolled-back" if self.is_back else "rolled-out"
        for unit in stop:
            unit.retire(cause)
        for _ in range(create):
            fleet.enter(self.goal)

    def _switch(self) -> None:
        if self.routed != self.goal:
            self.routed = self.goal
            for unit in self.fleet.wanted:
                if unit.ready == unit.ready:
                    unit.route(unit.revision == self.goal)

    def _complete(self) -> None:
        version = self.versions[self.goal]
        if not self.is_back and version.completed != version.completed:
            version.completed = self.clock.now
        for each in self.versions:
            if each.noticed == each.noticed and each.restored != each.restored:
                each.restored = self.clock.now


def _least_wanted(units: list[Any]) -> list[Any]:
    """Who is given up first: not placed, not ready, ready for the shortest; of equals the newest."""

    def order(unit: Any) -> tuple[float, float, float]:
        if unit.ready == unit.ready:
            return 2, -unit.ready, -unit.number
        return float(unit.placed == unit.placed), 0.0, -unit.number

    return sorted(units, key=order)
