"""The fleet: slots and the units that fill them, one incarnation after the other."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from heapq import heappop, heappush
from math import ceil, inf
from typing import TYPE_CHECKING

import numpy as np

from churnsim.base.distribution import Distribution
from churnsim.engine import Order
from churnsim.engine.draws import Draws
from churnsim.model.competing import competing
from churnsim.model.deployer import Deployer
from churnsim.model.hazard import Hazard
from churnsim.model.lineage import Lineage
from churnsim.model.link import Links, severed
from churnsim.model.opening import opening
from churnsim.model.regulator import Regulator
from churnsim.model.relapse import Relapses
from churnsim.model.renewer import Renewer
from churnsim.model.unit import DRAINING, GONE, PENDING, READY, STARTING, Unit
from churnsim.model.wallet import Wallet

if TYPE_CHECKING:
    from churnsim.model.node import Node
    from churnsim.model.reader import Readers
    from churnsim.model.shared_service import SharedService
    from churnsim.model.system import System
    from churnsim.model.workload import Workload


class Fleet:
    """The units of one workload.

    Parameters
    ----------
    index : int
        Position among the scenario's workloads.
    name : str
        Its name.
    recipe : Workload
        What is wanted.
    system : System
        The world and its other inhabitants.
    """

    def __init__(self, index: int, name: str, recipe: Workload, system: System) -> None:
        self.index = index
        self.name = name
        self.recipe = recipe
        self.units: list[Unit] = []  # the unit that fills each slot; those it replaced may still drain
        self.gone = array("d")  # unit number and instant [s] of each, one after the other
        self._draining: dict[int, Unit] = {}
        self.hazards: list[Hazard] = []
        self.links = Links()
        self.gangs = 0  # failures that rob this fleet
        self._ready_now = 0
        self._bereft: dict[int, Unit] = {}  # by slot: lost with its node, and not replaced yet
        self._relapses = Relapses(recipe.restart)
        self._vacant: list[int] = []  # slots that were filled once and in which nobody is wanted now; a heap
        self.system = system
        self.world = system.world
        self._recorder = system.recorder
        self._cluster = system.cluster
        self._pending = self.draws("pending", recipe.pending)
        self._startup = self.draws("startup", recipe.startup)
        self._lifetime = None if recipe.stay is None else self.draws("lifetime", recipe.stay)
        self._drain = self.draws("drain", recipe.drain)
        self.wallet: Wallet | None = None
        self.renewers: list[Renewer] = []
        self.readers: Readers | None = None
        if recipe.issuer is not None:
            self.wallet = Wallet(system.issuers[recipe.issuer], name, self.world, recipe.kept)
            self._entrust(self.wallet)
        if recipe.policy is not None:
            self.readers = system.readers(recipe.policy, name, self.crash)
        cause = self.world.cause
        self._start, self._replacement, self._scheduled = (
            cause("start"),
            cause("replacement"),
            cause("scheduled"),
        )
        self._admitted, self._stopped, self._drained = cause("admitted"), cause("lifetime"), cause("drained")
        self.duty = recipe.duty(self)
        self.target = recipe.begins
        self._spare = 0  # units that a rollout has there beyond the target
        self._lineage = Lineage() if recipe.releases is None else Deployer(self, recipe.releases)
        self._regulator = None if recipe.scaler is None else Regulator(self, recipe.scaler)

    def draws(self, purpose: str, law: Distribution) -> Draws:
        """Draws of a law for this fleet's units, from the stream of that purpose."""
        return Draws(law, self.world.stream(f"workloads/{self.name}/{purpose}"), self.recipe.kept)

    def threaten(self, law: Distribution, purpose: str, cause: int) -> None:
        """Let every unit end without notice after a time from ready drawn by `law` [s]."""
        self.hazards.append(Hazard(self, law, self.draws(purpose, law), cause))

    def _entrust(self, wallet: Wallet) -> None:
        owner, replicas = self.recipe.owner, self.recipe.peak
        share = owner.slots(replicas)
        for number in range(-(-replicas // share) if share else 0):
            self.renewers.append(Renewer(self.system.owned(), number, wallet, owner.pace, self.world))
        wallet.entrust(share, self.renewers)

    # --- beginnings ----------------------------------------------------------------------------------

    def begin_fresh(self) -> None:
        """Create every unit at the start, once what fails then has failed."""

        def create(slots: int) -> None:
            for slot in range(slots):
                self._create(slot, self._start)

        self.world.at(self.world.start, Order.LIFECYCLE, create, self.recipe.begins)
        self._regulate()

    def begin_stationary(self) -> None:
        """Put every slot where a random instant of an old fleet finds it (docs/theory.md O01, O07)."""
        recipe, world = self.recipe, self.world
        ends = [h.law for h in self.hazards] + ([] if recipe.stay is None else [recipe.stay])
        stay = competing(tuple(ends)) if ends else None
        # Where nobody ever stops: older than anything that is remembered.
        forever = 2.0 * self.system.memory + world.end
        states, age = opening(recipe, stay, world.stream(f"workloads/{self.name}/start"), forever)
        ready: list[Unit] = []
        for slot, state in enumerate(states):
            unit = Unit(self.system.number(), slot, 1)
            unit.links = self.links.of(slot)
            self.units.append(unit)
            self.duty.expect(unit)
            self._lineage.join(unit)
            if state != PENDING and self._cluster is not None and not self._cluster.settle(self, unit):
                world.born(unit, PENDING, self._start, world.start)
                self._place(unit)
                continue
            since = world.start - float(age[slot])
            world.born(unit, state, self._start, since)
            if state == PENDING:
                wait = self._pending.remaining(slot, age[slot])
                world.at(world.start + wait, Order.LIFECYCLE, self._place, unit)
            elif state == STARTING:
                wait = self._startup.remaining(slot, age[slot])
                world.at(world.start + wait, Order.LIFECYCLE, self._boot, unit)
            else:
                unit.booted = unit.ready = since
                self._ready_now += 1
                ready.append(unit)
                self._lineage.rise(unit)
                self.duty.take_up(unit, since)
                self._plan_end(unit, float(age[slot]))
        if self.wallet is not None and ready:
            # A fleet that nobody ever leaves has forgotten when it began.
            up = np.array([world.start - unit.ready if ends else inf for unit in ready])
            self.wallet.load(ready, up)
        self._regulate()

    def _regulate(self) -> None:
        if self.recipe.is_elastic:
            self._aim()
        if self._regulator is not None:
            self._regulator.begin()
        self._lineage.begin()

    # --- how many there are --------------------------------------------------------------------------

    @property
    def wanted(self) -> list[Unit]:
        """The units that are wanted: of each slot the one that has not been told to stop, if it has one."""
        return [unit for unit in self.units if not unit.is_stopped]

    def fill(self, cause: int) -> Unit:
        """Create a unit in the first empty slot of those that are filled on demand."""
        self.target += 1
        self._aim()
        return self._add(cause, self._lineage.more)

    def disown(self, unit: Unit) -> None:
        """Want a unit no longer that nobody tells to stop."""
        unit.is_disowned = True
        self.target -= 1
        self._aim()

    def dismiss(self, unit: Unit, cause: int) -> None:
        """Tell a unit to stop that was created on demand; who is not ready has nothing to drain."""
        wait = self._drain.take(unit.slot, unit.incarnation) if unit.state == READY else 0.0
        self._leave(unit, cause, wait)
        self._give_up(unit)

    def scale(self, target: int) -> None:
        """Let there be so many units from now on: create some at once, or stop those wanted least."""
        change = target - self.target
        if change == 0:
            return
        self.target = target
        self._spare = max(self._spare, -target)  # who is gone for a rollout's sake cannot go again
        self._aim()
        if change > 0:
            up = self.world.cause("scaled-up")
            for _ in range(change):
                self._add(up, self._lineage.more)
        else:
            missing = list(self._bereft.values())[:-change]
            least = sorted(self.wanted, key=_worth)[: -change - len(missing)]
            self._dismiss([*missing, *least], self.world.cause("scaled-down"))
        self._lineage.wake()

    def exchange(self, new: int, revision: int, old: int, cause: int) -> None:
        """Create so many units of a revision, and stop so many of others, for the sake of a rollout."""
        if new or old:
            self._spare += new - old
            self._aim()
            for _ in range(old):
                self._dismiss([self._lineage.first(revision)], cause)
            for _ in range(new):
                self._add(cause, revision)

    def _add(self, cause: int, revision: int) -> Unit:
        """Create a unit in the first slot in which nobody is wanted."""
        slot = heappop(self._vacant) if self._vacant else len(self.units)
        self._create(slot, cause, revision)
        return self.units[slot]

    def _dismiss(self, units: Iterable[Unit], cause: int) -> None:
        """Want units no longer: those that are lost are not replaced, the others told to stop."""
        for unit in units:
            heappush(self._vacant, unit.slot)
            if self._bereft.get(unit.slot) is unit:
                del self._bereft[unit.slot]
                self._lineage.strike(unit)
                if self._cluster is not None:
                    self._cluster.forsake(self, unit)
            else:
                # Who is not ready has nothing to drain.
                is_ready = unit.state == READY
                wait = self._drain.take(unit.slot, unit.incarnation) if is_ready else 0.0
                self._leave(unit, cause, wait)

    def _aim(self) -> None:
        self._recorder.row(
            "targets", workload=self.index, time=self.world.now, units=self.target, spare=self._spare
        )

    # --- a unit's life -------------------------------------------------------------------------------

    def _create(self, slot: int, cause: int, revision: int = 0, where: Node | None = None) -> None:
        is_new = slot == len(self.units)
        incarnation = 1 if is_new else self.units[slot].incarnation + 1
        unit = Unit(self.system.number(), slot, incarnation, revision)
        unit.links = self.links.of(slot)
        if is_new:
            self.units.append(unit)
        else:
            self.units[slot] = unit
        self.duty.expect(unit)
        self._lineage.join(unit)
        world, cluster = self.world, self._cluster
        wait = self._pending.take(slot, incarnation) + self._relapses.pause(slot)
        if cluster is not None and where is not None:
            cluster.put(self, unit, where)
            world.born(unit, STARTING, cause)
            self._start_up(unit)
        elif wait > 0:
            world.born(unit, PENDING, cause)
            world.at(world.now + wait, Order.LIFECYCLE, self._place, unit)
        elif cluster is not None:
            world.born(unit, PENDING, cause)
            cluster.ask(self, unit)
        else:
            world.born(unit, STARTING, cause)
            self._start_up(unit)

    def _place(self, unit: Unit) -> None:
        if unit.is_stopped:
            return
        if self._cluster is not None:
            self._cluster.ask(self, unit)
        else:
            self.placed(unit)

    def placed(self, unit: Unit) -> None:
        """Start a unit that has found its place."""
        self.world.become(unit, STARTING, self._scheduled)
        self._start_up(unit)

    def _start_up(self, unit: Unit) -> None:
        since = now = self.world.now
        if self._cluster is not None and self.recipe.image is not None:
            since = self._cluster.imaged(self, unit)
        wait = self._startup.take(unit.slot, unit.incarnation)
        if wait > 0 or since > now:
            self.world.at(since + wait, Order.LIFECYCLE, self._boot, unit)
        else:
            self._boot(unit)

    def _boot(self, unit: Unit) -> None:
        if unit.is_stopped or not self._lineage.boots(unit):
            return
        unit.booted = self.world.now
        if self.wallet is not None:
            self.wallet.admit(unit, lambda: self._identified(unit))
        else:
            self._identified(unit)

    def _identified(self, unit: Unit) -> None:
        if unit.is_stopped:
            return
        if self.readers is not None:
            self.readers.admit(unit, lambda: self._ready(unit))
        else:
            self._ready(unit)

    def _ready(self, unit: Unit) -> None:
        if unit.is_stopped:
            return
        world = self.world
        world.become(unit, READY, self._admitted)
        unit.ready = world.now
        self._ready_now += 1
        self._lineage.rise(unit)
        self._plan_end(unit)
        if self._lineage.is_served(unit):
            self.duty.take_up(unit)

    def _plan_end(self, unit: Unit, age: float | None = None) -> None:
        """Put the earliest of the unit's ends on the queue; the rest can never happen.

        With an age [s], of a unit that is there at the start, what is left of each time counts from now.
        """

        def wait(draws: Draws) -> float:
            return draws.take(unit.slot, unit.incarnation) if age is None else draws.remaining(unit.slot, age)

        end, order, act = self._lineage.crash(unit), Order.FAULT, self._break
        for hazard in self.hazards:
            strike = wait(hazard.draws)
            if strike < end:
                end, order, act = strike, Order.FAULT, hazard.strike
        if self._lifetime is not None:
            life = wait(self._lifetime)
            if life < end:
                if end < inf and self.duty.may_keep:  # who is kept may still crash
                    self.world.at(self.world.now + end, order, act, unit)
                end, order, act = life, Order.LIFECYCLE, self._expire
        self.world.at(self.world.now + end, order, act, unit)

    def _break(self, unit: Unit) -> None:
        if not unit.is_stopped:
            self.crash(unit, self.world.cause("bad-version"))

    def _expire(self, unit: Unit) -> None:
        if not unit.is_stopped and not self.duty.keeps(unit):
            self.stop(unit, self._stopped)

    def stop(self, unit: Unit, cause: int) -> None:
        """Tell a unit to stop; it drains, and its replacement, if there is to be one, is created at once."""
        if not unit.is_stopped:
            self._leave(unit, cause, self._drain.take(unit.slot, unit.incarnation))
            self._replace(unit)

    def _leave(self, unit: Unit, cause: int, wait: float) -> None:
        """Tell a unit to stop: it drains for a time [s], then it is gone."""
        world = self.world
        self._relapses.forget(unit.slot)
        self._lineage.strike(unit)
        if self._cluster is not None:
            self._cluster.stir()
        if wait > 0:
            self._ready_now -= unit.state == READY
            world.become(unit, DRAINING, cause)
            self._draining[unit.id] = unit
            self._lineage.drain(unit, 1)
            world.at(world.now + wait, Order.LIFECYCLE, self._end_drain, unit)
        else:
            self._go(unit, cause)
            self.duty.leave(unit)
        self.duty.lay_down(unit)

    def crash(self, unit: Unit, cause: int) -> None:
        """End a unit of its own doing, without notice; its slot waits as the rule for restarts says."""
        if not unit.is_stopped:
            self._relapses.count(unit.slot, self.world.now - unit.ready)
        self._break_off(unit, cause)

    def kill(self, unit: Unit, cause: int) -> None:
        """End a unit with its node without notice; its slot does not wait for it."""
        self._relapses.forget(unit.slot)
        self._break_off(unit, cause)

    def _break_off(self, unit: Unit, cause: int) -> None:
        """End a unit without notice, whatever it is doing; a unit that is gone stays gone."""
        if unit.state == GONE:
            return
        was_stopped = unit.is_stopped
        self._lineage.strike(unit)
        self._go(unit, cause)
        self.duty.drop(unit)
        if not was_stopped:
            self.duty.lay_down(unit)
            self._replace(unit)

    # --- a unit and its node -------------------------------------------------------------------------

    def look(self, unit: Unit) -> None:
        """See which services a unit reaches from where it stands, after something has changed there."""
        if self.wallet is not None:
            self.wallet.look(unit)
        if self.readers is not None:
            self.readers.look(unit)

    def can_spare(self, unit: Unit) -> bool:
        """Whether a unit may be told to stop for its node's sake, as the disruption budget has it."""
        wanted = self.target
        missing = wanted - self._ready_now + (unit.state == READY)
        return unit.state != READY or missing <= ceil(self.recipe.placement.disruption * wanted - 1e-9)

    def lose(self, unit: Unit, cause: int) -> bool:
        """End a unit with its node, which nobody notices; tell whether somebody will have to replace it."""
        is_replaced = not unit.is_stopped and unit.slot < self.recipe.kept
        is_given_up = not unit.is_stopped and not is_replaced
        self._relapses.forget(unit.slot)
        self._go(unit, cause)
        self.duty.drop(unit)
        if is_replaced:
            self._lineage.sink(unit)
            self._bereft[unit.slot] = unit
        if is_given_up:
            self.duty.lay_down(unit)
            self._give_up(unit)
        return is_replaced

    def abandon(self, unit: Unit, cause: int) -> None:
        """Give a unit up that does not hear of it and runs on, until somebody kills it; it is replaced."""
        self._leave(unit, cause, inf)
        self._replace(unit)

    def is_heard(self, unit: Unit) -> bool:
        """Whether the control plane hears of a unit."""
        return self._cluster is None or self._cluster.hears(unit)

    def hide(self, unit: Unit) -> None:
        """Take notice that a unit's node is found not ready: it is unlisted, and may be well."""
        if not unit.is_stopped:
            self.duty.hide(unit)

    def show(self, unit: Unit) -> None:
        """Take notice that a unit's node is heard again: it is listed if it is ready and served."""
        if unit.state == READY and self._lineage.is_served(unit):
            self.duty.show(unit)

    def miss(self, unit: Unit) -> None:
        """Notice that a unit is lost: it is unlisted."""
        self.duty.lay_down(unit)

    def replace(self, unit: Unit, cause: int, where: Node | None) -> None:
        """Create the replacement of a unit that was lost, to be placed anew or put on a node at once."""
        del self._bereft[unit.slot]
        self._lineage.strike(unit)
        self._create(unit.slot, cause, self._lineage.heir(unit), where)

    def _end_drain(self, unit: Unit) -> None:
        if unit.state != GONE:
            self._go(unit, self._drained)
            self.duty.leave(unit)

    def _go(self, unit: Unit, cause: int) -> None:
        self._ready_now -= unit.state == READY
        self.world.become(unit, GONE, cause)
        if self._draining.pop(unit.id, None) is not None:
            self._lineage.drain(unit, -1)
        self.gone.extend((unit.id, self.world.now))
        if self.wallet is not None:
            self.wallet.retire(unit)
        if self.readers is not None and unit.ready == unit.ready:
            self.readers.retire(unit)
        if self._cluster is not None:
            self._cluster.leave(self, unit)
        self._note(unit)

    def _replace(self, unit: Unit) -> None:
        if unit.slot < self.recipe.kept:
            self._create(unit.slot, self._replacement, self._lineage.heir(unit))
        else:
            self._give_up(unit)

    def _give_up(self, unit: Unit) -> None:
        """Leave the slot of a unit empty until somebody asks for one."""
        self._relapses.pause(unit.slot)
        heappush(self._vacant, unit.slot)
        if not unit.is_disowned:
            self.target -= 1
            self._aim()

    # --- record --------------------------------------------------------------------------------------

    @property
    def living(self) -> list[Unit]:
        """Every unit that is not gone, draining ones included."""
        return self.wanted + list(self._draining.values())

    def finish(self) -> None:
        """Record who is still alive at the horizon."""
        for unit in self.living:
            self._note(unit)
        self._lineage.finish()
        self.duty.finish()

    def _note(self, unit: Unit) -> None:
        self._recorder.row(
            "units", unit=unit.id, workload=self.index, slot=unit.slot, incarnation=unit.incarnation,
            booted=unit.booted, revision=unit.revision,
        )  # fmt: skip
        if unit.links and unit.booted == unit.booted:
            self._note_cuts(unit)

    def _note_cuts(self, unit: Unit) -> None:
        """Record when a unit that was up did not reach what it uses."""
        services: list[SharedService] = [] if self.wallet is None else [self.wallet.authority]
        services += [] if self.readers is None else [self.readers.source]
        for service in services:
            for begin, end in severed(unit.links, service):
                start, stop = max(begin, unit.booted), min(end, self.world.now)
                if start < stop:
                    self._recorder.row("cuts", unit=unit.id, family=service.FAMILY, start=start, end=stop)


def _worth(unit: Unit) -> tuple[int, float, int]:
    """Order in which units are given up, as Kubernetes does: first who is not ready, then the youngest."""
    return unit.state, -unit.ready if unit.state == READY else 0.0, -unit.id
