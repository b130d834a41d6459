"""The estate: a fleet as environments, each a number of units that are kept until it is torn down."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import nan
from typing import TYPE_CHECKING

from churnsim.engine import Order
from churnsim.engine.arrivals import arrivals
from churnsim.model.duty import Duty
from churnsim.model.gap import Gap
from churnsim.model.tenure import Idle, Teardown
from churnsim.model.unit import Unit
from churnsim.trace.code import EnvironmentFate
from churnsim.trace.meta import EstateInfo

if TYPE_CHECKING:
    from churnsim.base.distribution import Distribution
    from churnsim.model.fleet import Fleet

CAUSES = ("environment-opened", "environment-restored", "torn-down", "swept")


@dataclass(frozen=True)
class Turnover:
    """How environments come and go.

    Parameters
    ----------
    changes : Gap
        Time from one to the next.
    life : Distribution
        For how long one is wanted at most.
    idle : Idle or None
        When it is wanted no longer because nobody uses it.
    teardown : Teardown
        How it ends.
    units, most, grants : int
        Units of each; how many there may be at once, orphans included; grants that come and go with each.
    """

    changes: Gap
    life: Distribution
    idle: Idle | None
    teardown: Teardown
    units: int
    most: int
    grants: int

    @property
    def standing(self) -> float:
        """How many environments there are on average, if none is idle or refused (docs/theory.md O06)."""
        orphaned = 0.0 if self.teardown.sweep is None else self.teardown.fails * self.teardown.sweep / 2
        return (self.life.mean + orphaned) / self.changes.mean

    @property
    def info(self) -> EstateInfo:
        """What measures need to know of it."""
        return EstateInfo(units=self.units, most=self.most, grants=self.grants)


@dataclass(eq=False)
class Environment:
    """One environment, and the units that it has now, in order of their creation."""

    number: int
    opened: float
    units: dict[int, Unit] = field(default_factory=dict)
    fate: EnvironmentFate = EnvironmentFate.STANDING
    closed: float = nan
    removed: float = nan

    @property
    def is_there(self) -> bool:
        """Whether it has units, wanted or not."""
        return self.fate in (EnvironmentFate.STANDING, EnvironmentFate.ORPHANED)


class Estate(Duty):
    """The environments of one fleet.

    Parameters
    ----------
    terms : Turnover
        How they come and go.
    fleet : Fleet
        Whose units they are made of.
    """

    def __init__(self, terms: Turnover, fleet: Fleet) -> None:
        self._terms, self._fleet = terms, fleet
        self._world = world = fleet.world
        name = f"workloads/{fleet.name}"
        self._lives, self._uses = world.stream(f"{name}/life"), world.stream(f"{name}/uses")
        self._chances, self._sweeps = world.stream(f"{name}/teardown"), world.stream(f"{name}/sweep")
        changes = world.stream(f"{name}/changes")
        self._instants = arrivals(terms.changes, changes, changes.lane(0), world.start, world.end)
        self._all: list[Environment] = []
        self._home: dict[int, Environment] = {}
        self._residents: list[tuple[int, int, float]] = []  # unit, environment, wanted until [s]
        self._standing = 0
        self._filling: Environment | None = None
        self._opened, self._restored, self._torn, self._swept = (world.cause(cause) for cause in CAUSES)

    def begin(self) -> None:
        if self._instants.size:
            # After the ends of others at that instant, which make room.
            self._world.at(float(self._instants[0]), Order.ASK, self._open, 0)
        every = self._terms.teardown.sweep
        if every is not None:
            phase = self._sweeps.uniform(self._sweeps.lane(0), 0)
            self._world.at(self._world.start + phase * every, Order.CONTROL, self._sweep)

    # --- environments --------------------------------------------------------------------------------

    def _open(self, number: int) -> None:
        world, terms = self._world, self._terms
        if number + 1 < self._instants.size:
            world.at(float(self._instants[number + 1]), Order.ASK, self._open, number + 1)
        environment = Environment(number, world.now)
        self._all.append(environment)
        if self._standing == terms.most:
            environment.fate = EnvironmentFate.REFUSED
            return
        self._standing += 1
        life = float(terms.life.inverse(self._lives.uniform(self._lives.lane(number), 0)))
        if terms.idle is not None:
            life = min(life, terms.idle.ends(self._uses, number, life))
        world.at(world.now + life, Order.LIFECYCLE, self._close, environment)
        for _ in range(terms.units):
            self._fill(environment, self._opened)

    def _close(self, environment: Environment) -> None:
        """Want an environment no longer, and tear it down; if that fails its units go on."""
        environment.closed = self._world.now
        lane = self._chances.lane(environment.number)
        if float(self._chances.uniform(lane, 0)) < self._terms.teardown.fails:
            environment.fate = EnvironmentFate.ORPHANED
            for unit in environment.units.values():
                self._fleet.disown(unit)
        else:
            self._remove(environment, EnvironmentFate.TORN_DOWN, self._torn)

    def _sweep(self, _: object) -> None:
        every = self._terms.teardown.sweep
        for environment in self._all:
            if environment.fate == EnvironmentFate.ORPHANED:
                self._remove(environment, EnvironmentFate.SWEPT, self._swept)
        if every is not None:
            self._world.at(self._world.now + every, Order.CONTROL, self._sweep)

    def _remove(self, environment: Environment, fate: EnvironmentFate, cause: int) -> None:
        environment.fate, environment.removed = fate, self._world.now
        self._standing -= 1
        for unit in list(environment.units.values()):
            self._fleet.dismiss(unit, cause)

    # --- units ---------------------------------------------------------------------------------------

    def _fill(self, environment: Environment, cause: int) -> None:
        self._filling = environment
        unit = self._fleet.fill(cause)
        if environment.fate == EnvironmentFate.ORPHANED and not unit.is_stopped:
            self._fleet.disown(unit)

    def expect(self, unit: Unit) -> None:
        # Known from the first: a unit may end before whoever asked for it hears of it.
        environment = self._filling
        assert environment is not None
        self._home[unit.id] = environment
        environment.units[unit.id] = unit

    def lay_down(self, unit: Unit) -> None:
        environment = self._home.pop(unit.id)
        del environment.units[unit.id]
        until = environment.closed if environment.fate != EnvironmentFate.TORN_DOWN else nan
        self._residents.append((unit.id, environment.number, until))
        if environment.is_there:
            self._world.at(self._world.now, Order.LIFECYCLE, self._restore, environment)

    def _restore(self, environment: Environment) -> None:
        """Let an environment have all its units again, wanted or not: nobody tells its keeper otherwise."""
        if environment.is_there and len(environment.units) < self._terms.units:
            self._fill(environment, self._restored)

    # --- record --------------------------------------------------------------------------------------

    def finish(self) -> None:
        row, workload = self._fleet.system.recorder.row, self._fleet.index
        for each in self._all:
            row(
                "environments", workload=workload, number=each.number, opened=each.opened,
                closed=each.closed, removed=each.removed, fate=each.fate,
            )  # fmt: skip
            self._residents += ((unit, each.number, each.closed) for unit in each.units)
        for unit, number, until in self._residents:
            row("residents", unit=unit, number=number, until=until)
