"""Known answers on nodes: O08 with zones, the path of a dead node, and how often nodes come and go."""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np

from churnsim.metrics import evaluate
from churnsim.scenario import Scenario
from churnsim.trace import Family, NodeState, Trace
from tests.theory.oracle import exp, known, run, world

WEB = {"kind": "service", "replicas": 6}


def zones(up: str, down: str) -> Scenario:
    """Three zones of two places each, of which units are never evicted; four of six units are needed."""
    names, outage = ("a", "b", "c"), {"kind": "zone-outage", "every": exp(up), "lasts": exp(down)}
    return world(
        horizon="1000h",
        nodes={name: {"zone": name, "count": 2, "units": 1} for name in names},
        control_plane={"toleration": "52w"},
        workloads={"web": WEB | {"needed": "60%"}},
        failures=[outage | {"zone": name} for name in names],
    )


def shared(zone: float, zones: int, each: int, needed: int) -> float:
    """Chance that enough replicas are up which fail only with their zone. Source: methods O08."""
    good = range(-(-needed // each), zones + 1)
    return sum(comb(zones, z) * zone**z * (1 - zone) ** (zones - z) for z in good)


@known("O08 shared zones: four of six in three zones of availability 0.9", shared(0.9, 3, 2, 4), power=0.01)
def zone_availability(replication: int) -> float:
    trace = run(zones("45h", "5h"), replication)
    return evaluate(trace, ["capacity.availability"])["capacity.availability"].value or 0.0


def lossy(**fields: Any) -> Scenario:
    """Twenty nodes of one place, of which one is lost for good every 3 h."""
    return world(
        horizon="600h",
        nodes={"rack": {"zone": "a", "count": 20, "units": 2}},
        workloads={"web": WEB | {"replicas": 20}},
        failures=[{"kind": "node-loss", "pool": "rack", "every": exp("3h")}],
        **fields,
    )


def replaced_after(trace: Trace) -> float:
    """Mean time from lost to replaced [s]."""
    lost = trace["losses"]
    return float(np.nanmean(lost["replaced"] - trace["units"]["gone"][lost["unit"]]))


CUT_S, LIFE_S = 1200.0, 3600.0
_RATE = 1 / CUT_S + 1 / LIFE_S
ZOMBIES = CUT_S * (np.exp(-340.0 * _RATE) - np.exp(-350.0 * _RATE)) / (10.0 * _RATE)


def cut_off() -> Scenario:
    """A node with three units is cut off every 6 h for 20 min on average; there is room elsewhere."""
    nodes = {"one": {"zone": "a", "count": 1, "units": 3}, "more": {"zone": "b", "count": 6, "units": 1}}
    cuts = [f"{6 * number + 1}h" for number in range(49)]
    return world(
        horizon="300h",
        nodes=nodes,
        workloads={"web": WEB | {"lifetime": exp(f"{LIFE_S:g}s")}},
        failures=[{"kind": "partition", "zone": "a", "at": cuts, "lasts": exp(f"{CUT_S:g}s")}],
    )


@known("zombies: a cut of Exp(D) and a life of Exp(m) outlast grace and toleration", ZOMBIES, power=0.03)
def zombies(replication: int) -> float:
    """Unit-seconds for each unit that stood there when a cut began."""
    trace = run(cut_off(), replication)
    cuts = trace.intervals(Family.NODE, NodeState.ISOLATED)["start"]
    placed, gone = trace["placements"], trace["units"]["gone"]
    there = placed["node"] == 0
    since, until = placed["time"][there], np.where(np.isnan(gone), np.inf, gone)[placed["unit"][there]]
    stood = sum(int(((since <= when) & (when < until)).sum()) for when in cuts)
    found = evaluate(trace, ["zombie.seconds"])["zombie.seconds"].value or 0.0
    return found / stood


@known("a dead node's units are replaced after 340 to 350 s", 345.0, power=0.001)
def dead_node(replication: int) -> float:
    """Not ready 50 s after a sign of life that was up to 10 s old, evicted 300 s later (F184-F186)."""
    return replaced_after(run(lossy(), replication))


def fallen(trace: Trace, state: int, cause: str, low: float) -> float:
    """How often nodes enter a state by a cause from `low` on [s]."""
    table = trace.intervals(Family.NODE, state)
    return float(np.count_nonzero((table["cause"] == trace.code("cause", cause)) & (table["start"] >= low)))


@known("node losses in the last quarter of a long run", 600 / 4 / 3, power=0.05)
def losses_late(replication: int) -> float:
    return fallen(run(lossy(), replication), NodeState.LOST, "node-loss", 450 * 3600.0)


@known("nodes lost with their zone in the last quarter of a long run", 2 * 250 / 50, power=0.09)
def outages_late(replication: int) -> float:
    trace = run(zones("45h", "5h"), replication)
    return fallen(trace, NodeState.LOST, "zone-outage", 750 * 3600.0) / 3


@known("nodes reclaimed in the last quarter of a long run", 150 / 6 * 20 * 0.3, power=0.08)
def reclaims_late(replication: int) -> float:
    """A share of 30 % of 20 nodes every 6 h; a node that drains already or boots is not told twice."""
    scenario = lossy().with_(
        {"failures": [{"kind": "spot-reclaim", "pool": "rack", "every": exp("6h"), "share": "30%"}]}
    )
    return fallen(run(scenario, replication), NodeState.DRAINING, "spot-reclaim", 450 * 3600.0)


@known("nodes that retire: one for every life and boot", 600 * 20 / (10 + 0.5))
def retired(replication: int) -> float:
    nodes = {"rack": {"zone": "a", "count": 20, "boot": "30m", "lifetime": exp("10h")}}
    scenario = lossy().with_({"nodes": nodes, "failures": []})
    return fallen(run(scenario, replication), NodeState.DRAINING, "node-lifetime", 0.0)


FAILS, PULL_S = 0.4, 25.0
PULLED = PULL_S / (1 - FAILS) + sum(FAILS**k * min(10.0 * 2 ** (k - 1), 300.0) for k in range(1, 200))


@known("an image that fails to be pulled again and again: geometric attempts and their pauses", PULLED)
def pulled(replication: int) -> float:
    """A hundred nodes with one unit each, at a fresh start."""
    scenario = world(
        horizon="6h",
        start="fresh",
        nodes={"rack": {"zone": "a", "count": 100, "units": 1}},
        workloads={"web": WEB | {"replicas": 100, "image": {"pull": exp(f"{PULL_S:g}s"), "fails": "40%"}}},
    )
    units = run(scenario, replication)["units"]
    return float(np.mean(units["booted"] - units["placed"]))
