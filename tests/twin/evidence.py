"""The slow twin's evidence: every artefact, flush and write of a sink is an event of its own.

It relives the lives and facts of a run. Artefacts of what is made once (issuances, adoptions, commits) are
there one by one; of requests, which are integrated, there are witnesses: single artefacts without weight, at
chosen instants. Theory holds what depends on how many requests there are: batches, full buffers, queues.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import pairwise
from math import ceil, inf, isnan, nan
from typing import Any
from zlib import crc32

import numpy as np

from churnsim.engine import Streams
from churnsim.model.sink import Sink
from churnsim.scenario import Scenario
from churnsim.simulate import design
from churnsim.trace import Family, Fate, NodeState, Trace, UnitState
from tests.twin.clock import Clock, draw, renewal_points

# At one instant: sinks break or are mended, holders end, flush, what is made, what a sink makes of it.
BREAK, END, FLUSH, MADE, FULL, SERVE, KEPT, EXPIRE = range(1, 9)

_FACTS = {
    "issuance": ("credentials", "issued"),
    "adoption": ("adoptions", "applied"),
    "commit": ("outcomes", "committed"),
}


@dataclass(eq=False)
class Entry:
    """One artefact, or all that one outcome makes at once."""

    unit: int
    made: float
    weight: float
    is_sound: bool = True
    is_kept: bool = True
    was_tried: bool = False
    shipped: float = nan
    durable: float = nan
    fate: Fate = Fate.BUFFERED

    @property
    def told(self) -> tuple[float, float, Fate]:
        """When it was handed over and durable [s], and what became of it."""
        if not self.is_kept:
            return nan, nan, Fate.SAMPLED_OUT
        unsound = not self.is_sound and self.fate <= Fate.BUFFERED
        return self.shipped, self.durable, Fate.KEY_UNVERIFIABLE if unsound else self.fate


class Shelf:
    """A sink that takes in, makes durable and throws away."""

    def __init__(self, clock: Clock, recipe: Sink, down: list[tuple[float, float]]) -> None:
        self.clock, self.recipe = clock, recipe
        self.is_down = False
        self.waiting: list[Holder] = []  # whose batches are complete
        self._queue: list[tuple[Any, ...]] = []
        self._left = 0.0  # of what is served, in time
        self._since = self._served = nan
        self._current: tuple[Any, ...] | None = None
        for start, end in down:
            clock.call(max(start, clock.start), BREAK, self._break)
            clock.call(end, BREAK, self._mend)

    def take(self, holder: Holder, entries: list[Entry]) -> None:
        """Let a holder hand over what it has."""
        now, lane = self.clock.now, holder.sort.delays.lane(*holder.lane)
        delay = draw(self.recipe.delay, holder.sort.delays, lane, holder.cell)
        for entry in entries:
            entry.shipped = now
        if self.recipe.capacity is None:
            self._keep(entries, delay)
            return
        weight = sum(entry.weight for entry in entries if entry.is_kept)
        order = (now, holder.sort.number, holder.number, holder.cell)
        heappush(self._queue, (*order, weight / self.recipe.capacity, delay, entries))
        self.clock.call(now, SERVE, self._serve)

    def _keep(self, entries: list[Entry], delay: float) -> None:
        self.clock.call(self.clock.now + delay, KEPT, self._kept, entries)

    def _kept(self, entries: list[Entry]) -> None:
        retention = inf if self.recipe.retention is None else self.recipe.retention
        for entry in entries:
            entry.durable, entry.fate = self.clock.now, Fate.DURABLE
        if self.clock.now + retention <= self.clock.end:
            self.clock.call(self.clock.now + retention, EXPIRE, self._expire, entries)

    def _expire(self, entries: list[Entry]) -> None:
        for entry in entries:
            entry.fate = Fate.RETENTION_EXPIRED

    def _serve(self) -> None:
        if self._current is None and self._queue and not self.is_down:
            self._current = heappop(self._queue)
            self._left = self._current[4]
            self._go_on()

    def _go_on(self) -> None:
        self._since = self.clock.now
        self.clock.call(self.clock.now + self._left, SERVE, self._done, self._current, self._since)

    def _done(self, shipment: tuple[Any, ...], since: float) -> None:
        if self._current is shipment and self._since == since and not self.is_down:
            self._current = None
            self._keep(shipment[6], shipment[5])
            self._serve()

    def _break(self) -> None:
        self.is_down = True
        if self._current is not None:
            self._left -= self.clock.now - self._since
            self._since = nan

    def _mend(self) -> None:
        self.is_down = False
        for holder in sorted(self.waiting, key=lambda each: (each.sort.number, each.number)):
            self.clock.call(self.clock.now, FLUSH, holder.catch_up)
        self.waiting.clear()
        if self._current is not None:
            self._go_on()
        else:
            self.clock.call(self.clock.now, SERVE, self._serve)


class Holder:
    """Who buffers the artefacts of one sort until they are handed over."""

    def __init__(
        self,
        sort: Sort,
        number: int,
        birth: float,
        end: float,
        ending: str,
        lane: tuple[int, int],
        older: bool,
    ) -> None:
        self.sort, self.number, self.lane = sort, number, lane
        self.birth, self.end, self.is_older = birth, end, older
        self.cell = 0
        self.entries: list[Entry] = []
        self._is_stuck = False
        self._ended: bool | None = None  # whether it was told to, once it has ended
        clock = sort.clock
        if ending != "alive":
            clock.call(max(end, clock.start), END, self._end, ending == "stopped")
        if sort.artefact.shipping.kind == "periodic":
            for when in self._flushes():
                if when < clock.start:
                    self.cell += 1
                else:
                    clock.call(when, FLUSH, self._flush)

    def receive(self, entry: Entry) -> None:
        """Buffer an artefact, if there is room."""
        sort, kind = self.sort, self.sort.artefact.shipping.kind
        if kind == "sync":
            sort.shelf.take(self, [entry])
            return
        if len(self.entries) >= sort.artefact.bound:
            is_oldest = sort.artefact.buffer.when_full == "drop-oldest"
            dropped = self.entries.pop(0) if is_oldest else entry
            dropped.fate = Fate.BUFFER_OVERFLOW
            if dropped is entry:
                return
        self.entries.append(entry)
        if self._ended is not None:  # made as it ended: it goes the way of the rest
            self._end(self._ended)
        elif kind == "batch" and not self._is_stuck and len(self.entries) == sort.batch:
            sort.clock.call(sort.clock.now, FULL, self._complete)

    def _complete(self) -> None:
        """Hand over a batch, with what has come at the same instant."""
        self._is_stuck = not self._flush()
        if self._is_stuck:
            self.sort.shelf.waiting.append(self)

    def catch_up(self) -> None:
        """Hand over a batch that had to wait, with what has come since."""
        if self._is_stuck:
            self._is_stuck = False
            self._flush()

    def _flushes(self) -> Iterator[float]:
        every, draws = self.sort.artefact.shipping.every, self.sort.flushes
        lane, number = draws.lane(*self.lane), 1
        rest = float(every.equilibrium(draws.uniform(lane, 0)))
        if every.is_constant:
            base = self.birth - (every.mean - rest if self.is_older else 0.0)
            while (when := base + number * every.mean) < self.end:
                number += 1
                if when > self.birth:
                    yield when
            return
        when = self.birth + (rest if self.is_older else draw(every, draws, lane, 1))
        while when < self.end:
            yield when
            number += 1
            when += draw(every, draws, lane, number)

    def _flush(self) -> bool:
        if self.end <= self.sort.clock.now < self.sort.clock.end:
            return False
        decided = [entry for entry in self.entries if self._is_decided(entry)]
        if self.sort.shelf.is_down:
            for entry in decided:
                entry.was_tried = True
            return False
        self.sort.shelf.take(self, decided)
        self.entries = [entry for entry in self.entries if not self._is_decided(entry)]
        self.cell += 1
        return True

    def _is_decided(self, entry: Entry) -> bool:
        """Whether it is known by now if it is kept."""
        wait = self.sort.artefact.waits
        return not wait or entry.made < self.sort.clock.now - wait

    def _end(self, is_told: bool) -> None:
        stuck, self._is_stuck, self._ended = self._is_stuck, False, is_told
        if is_told and self.sort.flushes_on_stop:
            if not self.sort.shelf.is_down:
                self.sort.shelf.take(self, self.entries)
                self.entries = []
            for entry in self.entries:
                entry.was_tried = True
        if stuck and self in self.sort.shelf.waiting:
            self.sort.shelf.waiting.remove(self)
        for entry in self.entries:
            entry.fate = Fate.SINK_OUTAGE if entry.was_tried else Fate.DIED_BEFORE_FLUSH


@dataclass(eq=False)
class Sort:
    """One sort of artefact."""

    number: int
    name: str
    artefact: Any
    clock: Clock
    shelf: Shelf
    streams: Streams
    entries: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Name its random numbers."""
        self.flushes = self.streams.named(f"artefacts/{self.name}/flush")
        self.delays = self.streams.named(f"artefacts/{self.name}/delay")
        shipping = self.artefact.shipping
        self.flushes_on_stop = shipping.kind == "on-stop" or getattr(shipping, "on_stop", False)
        self.batch = ceil(getattr(shipping, "size", 0) / self.artefact.per_outcome)


