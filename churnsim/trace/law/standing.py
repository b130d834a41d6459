"""L23: units stand on nodes that are there, within what these hold, and fall with them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.code import Family, NodeState
from churnsim.trace.intervals import Spans, difference, steps
from churnsim.trace.law.statement import Violation, first, law, occurs
from churnsim.trace.trace import Trace

_MILLI = 1000  # cores are counted in thousandths


@law(
    "L23",
    "Where there are nodes, a unit is placed on exactly one, at the instant its start-up begins, while the "
    "node is up; no unit outlasts its node or is alive while that is lost; at no instant do the units of a "
    "node take more than it holds; those of a workload never stand on more places than its tenant is dealt. "
    "A unit is lost at the instant its node is. Every slot of a pool is filled by one node after the other, "
    "each ordered when its predecessor was told to drain or was gone, but for one that an autoscaler "
    "removes, whose slot is empty until it adds another. As many nodes are wanted at any instant as the "
    "pool says, or as its autoscaler may want.",
)
def standing(trace: Trace) -> Iterator[Violation]:
    """Hold each unit against the life of its node, and each node against what stands on it."""
    if not trace.meta.pools:
        return
    units, placed = trace["units"], trace["placements"]

    def at(message: str, time: float, unit: int) -> Violation:
        return Violation(message, float(time), trace.label(Family.UNIT, int(unit)))

    times = np.bincount(placed["unit"], minlength=len(units["unit"]))
    for i in first(times != ~np.isnan(units["placed"])):
        yield at(f"stands on {times[i]} nodes", units["created"][i], i)
    who, where, since = placed["unit"], placed["node"], placed["time"]
    for i in first(since != np.maximum(units["placed"][who], trace.meta.start)):
        yield at(f"has a node from {since[i]} on", units["placed"][who[i]], who[i])
    lives = trace.intervals(Family.NODE)
    alive = [
        Spans.of(*(lives[name][np.isin(lives["state"], states)] for name in ("start", "end", "entity")))
        for states in ([NodeState.UP], [NodeState.UP, NodeState.DRAINING, NodeState.ISOLATED])
    ]
    came = trace.intervals(Family.NODE, NodeState.UP)  # perhaps for no time at all, where the world begins
    is_up = alive[0].contains(since, where) | occurs(came["entity"], came["start"], where, since)
    for i in first(~is_up):
        yield at(f"placed on {trace.label(Family.NODE, int(where[i]))}, which is not up", since[i], who[i])
    until = np.where(np.isnan(units["gone"][who]), trace.meta.t1, units["gone"][who])
    undead = difference(Spans.of(since, until, where), alive[1])
    for i in first(undead.length > 0):
        yield Violation(
            "somebody outlasts it", float(undead.start[i]), trace.label(Family.NODE, int(undead.group[i]))
        )
    yield from _losses(trace)
    yield from _fill(trace, until)
    yield from _slots(trace)
    yield from _hands(trace)


def _losses(trace: Trace) -> Iterator[Violation]:
    lost, gone = trace["losses"], trace["units"]["gone"][trace["losses"]["unit"]]
    falls = trace.intervals(Family.NODE, NodeState.LOST)
    fell = occurs(falls["entity"], falls["start"], lost["node"], gone)
    for i in first(~fell | (lost["noticed"] < gone) | (lost["replaced"] < gone)):
        unit = trace.label(Family.UNIT, int(lost["unit"][i]))
        yield Violation("lost without its node, or missed before", float(gone[i]), unit)


def _fill(trace: Trace, until: NDArray[np.float64]) -> Iterator[Violation]:
    """Add up what the units of each node take, instant by instant."""
    placed, pool = trace["placements"], trace["nodes"]["pool"]
    pools = trace.meta.pools
    for what, takes, holds in (
        ("units", np.ones(len(until)), [info.units for info in pools]),
        ("cores", placed["cpu"] * _MILLI, [info.cpu * _MILLI for info in pools]),
        ("bytes", placed["memory"], [info.memory for info in pools]),
    ):
        time, node = np.concatenate([until, placed["time"]]), np.tile(placed["node"], 2)
        jump = np.concatenate([-np.rint(takes), np.rint(takes)])
        order = np.lexsort((jump > 0, time, node))  # whoever leaves at an instant makes room for who comes
        held, node = np.cumsum(jump[order]), node[order]
        for i in first(held > np.array(holds)[pool[node]]):
            name = trace.label(Family.NODE, int(node[i]))
            yield Violation(f"{held[i]} {what} (cores in thousandths) taken", float(time[order][i]), name)


def _slots(trace: Trace) -> Iterator[Violation]:
    nodes, lives = trace["nodes"], trace.intervals(Family.NODE)
    latest = nodes["ordered"]
    late = np.zeros(len(latest), bool)
    for name in ("up", "drained", "gone"):
        late |= nodes[name] < latest
        latest = np.fmax(latest, nodes[name])
    ends = lives["state"] == NodeState.GONE
    gone = np.full(len(latest), np.nan)
    gone[lives["entity"][ends]] = lives["start"][ends]
    late |= ~((nodes["gone"] == gone) | (np.isnan(gone) & np.isnan(nodes["gone"])))
    for i in first(late):
        name = trace.label(Family.NODE, i)
        yield Violation("its instants are out of order, or not those of its states", float(latest[i]), name)
    order = np.lexsort((nodes["incarnation"], nodes["slot"], nodes["pool"]))
    pool, slot, incarnation, ordered = (
        nodes[name][order] for name in ("pool", "slot", "incarnation", "ordered")
    )
    ended = np.fmin(nodes["drained"], nodes["gone"])[order]
    follows = np.zeros(len(order), bool)
    follows[1:] = (pool[1:] == pool[:-1]) & (slot[1:] == slot[:-1])
    before = np.append(0, incarnation[:-1])[: len(order)]
    due = np.where(follows, np.append(np.nan, ended[:-1])[: len(order)], trace.meta.start)
    last = np.append(~follows[1:], np.ones(min(len(order), 1), bool))
    is_added, is_removed = (
        np.isin(order, lives["entity"][lives["cause"] == _code(trace, name)])
        for name in ("node-added", "node-unneeded")
    )
    was_removed = follows & np.append(False, is_removed[:-1])[: len(order)]
    broken = (incarnation != np.where(follows, before + 1, 1)) | (last & ~np.isnan(ended) & ~is_removed)
    broken |= np.where(is_added, ordered < due, ordered != due) | (follows & (is_added != was_removed))
    for i in first(broken):
        name = trace.label(Family.NODE, int(order[i]))
        yield Violation("its slot is filled twice, or not at all", float(ordered[i]), name)
    for number, info in enumerate(trace.meta.pools):
        low, high = (info.floor, info.ceiling) if info.ceiling else (info.count, info.count)
        mine = pool == number
        wanted = steps(ordered[mine], np.fmin(ended[mine], trace.meta.t1))
        part = wanted.within(trace.meta.start, trace.meta.t1)
        for i in first((part.counts[:-1] < low) | (part.counts[:-1] > high)):
            said = f"{part.counts[i]:g} nodes are wanted, not {low} to {high}"
            yield Violation(said, float(part.times[i]), info.name)


def _hands(trace: Trace) -> Iterator[Violation]:
    """Count the places, whoever fills them, on which the units of each workload have stood."""
    placed, nodes = trace["placements"], trace["nodes"]
    workload = trace["units"]["workload"][placed["unit"]]
    for code, info in enumerate(trace.meta.workloads):
        node = placed["node"][workload == code]
        places = np.unique(np.stack([nodes["pool"][node], nodes["slot"][node]]), axis=1).shape[1]
        if 0 < info.hand < places:
            yield Violation(f"stands on {places} places, dealt {info.hand}", entity=info.name)


def _code(trace: Trace, cause: str) -> int:
    """Code of a cause; -1 where there is none."""
    return trace.code("cause", cause) if cause in trace.meta.causes else -1
