"""The slow twin's environments: each a process that is used, closed and torn down, or swept one day."""

from __future__ import annotations

from collections.abc import Generator
from itertools import count, takewhile
from math import inf, nan
from typing import Any

import simpy

from tests.twin.clock import CONTROL, LIFECYCLE, REQUEST, draw, renewal_points


class Environment:
    """A number of units, and what became of it."""

    def __init__(self, number: int, opened: float) -> None:
        self.number = number
        self.opened = opened
        self.closed = self.removed = nan
        self.fate = "standing"
        self.units: list[Any] = []  # all that it ever had

    @property
    def living(self) -> list[Any]:
        """Units that have not been told to stop."""
        return [unit for unit in self.units if not unit.is_stopped]


class Estate:
    """All environments of a fleet."""

    def __init__(self, fleet: Any, recipe: Any) -> None:
        self.fleet, self.recipe, self.clock = fleet, recipe, fleet.clock
        self.all: list[Environment] = []
        stream, clock = self._stream("changes"), self.clock
        points = renewal_points(recipe.changes, stream, stream.lane(0), clock.start)
        for number, when in enumerate(takewhile(lambda when: when < clock.end, points)):
            clock.call(when, REQUEST, lambda n: clock.env.process(self._live(n)), number)
        if recipe.teardown.sweep is not None:
            clock.env.process(self._sweep(recipe.teardown.sweep))

    def missed(self, unit: Any) -> None:
        """A unit was told to stop, or is gone."""
        self.clock.call(self.clock.now, LIFECYCLE, self._keep, unit.environment)

    def _stream(self, purpose: str) -> Any:
        return self.fleet.stream(f"workloads/{self.fleet.name}/{purpose}")

    def _live(self, number: int) -> Generator[simpy.Event, Any, None]:
        recipe, clock = self.recipe, self.clock
        environment = Environment(number, clock.now)
        if sum(each.fate in ("standing", "orphaned") for each in self.all) == recipe.limit:
            environment.fate = "refused"
        self.all.append(environment)
        if environment.fate == "refused":
            return
        self._keep(environment)
        stream = self._stream("life")
        life = draw(recipe.life, stream, stream.lane(number), 0)
        yield from self._last(number, life)
        environment.closed = clock.now
        stream = self._stream("teardown")
        if stream.uniform(stream.lane(number), 0) >= recipe.teardown.fails:
            self._remove(environment, "torn-down")
            return
        environment.fate = "orphaned"
        for unit in environment.living:
            unit.is_disowned = True
            self.fleet.count()

    def _last(self, number: int, life: float) -> Generator[simpy.Event, Any, None]:
        """Wait until it is closed: for its life, or until nobody has used it for a while."""
        clock, idle, stream = self.clock, self.recipe.idle, self._stream("uses")
        opened, used = clock.now, 0.0
        for use in count():
            gap = inf if idle is None else draw(idle.used, stream, stream.lane(number), use)
            patience = inf if idle is None else idle.after
            if used + min(gap, patience) >= life:
                yield clock.at(opened + life, LIFECYCLE)
                return
            yield clock.at(opened + used + min(gap, patience), LIFECYCLE)
            if gap > patience:
                return
            used += gap

    def _sweep(self, every: float) -> Generator[simpy.Event, Any, None]:
        stream = self._stream("sweep")
        when = self.clock.start + stream.uniform(stream.lane(0), 0) * every
        while True:
            yield self.clock.at(when, CONTROL)
            for environment in self.all:
                if environment.fate == "orphaned":
                    self._remove(environment, "swept")
            when = self.clock.now + every

    def _remove(self, environment: Environment, fate: str) -> None:
        environment.fate, environment.removed = fate, self.clock.now
        for unit in environment.living:
            unit.retire(fate)

    def _keep(self, environment: Environment) -> None:
        """Let it have as many units as it is to have, wanted or not."""
        while environment.fate in ("standing", "orphaned") and len(environment.living) < self.recipe.units:
            unit = self.fleet.add()
            unit.environment = environment
            environment.units.append(unit)
            if environment.fate == "orphaned":
                unit.is_disowned = True
                self.fleet.count()
