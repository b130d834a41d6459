"""The slow way to size a pool: every scan is made, and every unit put on a node by itself.

What happens to units and nodes is read from a trace; what an autoscaler of the kind `cluster` would have
decided at each scan is worked out anew.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import count
from math import isnan

from churnsim.engine import Streams
from churnsim.model.node_autoscaler.cluster import ClusterAutoscaler
from churnsim.model.pool import Pool
from churnsim.scenario import Scenario
from churnsim.trace import Family, NodeState, Trace, UnitState

Amount = tuple[float, float]  # places, cores


class Sizing:
    """Decisions about one pool, whose autoscaler is of the kind `cluster`."""

    def __init__(self, trace: Trace, scenario: Scenario, name: str) -> None:
        self.trace, self.scenario, self.name = trace, scenario, name
        self.pool: Pool = scenario.nodes[name]
        assert isinstance(self.pool.autoscaler, ClusterAutoscaler)
        self.rule = self.pool.autoscaler
        self.pools = list(scenario.nodes)
        self.node_spells = self._spells(Family.NODE)
        self.unit_spells = self._spells(Family.UNIT)
        placed = trace["placements"]
        self.where = dict(zip(placed["unit"].tolist(), placed["node"].tolist(), strict=True))
        self.found: list[tuple[float, str, int]] = []  # instant, what, how many or which node

    def _spells(self, family: Family) -> dict[int, list[tuple[float, float, int]]]:
        table, spells = self.trace.intervals(family), defaultdict(list)
        columns = (table[name].tolist() for name in ("entity", "start", "end", "state"))
        for entity, start, end, state in zip(*columns, strict=True):
            spells[entity].append((start, end, state))
        return spells

    def run(self) -> list[tuple[float, str, int]]:
        """Scan at every instant of the grid."""
        trace, rule = self.trace, self.rule
        stream = Streams(trace.meta.seed, trace.meta.replication).named(f"nodes/{self.name}/autoscaler")
        phase, start = float(stream.uniform(stream.lane(0), 0)), trace.meta.start
        since: dict[int, float] = {}
        added = float("-inf")
        for number in count():
            now = start + (number + phase) * rule.scan
            if now >= trace.meta.t1:
                return self.found
            new = self._lacking(now)
            if self._is_unhealthy(now):
                since = {}
            elif new:
                added = now
                self.found.append((now, "added", new))
            else:
                since = {node: since.get(node, now) for node in self._unneeded(now)}
                late = now + 1e-6 * rule.scan
                due = [
                    node
                    for node, first in since.items()
                    if max(first + rule.unneeded, added + rule.after_add) <= late
                ]
                for node in self._chosen(now, due):
                    self.found.append((now, "removed", node))
        raise AssertionError

    def _chosen(self, now: float, due: list[int]) -> list[int]:
        due.sort(key=lambda node: (self._share(node, now), node))
        empty = [node for node in due if not self._standing(node, now)]
        if empty:
            return empty[: min(self.rule.parallel, self._size(now) - self.rule.floor)]
        table = self.trace.intervals(Family.NODE, NodeState.DRAINING)
        unneeded = table["entity"][table["cause"] == self.trace.code("cause", "node-unneeded")].tolist()
        for node in unneeded:
            # Told to go, and not gone.
            drained, gone = self._instant("drained", node), self._instant("gone", node)
            if self._pool_of(node) == self.name and drained < now and (isnan(gone) or gone >= now):
                return []
        return due[:1]

    # --- what there is just before an instant ---------------------------------------------------------

    def _state(self, spells: list[tuple[float, float, int]], now: float) -> int | None:
        return next((state for start, end, state in reversed(spells) if start < now <= end), None)

    def _nodes(self, now: float, *states: NodeState) -> list[int]:
        return [n for n in sorted(self.node_spells) if self._state(self.node_spells[n], now) in states]

    def _instant(self, what: str, node: int) -> float:
        return float(self.trace["nodes"][what][node])

    def _pool_of(self, node: int) -> str:
        return self.pools[int(self.trace["nodes"]["pool"][node])]

    def _size(self, now: float) -> int:
        nodes = self.trace["nodes"]
        return sum(
            self._pool_of(node) == self.name
            and (self._instant("ordered", node) < now or now <= self.trace.meta.start)
            and not self._instant("drained", node) < now
            and not self._instant("gone", node) < now
            for node in nodes["node"].tolist()
        )

    def _standing(self, node: int, now: float) -> list[int]:
        units = self.trace["units"]
        return [
            unit
            for unit, on in self.where.items()
            if on == node
            and self.trace["placements"]["time"][self.trace["placements"]["unit"] == unit][0] < now
            and not units["gone"][unit] < now
        ]

    def _takes(self, unit: int) -> Amount:
        names = list(self.scenario.workloads)
        workload = self.scenario.workloads[names[int(self.trace["units"]["workload"][unit])]]
        return 1.0, workload.placement.cpu

    def _holds(self, pool: str) -> Amount:
        recipe = self.scenario.nodes[pool]
        return float(recipe.units), float("inf") if recipe.cpu is None else recipe.cpu

    def _free(self, node: int, now: float) -> list[float]:
        free = list(self._holds(self._pool_of(node)))
        for unit in self._standing(node, now):
            free = [each - taken for each, taken in zip(free, self._takes(unit), strict=True)]
        return free

    def _share(self, node: int, now: float) -> float:
        holds, free = self._holds(self._pool_of(node)), self._free(node, now)
        return max(0.0 if h == float("inf") else (h - f) / h for h, f in zip(holds, free, strict=True))

    def _waiting(self, now: float) -> list[int]:
        """Units that wait, workload by workload, the one whose first unit came first before the others."""
        units, groups = self.trace["units"], defaultdict(list)
        for unit, spells in self.unit_spells.items():
            if self._state(spells, now) == UnitState.PENDING:
                groups[int(units["workload"][unit])].append(unit)
        order = sorted(groups.values(), key=lambda group: min(units["created"][unit] for unit in group))
        return [unit for group in order for unit in group]

    def _is_unhealthy(self, now: float) -> bool:
        unready = 0
        for node in self._nodes(now, NodeState.NOT_READY):
            unready += self._pool_of(node) == self.name
        return unready > max(3, self.rule.unready * self._size(now))

    # --- first fit --------------------------------------------------------------------------------------

    def _put(self, unit: int, free: list[tuple[str, list[float]]]) -> bool:
        names = list(self.scenario.workloads)
        allowed = self.scenario.workloads[names[int(self.trace["units"]["workload"][unit])]].placement.pools
        takes = self._takes(unit)
        for pool, room in free:
            fits = all(each >= taken - 1e-9 for each, taken in zip(room, takes, strict=True))
            if fits and (not allowed or pool in allowed):
                room[:] = [each - taken for each, taken in zip(room, takes, strict=True)]
                return True
        return False

    def _rooms(self, nodes: list[int], now: float) -> list[tuple[str, list[float]]]:
        return [(self._pool_of(node), self._free(node, now)) for node in nodes]

    def _up(self, now: float) -> list[int]:
        """Nodes that are up, pool by pool."""
        up = self._nodes(now, NodeState.UP)
        return sorted(up, key=lambda node: (int(self.trace["nodes"]["pool"][node]), node))

    def _lacking(self, now: float) -> int:
        free = self._rooms(self._up(now), now)
        free += self._rooms(self._nodes(now, NodeState.BOOTING), now)
        new, most = 0, self.rule.ceiling - self._size(now)
        for unit in self._waiting(now):
            if not self._put(unit, free) and new < most:
                another = (self.name, list(self._holds(self.name)))
                if self._put(unit, [another]):
                    free.append(another)
                    new += 1
        return new

    def _unneeded(self, now: float) -> list[int]:
        """Nodes little used whose units fit on the others, after those who wait have taken their room."""
        if self._size(now) <= self.rule.floor:
            return []
        up = self._up(now)
        found = []
        for node in up:
            if self._pool_of(node) != self.name or not self._share(node, now) < self.rule.threshold:
                continue
            free = self._rooms(up, now)
            behind = self._rooms(self._nodes(now, NodeState.BOOTING), now)
            for unit in self._waiting(now):
                self._put(unit, free + behind)
            del free[up.index(node)]
            staying = [u for u in self._standing(node, now) if not self.trace["units"]["stopped"][u] < now]
            units = self.trace["units"]["workload"]
            staying.sort(key=lambda unit: int(units[unit]))
            if all(self._put(unit, free) for unit in staying):
                found.append(node)
        return found
