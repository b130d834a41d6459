"""The cluster: nodes that come and go, and the units that stand on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from itertools import count
from math import isnan, nan
from typing import TYPE_CHECKING

from churnsim.engine import Order
from churnsim.engine.draws import Draws
from churnsim.model.control_plane import ControlPlane
from churnsim.model.node import BOOTING, DRAINING, GONE, ISOLATED, LOST, NOT_READY, UP, Node
from churnsim.model.pool import Pool
from churnsim.model.pulls import Pulls
from churnsim.model.scheduler import Scheduler
from churnsim.model.sizer import Sizer
from churnsim.model.space import Space
from churnsim.model.wants import Wants
from churnsim.model.zone import Zone

if TYPE_CHECKING:
    from churnsim.engine import World
    from churnsim.model.fleet import Fleet
    from churnsim.model.unit import Unit
    from churnsim.model.workload import Workload
    from churnsim.trace.recorder import Recorder

CAUSES = (
    "no-room",
    "node-ordered",
    "node-booted",
    "node-lifetime",
    "node-emptied",
    "node-given-up",
    "heartbeat-missed",
    "evicted",
    "restarted",
)

SCALING = ("node-added", "node-unneeded")


class Cluster:
    """Nodes of all pools at work.

    Parameters
    ----------
    pools : mapping of str to Pool
        The pools by name.
    control : ControlPlane
        Timings of the control plane.
    workloads : sequence of Workload
        Whose units stand there.
    world : World
        Where it stands.
    recorder : Recorder
        Who remembers.
    """

    def __init__(
        self,
        pools: Mapping[str, Pool],
        control: ControlPlane,
        workloads: Sequence[Workload],
        world: World,
        recorder: Recorder,
    ) -> None:
        self.pools = tuple(pools.values())
        self.zones = {
            name: Zone(name, control, world, self._evict, self._review)
            for name in dict.fromkeys(pool.zone for pool in self.pools)
        }
        self.nodes: list[dict[Node, None]] = [{} for _ in pools]  # those of each pool that are not gone
        self._names = tuple(pools)
        self._control, self._world, self._recorder = control, world, recorder
        zones = list(self.zones)
        self.space = Space(self.pools, [zones.index(pool.zone) for pool in self.pools], len(workloads))
        self._placements = [recipe.placement for recipe in workloads]
        self.wants = Wants(workloads, pools, world.stream)
        self.scheduler = Scheduler(world, control.scheduling, self.house)
        self._pulls = Pulls(world, self._names)
        self._numbers = count()
        self.sizes = [pool.count for pool in self.pools]  # how many nodes of each are wanted
        self._slots = [pool.count for pool in self.pools]  # how many have ever been filled
        self._vacant: list[list[tuple[int, int]]] = [[] for _ in pools]  # heaps of slot, last incarnation
        self._sizers = [
            Sizer(index, name, pool.autoscaler, self, world)
            for index, (name, pool) in enumerate(pools.items())
            if pool.autoscaler is not None and pool.autoscaler.is_free
        ]
        self._at: dict[int, Node] = {}  # by row of the space
        self._where: dict[Unit, Node] = {}
        self._fallen: dict[Unit, Node] = {}  # on which node those stood that wait to be replaced
        self._draws = {
            purpose: [self._law(name, pool, purpose) for name, pool in pools.items()]
            for purpose in ("boot", "lifetime", "replacement")
        }

    def _law(self, name: str, pool: Pool, purpose: str) -> Draws | None:
        law = getattr(pool, purpose)
        return None if law is None else Draws(law, self._world.stream(f"nodes/{name}/{purpose}"), pool.count)

    def pool(self, name: str) -> list[Node]:
        """Nodes of a pool that are not gone, in order of arrival."""
        return list(self.nodes[self._names.index(name)])

    def like(self, name: str) -> list[Node]:
        """Nodes of all pools with the machine type and the zone of a pool that are not gone."""
        one = self.pools[self._names.index(name)]
        alike = [pool.machine == one.machine and pool.zone == one.zone for pool in self.pools]
        return [node for nodes, is_like in zip(self.nodes, alike, strict=True) if is_like for node in nodes]

    # --- nodes that come -----------------------------------------------------------------------------

    def begin(self, is_fresh: bool) -> None:
        """Let the nodes wanted be up, as old as a random instant finds them or new."""
        world = self._world
        for index, pool in enumerate(self.pools):
            stream = world.stream(f"nodes/{self._names[index]}/start")
            for slot in range(pool.count):
                node = Node(next(self._numbers), index, slot, 1, world.start)
                age = None
                if pool.lifetime is not None and not is_fresh:
                    age = float(pool.lifetime.equilibrium(stream.uniform(stream.lane(slot), 0)))
                self._register(node)
                world.born(node, UP, world.cause("start"), world.start)
                self._join(node, age)

    def add(self, pool: int) -> None:
        """Order a node more for a pool."""
        self.sizes[pool] += 1
        slot, incarnation = heappop(self._vacant[pool]) if self._vacant[pool] else (self._slots[pool], 0)
        self._slots[pool] = max(self._slots[pool], slot + 1)
        self._launch(pool, slot, incarnation + 1, self._world.cause("node-added"))

    def _order(self, node: Node) -> None:
        """Order a node's successor."""
        node.is_replaced = True
        self._launch(node.pool, node.slot, node.incarnation + 1, self._world.cause("node-ordered"))

    def _launch(self, pool: int, slot: int, incarnation: int, cause: int) -> None:
        world = self._world
        node = Node(next(self._numbers), pool, slot, incarnation, world.now)
        self._register(node)
        world.born(node, BOOTING, cause)
        world.at(world.now + self._take("boot", node), Order.LIFECYCLE, self._boot, node)

    def _register(self, node: Node) -> None:
        self.nodes[node.pool][node] = None
        node.place = self.space.add(node.pool, node.slot)
        self._at[node.place] = node
        self.stir()

    def _boot(self, node: Node) -> None:
        zone = self._zone(node)
        if zone.faults:
            zone.stalled.append(node)
        else:
            self._world.become(node, UP, self._world.cause("node-booted"))
            self._join(node, None)

    def _join(self, node: Node, age: float | None) -> None:
        """Take a node that is up into service; with an age [s], what is left of its life counts from now."""
        world, draws = self._world, self._draws["lifetime"][node.pool]
        node.up = world.now
        self._zone(node).nodes[node] = None
        self.space.open(node.place, True)
        if draws is not None:
            rest = draws.take(node.slot, node.incarnation) if age is None else draws.remaining(node.slot, age)
            world.at(world.now + rest, Order.FAULT, self._retire, node)
        self.scheduler.wake()
        self.stir()

    # --- nodes that go -------------------------------------------------------------------------------

    def _retire(self, node: Node) -> None:
        self.drain(node, self.pools[node.pool].grace, self._world.cause("node-lifetime"))

    def drain(self, node: Node, grace: float, cause: int) -> None:
        """Tell a node's units to stop, as far as they can be spared, and kill what is left after a while.

        Its successor is ordered at once. A node that drains already, or is lost, is merely killed.

        Parameters
        ----------
        node : Node
            Which.
        grace : float
            Time until it ends, whoever still stands on it [s].
        cause : int
            Why.
        """
        if node.state in (BOOTING, GONE):
            return
        if node.state != UP:
            self._world.at(self._world.now + grace, Order.FAULT, self._kill, (node, cause))
            return
        self._close(node, grace, cause)
        self._order(node)
        self._empty((node, cause))

    def remove(self, node: Node) -> None:
        """Drain a node that is up and not wanted any more; nobody takes its place."""
        cause = self._world.cause("node-unneeded")
        self._close(node, self.pools[node.pool].grace, cause)
        self.sizes[node.pool] -= 1
        heappush(self._vacant[node.pool], (node.slot, node.incarnation))
        node.is_replaced = True
        self._empty((node, cause))

    def _close(self, node: Node, grace: float, cause: int) -> None:
        """Let a node that is up take no more units, and end after a while."""
        world = self._world
        world.at(world.now + grace, Order.FAULT, self._kill, (node, cause))
        world.become(node, DRAINING, cause)
        node.is_draining, node.drained = True, world.now
        self.space.open(node.place, False)
        self.stir()

    def _empty(self, order: tuple[Node, int]) -> None:
        node, cause = order
        if node.state != DRAINING:
            return
        must_wait = False
        for unit, fleet in list(node.units.items()):
            if unit.is_stopped:
                continue
            if fleet.can_spare(unit):
                fleet.stop(unit, cause)
            else:
                must_wait = True
        if not node.units:
            self._end(node, self._world.cause("node-emptied"))
        elif must_wait:
            again = self._world.now + self._control.eviction_retry
            self._world.at(again, Order.LIFECYCLE, self._empty, order)

    def _kill(self, order: tuple[Node, int]) -> None:
        self._end(*order)

    def _end(self, node: Node, cause: int) -> None:
        """Let a node be gone, and whoever stands on it; its successor is ordered if it has not been."""
        if node.state == GONE:
            return
        self._world.become(node, GONE, cause)
        node.gone = self._world.now
        node.changes += 1
        for unit, fleet in list(node.units.items()):
            fleet.kill(unit, cause)
        self._replace(node, "evicted")
        zone = self._zone(node)
        zone.back(node)
        zone.nodes.pop(node, None)
        self.nodes[node.pool].pop(node)
        self.space.drop(node.place)
        self._note(node)
        if not node.is_replaced:
            self._order(node)
        self._review()
        self.stir()

    # --- nodes that are lost -------------------------------------------------------------------------

    def lose(self, node: Node, cause: int) -> None:
        """Take a node down with all that stands on it, until `regain` has been called as often.

        Nobody is told: its units are missed when it is found not ready, and replaced later still.
        """
        node.faults += 1
        if node.faults > 1 or node.state == GONE:
            return
        if node.state == ISOLATED:
            self._zone(node).back(node)  # it is missed anew
        self._world.become(node, LOST, cause)
        self._fall_silent(node)
        node.zombies = {}
        for unit, fleet in list(node.units.items()):
            if fleet.lose(unit, cause):
                node.bereft.append((fleet, unit))
                self._fallen[unit] = node

    def _fall_silent(self, node: Node) -> None:
        """Let a node be missed once its last sign of life is old enough."""
        world, control = self._world, self._control
        node.changes += 1
        node.missed = nan
        self.space.open(node.place, False)
        self.stir()
        stream = world.stream(f"nodes/{self._names[node.pool]}/heartbeat")
        since = control.heartbeat * stream.uniform(stream.lane(node.slot, node.incarnation), node.changes)
        world.at(world.now + control.grace - since, Order.LIFECYCLE, self._miss, (node, node.changes))

    def lose_for_good(self, node: Node, cause: int) -> None:
        """Take a node down that never comes back; some time later it is given up and another ordered."""
        if node.state == GONE:
            return
        self.lose(node, cause)
        wait = self._take("replacement", node)
        self._world.at(self._world.now + wait, Order.LIFECYCLE, self._give_up, node)

    def regain(self, node: Node, cause: int) -> None:
        """Let a node be back; units that have not been evicted are started again where they stood."""
        node.faults -= 1
        if node.faults or not node.is_dead:
            return
        self._world.become(node, DRAINING if node.is_draining else UP, cause)
        node.changes += 1
        self._zone(node).back(node)
        if node.is_draining:
            self._replace(node, "evicted")
            self._end(node, self._world.cause("node-emptied"))
        else:
            self.space.open(node.place, True)
            self._replace(node, "restarted", node)
            self.scheduler.wake()
            self._review()
        self.stir()
        if node.cuts and node.state != GONE:
            self._cut(node, cause)

    # --- nodes that are cut off ----------------------------------------------------------------------

    def isolate(self, node: Node, cause: int) -> None:
        """Cut a node off from the control plane, until `rejoin` has been called as often; units run on."""
        node.cuts += 1
        if node.cuts == 1 and node.state in (UP, DRAINING):
            self._cut(node, cause)

    def _cut(self, node: Node, cause: int) -> None:
        self._world.become(node, ISOLATED, cause)
        self._fall_silent(node)

    def rejoin(self, node: Node, cause: int) -> None:
        """Let a node be heard again: who was evicted from it is killed, whoever else is there stays."""
        node.cuts -= 1
        if node.cuts or node.state != ISOLATED:
            return
        self._world.become(node, DRAINING if node.is_draining else UP, cause)
        node.changes += 1
        self._zone(node).back(node)
        zombies, node.zombies = node.zombies, {}
        for unit, fleet in zombies.items():
            fleet.kill(unit, cause)
        for unit, fleet in node.units.items():
            fleet.show(unit)
        if node.is_draining:
            self._empty((node, cause))
        else:
            self.space.open(node.place, True)
            self.scheduler.wake()
        self._review()
        self.stir()

    # --- zones ---------------------------------------------------------------------------------------

    def lose_zone(self, zone: Zone, cause: int) -> None:
        """Take down a zone, until `regain_zone` has been called as often; no node boots there meanwhile."""
        zone.faults += 1
        if zone.faults == 1:
            for node in list(zone.nodes):
                self.lose(node, cause)

    def regain_zone(self, zone: Zone, cause: int) -> None:
        """Let the nodes of a zone be back, but those that something else holds down."""
        zone.faults -= 1
        if zone.faults:
            return
        for node in list(zone.nodes):
            self.regain(node, cause)
        stalled, zone.stalled = zone.stalled, []
        for node in stalled:
            self._boot(node)

    def _miss(self, lost: tuple[Node, int]) -> None:
        node, changes = lost
        if node.state not in (LOST, ISOLATED) or node.changes != changes:
            return
        if node.state == LOST:
            self._world.become(node, NOT_READY, self._world.cause("heartbeat-missed"))
        node.missed = self._world.now
        for fleet, unit in node.bereft:
            fleet.miss(unit)
        for unit, fleet in node.units.items():
            fleet.hide(unit)
        self._zone(node).miss(node)
        self._review()
        self.stir()

    def _evict(self, node: Node) -> None:
        self._replace(node, "evicted")
        for unit, fleet in list(node.units.items()) if node.state == ISOLATED else ():
            if not unit.is_stopped:
                node.zombies[unit] = fleet
                fleet.abandon(unit, self._world.cause("evicted"))

    def _give_up(self, node: Node) -> None:
        self._end(node, self._world.cause("node-given-up"))

    def _replace(self, node: Node, cause: str, where: Node | None = None) -> None:
        """Replace the units that were lost with a node, elsewhere or where they stood."""
        code = self._world.cause(cause)
        for fleet, unit in list(node.bereft):
            self.forsake(fleet, unit)
            fleet.replace(unit, code, where)

    def forsake(self, fleet: Fleet, unit: Unit) -> None:
        """Wait no longer for a unit that was lost with its node: it is replaced, or not wanted any more."""
        node, now = self._fallen.pop(unit), self._world.now
        node.bereft.remove((fleet, unit))
        if isnan(node.missed):
            fleet.miss(unit)
        noticed = now if isnan(node.missed) else node.missed
        self._recorder.row("losses", unit=unit.id, node=node.id, noticed=noticed, replaced=now)

    def _review(self, _: object = None) -> None:
        zones = [zone for zone in self.zones.values() if zone.nodes]
        is_all_dark = all(zone.is_dark for zone in zones)
        for zone in zones:
            zone.look(is_all_dark)

    # --- units ---------------------------------------------------------------------------------------

    def ask(self, fleet: Fleet, unit: Unit) -> None:
        """Let a unit wait until there is room for it; the fleet is told by `placed`."""
        self.scheduler.ask(fleet, unit)
        self.stir()

    def house(self, fleet: Fleet, unit: Unit) -> bool:
        """Put a unit where there is room for it, and tell whether there was."""
        node = self._room(fleet)
        if node is not None:
            self.put(fleet, unit, node)
        return node is not None

    def settle(self, fleet: Fleet, unit: Unit) -> bool:
        """As `house`, of a unit that has stood there since before the world began."""
        node = self._room(fleet)
        if node is not None:
            self._pulls.have(node, fleet, unit)
            self.put(fleet, unit, node)
        return node is not None

    def _room(self, fleet: Fleet) -> Node | None:
        index, wants = fleet.index, self.wants
        place = self.space.find(index, wants.allows[index], wants.takes[index], self._placements[index])
        return None if place < 0 else self._at[place]

    def put(self, fleet: Fleet, unit: Unit, node: Node) -> None:
        """Put a unit on a node."""
        self.space.take(node.place, fleet.index, self.wants.takes[fleet.index])
        node.units[unit] = fleet
        unit.links += (node.link,)
        self._where[unit] = node
        self.stir()
        placement = self._placements[fleet.index]
        self._recorder.row(
            "placements", unit=unit.id, node=node.id, time=self._world.now, cpu=placement.cpu,
            memory=placement.memory, pulled=self._pulls.pull(node, fleet, unit),
        )  # fmt: skip

    def imaged(self, fleet: Fleet, unit: Unit) -> float:
        """When the node of a unit that is placed now has its image [s]: now, if it needs none."""
        there = self._pulls.pull(self._where[unit], fleet, unit)
        return self._world.now if isnan(there) else there

    def hears(self, unit: Unit) -> bool:
        """Whether the control plane hears of a unit from where it stands."""
        node = self._where.get(unit)
        return node is None or node.state != ISOLATED

    def leave(self, fleet: Fleet, unit: Unit) -> None:
        """Give back the room of a unit that is gone, if it has any."""
        self.stir()
        node = self._where.pop(unit, None)
        if node is None:
            return
        del node.units[unit]
        self.space.take(node.place, fleet.index, self.wants.takes[fleet.index], -1)
        if node.state == DRAINING and not node.units:
            self._end(node, self._world.cause("node-emptied"))
        else:
            self.scheduler.wake()

    # --- autoscalers ---------------------------------------------------------------------------------

    def stir(self) -> None:
        """Let who sizes pools look at the next scan, for something has changed that they may see."""
        for sizer in self._sizers:
            sizer.wake()

    # --- record --------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Record who is left at the horizon."""
        for nodes in self.nodes:
            for node in nodes:
                for _, unit in node.bereft:
                    self._recorder.row("losses", unit=unit.id, node=node.id, noticed=node.missed)
                self._note(node)

    def _note(self, node: Node) -> None:
        self._recorder.row(
            "nodes", node=node.id, pool=node.pool, slot=node.slot, incarnation=node.incarnation,
            ordered=node.ordered, up=node.up, drained=node.drained, gone=node.gone,
        )  # fmt: skip

    def _zone(self, node: Node) -> Zone:
        return self.zones[self.pools[node.pool].zone]

    def _take(self, purpose: str, node: Node) -> float:
        draws = self._draws[purpose][node.pool]
        return 0.0 if draws is None else draws.take(node.slot, node.incarnation)
