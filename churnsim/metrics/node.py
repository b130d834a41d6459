"""Nodes: what their failures take down, how long that is missing, and how well they are used."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from churnsim.metrics.measurement import Peak, Ratio
from churnsim.metrics.overlap import Mask, inside
from churnsim.metrics.registry import measure
from churnsim.trace import Family, NodeState, Trace, UnitState
from churnsim.trace.intervals import steps


@measure("recovery.mean", unit="s", better="lower", parts="cause")
def recovery(trace: Trace) -> dict[str, Ratio]:
    """Mean time from a unit's end by failure to the next ready unit of its slot: seconds missing / such ends.

    The estimator of Little's law: unbiased in a stationary world although what is missing is cut at both
    ends. Slots that nobody wants filled again at once are left out. A part for each kind of failure of the
    scenario that ends units.
    """
    units, meta = trace["units"], trace.meta
    failed = np.zeros(len(units["unit"]), bool)
    follows = (np.diff(units["workload"]) == 0) & (np.diff(units["slot"]) == 0)
    failed[:-1] = follows & (units["created"][1:] == units["stopped"][:-1])
    failed[trace["losses"]["unit"]] = True
    failed &= _failed(trace) & ~np.isnan(units["ready"])
    seconds = inside(units["stopped"], _next_ready(trace), meta.t0, meta.t1)
    within = (units["stopped"] >= meta.t0) & (units["stopped"] < meta.t1)

    def mean(chosen: Mask) -> Ratio:
        return Ratio(float(seconds[chosen].sum()), float(np.count_nonzero(chosen & within)))

    parts = {
        kind.replace("-", "_"): mean(failed & (units["end_cause"] == trace.code("cause", kind)))
        for kind in meta.deadly
    }
    return {"": mean(failed), **parts}


@measure("blast_radius.max", unit="share", better="lower", parts="domain", members=("node", "zone"))
def blast_radius(trace: Trace) -> dict[str, Peak]:
    """Largest share of the ready units that failures end without notice at one instant, by domain.

    Units that are told to drain do not count. Undefined where no failure ends units.
    """
    units, meta = trace["units"], trace.meta
    if not can_strike(trace):
        return {"": Peak(None), "node": Peak(None), "zone": Peak(None)}
    rows = struck(trace)
    ready = steps(units["ready"], np.fmin(units["stopped"], meta.t1))
    node = np.full(len(units["unit"]), -1)
    node[trace["placements"]["unit"]] = trace["placements"]["node"]
    zones = np.array([*_zones(trace), -1], np.int64)
    zone = zones[np.append(trace["nodes"]["pool"], -1)[node[rows]]]
    time = units["stopped"][rows]

    def most(domain: NDArray[np.int64]) -> Peak:
        if not len(time):
            return Peak(0.0)
        (_, when), counts = np.unique(np.stack([domain, time]), axis=1, return_counts=True)
        return Peak(float((counts / ready.at(np.nextafter(when, -np.inf))).max()))

    everywhere = most(np.zeros(len(time), np.int64))
    if not meta.pools:
        return {"": everywhere, "node": Peak(None), "zone": Peak(None)}
    return {"": everywhere, "node": most(node[rows]), "zone": most(zone)}


@measure("intent.zone_under", unit="share", better="lower")
def zone_under(trace: Trace) -> Ratio:
    """Missing ready units of the zone that lacks most of its even share: ∫(D/Z - X)⁺dt / ∫D/Z dt, Z zones."""
    units, meta = trace["units"], trace.meta
    names = list(dict.fromkeys(info.zone for info in meta.pools))
    node = np.full(len(units["unit"]), -1)
    node[trace["placements"]["unit"]] = trace["placements"]["node"]
    zone = np.append(_zones(trace), -1)[np.append(trace["nodes"]["pool"], -1)[node]]
    missing, desired = np.zeros(len(names)), np.zeros(len(names))
    for workload, info in enumerate(meta.workloads):
        mine = units["workload"] == workload
        share = info.replicas / max(len(names), 1)
        for place in range(len(names)):
            here = mine & (zone == place)
            ready = steps(units["ready"][here], np.fmin(units["stopped"][here], meta.t1))
            part = ready.within(meta.t0, meta.t1)
            missing[place] += float(np.dot(np.maximum(share - part.counts[:-1], 0.0), np.diff(part.times)))
            desired[place] += share * (meta.t1 - meta.t0)
    if not names:
        return Ratio(0.0, 0.0)
    worst = int(np.argmax(missing))
    return Ratio(float(missing[worst]), float(desired[worst]))


@measure("placement.wait", unit="s", better="lower")
def wait(trace: Trace) -> Ratio:
    """Mean time that a unit waits because no node has room for it: seconds so / units created."""
    meta, units = trace.meta, trace["units"]
    if not meta.pools:
        return Ratio(0.0, 0.0)
    spells = trace.intervals(Family.UNIT, UnitState.PENDING)
    stuck = spells["cause"] == trace.code("cause", "no-room")
    seconds = inside(spells["start"][stuck], spells["end"][stuck], meta.t0, meta.t1)
    created = (units["created"] >= meta.t0) & (units["created"] < meta.t1)
    return Ratio(float(seconds.sum()), float(np.count_nonzero(created)))


@measure("node.utilisation", unit="share", better="higher")
def utilisation(trace: Trace) -> Ratio:
    """Share of what nodes that work hold that units take, of what is scarcest in all of them.

    Those work that are up, drain, or are cut off from the control plane.
    """
    meta, placed = trace.meta, trace["placements"]
    lives = trace.intervals(Family.NODE)
    if not meta.pools:
        return Ratio(0.0, 0.0)
    well = np.isin(lives["state"], (NodeState.UP, NodeState.DRAINING, NodeState.ISOLATED))
    lives = {name: column[well] for name, column in lives.items()}
    up = inside(lives["start"], lives["end"], meta.t0, meta.t1)
    pool = trace["nodes"]["pool"][lives["entity"]]
    stood = inside(placed["time"], trace["units"]["gone"][placed["unit"]], meta.t0, meta.t1)
    shares = []
    for takes, holds in (
        (np.ones(len(stood)), [float(info.units) for info in meta.pools]),
        (placed["cpu"], [info.cpu for info in meta.pools]),
        (placed["memory"], [info.memory for info in meta.pools]),
    ):
        held = np.array(holds)[pool]
        if np.isfinite(held).all():
            shares.append((float(stood @ takes), float(up @ held)))
    return Ratio(*max(shares, key=lambda each: each[0] / each[1] if each[1] else 0.0))


def can_strike(trace: Trace) -> bool:
    """Whether any failure ends units."""
    return bool(trace.meta.deadly)


def struck(trace: Trace) -> NDArray[np.intp]:
    """Rows of the units that were ready and that a failure ended without notice in the window."""
    units, meta = trace["units"], trace.meta
    was_ready = (units["ready"] < units["stopped"]) & (units["gone"] == units["stopped"])
    is_within = (units["stopped"] >= meta.t0) & (units["stopped"] < meta.t1)
    return np.flatnonzero(_failed(trace) & was_ready & is_within)


def _failed(trace: Trace) -> Mask:
    """Which units a failure ended."""
    causes = [trace.code("cause", kind) for kind in trace.meta.deadly]
    return np.isin(trace["units"]["end_cause"], causes)


def _next_ready(trace: Trace) -> NDArray[np.float64]:
    """When a later unit of the slot of each unit was first ready; NaN: none was."""
    units = trace["units"]
    count = len(units["unit"])
    row = np.where(np.isnan(units["ready"]), count, np.arange(count))
    later = np.append(np.minimum.accumulate(row[::-1])[::-1][1:], count)[:count]
    slot = np.stack([np.append(units[name], -1) for name in ("workload", "slot")])
    is_same = (slot[:, later] == slot[:, :count]).all(axis=0)
    return np.where(is_same, np.append(units["ready"], np.nan)[later], np.nan)


def _zones(trace: Trace) -> NDArray[np.int64]:
    """Number of the zone of each pool, in order of appearance."""
    zones = [info.zone for info in trace.meta.pools]
    order = list(dict.fromkeys(zones))
    return np.array([order.index(zone) for zone in zones], np.int64)