class Relived:
    """The evidence of a run, the slow way.

    Parameters
    ----------
    scenario : Scenario
        What was run.
    trace : Trace
        Its lives and facts; of its artefacts nothing is read.
    streams : Streams
        The random streams of the replication.
    witnesses : int
        Instants for each unit at which it makes a witness, if it decides about requests.
    """

    def __init__(self, scenario: Scenario, trace: Trace, streams: Streams, witnesses: int) -> None:
        self.scenario, self.trace, self.streams = scenario, trace, streams
        self.clock = Clock(trace.meta.start, trace.meta.t1)
        causes = {cause for failure in design(scenario).failures for cause in failure.causes}
        ends = trace.intervals(Family.UNIT, UnitState.GONE)
        self._struck = {
            int(unit)
            for unit, cause in zip(ends["entity"], ends["cause"], strict=True)
            if trace.meta.causes[cause] in causes
        }
        down = trace.unavailable(Family.SINK)
        shelves = {
            name: Shelf(
                self.clock, recipe, [(down.start[i], down.end[i]) for i in np.flatnonzero(down.group == code)]
            )
            for code, (name, recipe) in enumerate(scenario.sinks.items())
        }
        self.sorts = [
            Sort(code, name, artefact, self.clock, shelves[artefact.sink], streams)
            for code, (name, artefact) in enumerate(scenario.artefacts.items())
        ]
        for sort in self.sorts:
            workload = trace.code("workload", scenario.evidence[sort.artefact.of].workload)
            homes = self._homes(sort, workload)
            if self._kind(sort) == "request":
                self._witness(sort, workload, homes, witnesses)
            else:
                self._make(sort, workload, homes)

    def knows(self, sort: Sort) -> bool:
        """Whether the fate of its artefacts hangs on nothing that is integrated."""
        of_requests = {each.number for each in self.sorts if self._kind(each) == "request"}
        queues = sort.shelf.recipe.capacity is not None
        if queues and any(each.number in of_requests for each in self.sorts if each.shelf is sort.shelf):
            return False
        by_number = sort.artefact.buffer is not None or sort.batch > 0
        return sort.number not in of_requests or not by_number

    def _kind(self, sort: Sort) -> str:
        return str(getattr(self.scenario.evidence[sort.artefact.of], "kind", ""))

    def run(self) -> None:
        """Live until the horizon."""
        self.clock.env.run(until=self.clock.end)

    def _homes(self, sort: Sort, workload: int) -> dict[int, list[Holder]]:
        """Holders of the artefacts of each unit, in order of birth."""
        units, rule = self.trace["units"], sort.artefact.holder
        mine = np.flatnonzero(units["workload"] == workload).tolist()
        if rule.kind == "unit":
            return {unit: [self._of_unit(sort, number, unit)] for number, unit in enumerate(mine)}
        if rule.kind == "node":
            return self._on_nodes(sort, mine)
        agents: dict[int, list[Holder]] = {}
        name, number = self.trace.meta.workloads[workload].name, 0
        draws = self.streams.named(f"workloads/{name}/agents")
        for agent in sorted({int(units["slot"][unit]) // rule.units for unit in mine}):
            bounds = [self.clock.start]
            if rule.crashes is not None:
                for when in renewal_points(
                    rule.crashes, draws, draws.lane(agent, rule.units), self.clock.start
                ):
                    if when >= self.clock.end:
                        break
                    bounds.append(when)
            bounds.append(self.clock.end)
            for life, (birth, end) in enumerate(pairwise(bounds)):
                ending = "alive" if life == len(bounds) - 2 else "crashed"
                holder = Holder(sort, number, birth, end, ending, (agent, life), life == 0)
                agents.setdefault(agent, []).append(holder)
                number += 1
        return {unit: agents[int(units["slot"][unit]) // rule.units] for unit in mine}

    def _of_unit(self, sort: Sort, number: int, unit: int) -> Holder:
        units = self.trace["units"]
        booted, gone = float(units["booted"][unit]), float(units["gone"][unit])
        birth = float(units["created"][unit]) if isnan(booted) else booted
        lane = int(units["slot"][unit]), int(units["incarnation"][unit])
        ending = "alive" if isnan(gone) else "crashed" if unit in self._struck else "stopped"
        return Holder(sort, number, birth, self.clock.end if isnan(gone) else gone, ending, lane, False)

    def _on_nodes(self, sort: Sort, mine: list[int]) -> dict[int, list[Holder]]:
        """Agents on nodes: each lives from when the node is up until it is lost or gone."""
        spells, nodes = self.trace.intervals(Family.NODE), self.trace["nodes"]
        agents: dict[int, list[Holder]] = {}
        since: dict[int, float] = {}
        states: dict[int, int] = {}
        moves = zip(*(spells[name].tolist() for name in ("entity", "state", "start")), strict=True)
        for node, state, when in [*moves, *((node, -1, inf) for node in nodes["node"].tolist())]:
            before, states[node] = states.get(node, NodeState.BOOTING), state
            if state in (NodeState.UP, NodeState.DRAINING):
                since.setdefault(node, when)
            elif node in since:
                told = before == NodeState.DRAINING and state == NodeState.GONE
                ending = "alive" if state < 0 else "stopped" if told else "crashed"
                life = since.pop(node), min(when, self.clock.end)
                agents.setdefault(node, []).append(self._of_node(sort, node, life, ending, agents))
        for number, holder in enumerate(each for node in sorted(agents) for each in agents[node]):
            holder.number = number
        table = self.trace["placements"]
        stands = dict(zip(table["unit"].tolist(), table["node"].tolist(), strict=True))
        return {unit: agents[stands[unit]] for unit in mine if stands.get(unit) in agents}

    def _of_node(
        self, sort: Sort, node: int, life: tuple[float, float], ending: str, agents: dict[int, list[Holder]]
    ) -> Holder:
        nodes = self.trace["nodes"]
        pool = self.trace.meta.pools[int(nodes["pool"][node])].name
        number = len(agents.get(node, [])) + 2**24 * int(nodes["incarnation"][node])
        lane = crc32(pool.encode()) * 2**24 + int(nodes["slot"][node]), number
        return Holder(sort, 0, *life, ending, lane, life[0] <= self.clock.start)

    def _make(self, sort: Sort, workload: int, homes: dict[int, list[Holder]]) -> None:
        """Put every fact on the calendar, but for what head sampling does not keep.

        What tail sampling does not keep is buffered until then; a commit is in trouble that was not done at
        the first attempt.
        """
        name, instant = _FACTS[self._kind(sort)]
        table, units, seen = self.trace[name], self.trace["units"], dict[int, int]()
        draws = self.streams.named(f"evidence/{sort.artefact.of}/sampling")
        rows = [
            (int(unit), float(when), bool(table["attempt"][row] > 1) if "attempt" in table else False)
            for unit, when, row in zip(table["unit"], table[instant], range(len(table["unit"])), strict=True)
            if units["workload"][unit] == workload
            and when >= self.clock.start
            and ("bearer" not in table or table["bearer"][row] == -1)
        ]
        for unit, when, in_trouble in sorted(rows):
            place = seen[unit] = seen.get(unit, -1) + 1
            entry = Entry(
                unit, when, float(sort.artefact.per_outcome), self._is_sound(sort, workload, unit, when)
            )
            sort.entries.append(entry)
            lane = draws.lane(int(units["slot"][unit]), int(units["incarnation"][unit]))
            artefact = sort.artefact
            share = artefact.kept_in_trouble if in_trouble else artefact.kept
            entry.is_kept = bool(draws.uniform(lane, place) < share)
            if entry.is_kept or getattr(artefact.sampling, "kind", "") == "tail":
                self.clock.call(when, MADE, _at(homes[unit], when).receive, entry)

    def _witness(self, sort: Sort, workload: int, homes: dict[int, list[Holder]], count: int) -> None:
        """Put witnesses on the calendar, at instants at which nothing else happens."""
        units = self.trace["units"]
        for unit in np.flatnonzero((units["workload"] == workload) & ~np.isnan(units["listed"])).tolist():
            since, until = max(units["listed"][unit], self.clock.start), units["gone"][unit]
            until = self.clock.end if isnan(until) else until
            for step in range(count if until > since else 0):
                when = float(since + (step + 0.6180339887) / count * (until - since))
                entry = Entry(unit, when, 0.0, self._is_sound(sort, workload, unit, when))
                sort.entries.append(entry)
                self.clock.call(when, MADE, _at(homes[unit], when).receive, entry)

    def _is_sound(self, sort: Sort, workload: int, unit: int, when: float) -> bool:
        """Whether the unit holds a good credential, signed with a key that nobody had stolen by then."""
        table, issuer = self.trace["credentials"], self.trace.meta.workloads[workload].issuer
        if not sort.artefact.signed:
            return True
        for row in np.flatnonzero((table["unit"] == unit) & (table["bearer"] == -1)):
            over = np.fmin(table["expires"][row], table["revoked"][row])
            if table["issued"][row] <= when < min(over, self._stolen(issuer, table["issued"][row])):
                return True
        return False

    def _stolen(self, issuer: int, issued: float) -> float:
        """When somebody stole the key that signed at an instant [s]."""
        keys, forgers = self.trace["keys"], self.trace["forgers"]
        active = keys["key"][(keys["issuer"] == issuer) & (keys["activated"] <= issued)]
        key = int(active.max(initial=0))
        taken = forgers["time"][(forgers["issuer"] == issuer) & (forgers["key"] == key)]
        return float(taken.min(initial=inf))


def _at(holders: list[Holder], when: float) -> Holder:
    """Who holds what is made at an instant; the last one born by then."""
    born = [holder for holder in holders if holder.birth <= when]
    return born[-1] if born else holders[0]


def relive(scenario: Scenario, trace: Trace, streams: Streams, witnesses: int = 5) -> Relived:
    """Return the evidence of a run, lived the slow way."""
    relived = Relived(scenario, trace, streams, witnesses)
    relived.run()
    return relived


def differences(scenario: Scenario, replication: int = 0) -> list[str]:
    """List every artefact of which the fast way says something else than the slow way."""
    from churnsim.simulate import simulate

    trace = simulate(scenario, replication=replication)
    relived = relive(scenario, trace, Streams(scenario.study.seed, replication))
    found: list[str] = []
    for sort in relived.sorts:
        if not relived.knows(sort):
            continue
        rows = _rows(trace, sort)
        for entry in sort.entries:
            told = rows(entry)
            if told is not None and not _same(told, entry.told):
                who = trace.label(Family.UNIT, entry.unit)
                found.append(f"{sort.name} of {who} at {entry.made}: fast {told} slow {entry.told}")
    return found


def _rows(trace: Trace, sort: Sort) -> Any:
    """What the fast way says of an entry: handed over, durable, fate; None where it does not know of it."""
    table = trace["artefacts"]
    mine = np.flatnonzero(table["artefact"] == sort.number)
    columns = {name: table[name][mine].tolist() for name in table}
    facts: dict[tuple[int, float], list[tuple[float, float, Fate]]] = {}
    stretches: dict[int, list[int]] = {}
    for row in range(len(mine)):
        unit, start = columns["unit"][row], columns["start"][row]
        if start == columns["end"][row]:
            told = columns["shipped"][row], columns["durable"][row], Fate(columns["fate"][row])
            facts.setdefault((unit, start), []).append(told)
        elif columns["fate"][row] != Fate.SAMPLED_OUT:
            stretches.setdefault(unit, []).append(row)

    def told_of(entry: Entry) -> tuple[float, float, Fate] | None:
        if entry.weight:
            return facts[entry.unit, entry.made].pop(0)
        for row in stretches.get(entry.unit, []):
            if columns["start"][row] <= entry.made < columns["end"][row]:
                shipped, period = columns["shipped"][row], columns["period"][row]
                wait = columns["durable"][row] - shipped
                if period:
                    shipped += max(0, int((entry.made - shipped) // period) + 1) * period
                shipped = max(shipped, entry.made) if sort.artefact.shipping.kind == "sync" else shipped
                return shipped, shipped + wait, Fate(columns["fate"][row])
        return None

    return told_of


def _same(fast: tuple[float, float, Fate], slow: tuple[float, float, Fate]) -> bool:
    times = zip(fast[:2], slow[:2], strict=True)
    return fast[2] == slow[2] and all((isnan(a) and isnan(b)) or abs(a - b) <= 1e-6 for a, b in times)
