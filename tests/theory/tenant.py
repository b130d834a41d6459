"""Known answers on tenants: who shares places by shuffle sharding (O41), and what one takes from others."""

from __future__ import annotations

from functools import cache
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.engine import Streams
from churnsim.metrics import evaluate
from churnsim.model.hand import hand
from churnsim.model.placement.shuffle_shard import ShuffleShardPlacement
from churnsim.model.pool import Pool
from churnsim.scenario import Scenario
from churnsim.trace import Trace
from tests.theory.oracle import exp, known, run, world

PLACES, DEALT = 8, 2
ALL = 1 / comb(PLACES, DEALT)
"""Chance that another tenant is dealt the same places. Source: methods O41."""
ANY = 1 - comb(PLACES - DEALT, DEALT) / comb(PLACES, DEALT)
"""Chance that it is dealt one of them at least. Source: methods O41."""

TENANTS, RESIDENTS = 120, 12
SHUFFLED = {"kind": "shuffle-shard", "nodes": DEALT}


def shared(held: NDArray[np.bool_], least: int) -> float:
    """Share of the pairs of tenants, a row of `held` each, that hold so many places in common at least."""
    common = held.astype(np.int64) @ held.T.astype(np.int64)
    return float((common[np.triu_indices(len(held), 1)] >= least).mean())


def hands(replication: int) -> NDArray[np.bool_]:
    """What many tenants are dealt, of two pools."""
    placement = ShuffleShardPlacement(nodes=DEALT)
    pools = {name: Pool(zone="a", count=count) for name, count in (("one", 3), ("more", PLACES - 3))}
    stream = Streams(20_261_124, replication).named
    return np.array([hand(placement, f"t{number}", pools, stream) for number in range(TENANTS)])


@known("O41 another tenant is dealt the same 2 of 8 places", ALL, power=0.03)
def same_hand(replication: int) -> float:
    return shared(hands(replication), DEALT)


@known("O41 another tenant is dealt one of the same places", ANY)
def overlapping_hand(replication: int) -> float:
    return shared(hands(replication), 1)


def stood(trace: Trace) -> NDArray[np.bool_]:
    """On which places the units of each workload have stood."""
    placed, nodes = trace["placements"], trace["nodes"]
    held = np.zeros((len(trace.meta.workloads), PLACES), bool)
    held[trace["units"]["workload"][placed["unit"]], nodes["slot"][placed["node"]]] = True
    return held


@cache
def struck(replication: int) -> dict[str, float]:
    """Two units of each tenant, one on either place; the requests of one after the other are deadly."""
    web = {"kind": "service", "replicas": DEALT, "needed": "50%", "placement": SHUFFLED}
    deadly = {"kind": "deadly-request", "lasts": "1s"}
    scenario = world(
        horizon="1h",
        nodes={"rack": {"zone": "a", "count": PLACES, "lifetime": "25m"}},
        workloads={f"web-{number}": web | {"tenant": f"t{number}"} for number in range(RESIDENTS)},
        failures=[
            deadly | {"tenant": f"t{number}", "at": [f"{number + 45}m"]} for number in range(RESIDENTS)
        ],
    )
    trace = run(scenario, replication)
    held = stood(trace)
    assert (held.sum(axis=1) == DEALT).all()
    names = ("blast_radius.tenants_hit.mean", "blast_radius.tenants_down.mean")
    return {"shared": shared(held, 1)} | {
        name: found.value or 0.0 for name, found in evaluate(trace, names).items()
    }


@known("O41 tenants of a run that share a node although nodes come and go", ANY, power=0.05)
def overlapping_units(replication: int) -> float:
    return struck(replication)["shared"]


def others(chance: float) -> float:
    """Share of the tenants that is struck with one of them, if so each other is with that chance."""
    return (1 + (RESIDENTS - 1) * chance) / RESIDENTS


@known("O41 tenants that the deadly requests of one hit", others(ANY), power=0.05)
def tenants_hit(replication: int) -> float:
    return struck(replication)["blast_radius.tenants_hit.mean"]


@known(
    "O41 tenants that the deadly requests of one take down",
    (1 + (RESIDENTS - 1) * ALL) / RESIDENTS,
    power=0.05,
)
def tenants_down(replication: int) -> float:
    return struck(replication)["blast_radius.tenants_down.mean"]


NEIGHBOURS, BESIDE, CAPACITY, LOAD, LEFT = 6, 2, 10.0, 48.0, 0.5


def beside_noise(each: float) -> float:
    """Share of the requests that is served while some units are slowed, where `each` gets so many."""
    slow, fast = min(1.0, LEFT * CAPACITY / each), min(1.0, CAPACITY / each)
    return (BESIDE * slow + (NEIGHBOURS - BESIDE) * fast) / NEIGHBOURS


def noisy(**fields: Any) -> Scenario:
    """Six units on six nodes, of which two have a noisy unit as well for half an hour out of every two."""
    nodes = {"quiet": {"zone": "a", "count": NEIGHBOURS - BESIDE}, "loud": {"zone": "a", "count": BESIDE}}
    web = {"kind": "service", "replicas": NEIGHBOURS, "capacity": f"{CAPACITY:g}/s"}
    batch = {"kind": "service", "replicas": BESIDE, "placement": {"kind": "spread", "pools": ["loud"]}}
    noise = {"kind": "noisy-neighbour", "workload": "batch", "left": f"{LEFT:%}"}
    return world(
        nodes=nodes,
        workloads={"web": web | {"traffic": {"kind": "constant", "rate": f"{LOAD:g}/s"}}, "batch": batch},
        failures=[noise | {"every": exp("90m"), "lasts": exp("30m")} | fields],
    )


@known(
    "a noisy neighbour: served by units of which some are slowed for a share of the time",
    0.75 + 0.25 * beside_noise(8.0),
    power=0.01,
)
def served_beside_noise(replication: int) -> float:
    return evaluate(run(noisy(), replication), ["availability"])["availability"].value or 0.0
