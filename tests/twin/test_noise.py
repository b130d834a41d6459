"""Requests beside noisy neighbours: unit by unit and span by span against the account of all at once."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
import pytest

from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import EndpointState, Family, Trace

RATE, CAPACITY, SHARE = 32.0, 10.0, 0.5
EXPONENTIAL = {"kind": "exponential", "mean": "40m"}
SERVICE = {
    "kind": "service",
    "replicas": 4,
    "capacity": f"{CAPACITY:g}/s",
    "lifetime": EXPONENTIAL,
    "startup": "30s",
}


def crowd(**fields: Any) -> Scenario:
    """A service beside two that are noisy, at times itself, on nodes that come and go."""
    noise = {"kind": "noisy-neighbour"}
    tree = {
        "name": "crowd",
        "horizon": "6h",
        "window": "10m",
        "nodes": {"rack": {"zone": "a", "count": 6, "lifetime": {"kind": "exponential", "mean": "2h"}}},
        "workloads": {
            "web": SERVICE | {"traffic": {"kind": "constant", "rate": f"{RATE:g}/s"}} | fields,
            "db": SERVICE | {"replicas": 2},
            "loud": {"kind": "service", "replicas": 2, "lifetime": EXPONENTIAL},
            "louder": {"kind": "service", "replicas": 1, "lifetime": EXPONENTIAL},
        },
        "failures": [
            noise | {"workload": "loud", "every": "20m", "lasts": "20m", "left": "40%"},
            noise | {"workload": "louder", "at": ["1h", "4h"], "lasts": "1h", "left": "20%"},
            noise | {"workload": "web", "at": ["2h"], "lasts": "1h", "left": "10%"},
            {"kind": "node-loss", "pool": "rack", "every": "1h", "lasts": "10m"},
        ],
    }
    return Scenario.model_validate(tree)


@dataclass(frozen=True)
class Stay:
    """A unit: whose, on which node, from when to when it stands there [s]."""

    workload: int
    node: int
    start: float
    end: float


class Slow:
    """What becomes of requests, by asking at every instant of every unit by itself."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        gone = np.where(np.isnan(trace["units"]["gone"]), inf, trace["units"]["gone"])
        placed, whose = trace["placements"], trace["units"]["workload"]
        self.stays = {
            unit: Stay(int(whose[unit]), node, start, float(gone[unit]))
            for unit, node, start in zip(
                *(placed[name].tolist() for name in ("unit", "node", "time")), strict=True
            )
        }
        listed = trace.intervals(Family.ENDPOINT, EndpointState.LISTED)
        self.listed = list(zip(*(listed[name].tolist() for name in ("entity", "start", "end")), strict=True))
        self.noises = list(
            zip(
                *(trace["noises"][name].tolist() for name in ("workload", "start", "end", "left")),
                strict=True,
            )
        )
        times = [t for _, *ends in self.listed for t in ends] + [
            t for _, *ends, _ in self.noises for t in ends
        ]
        times += [t for stay in self.stays.values() for t in (stay.start, stay.end)]
        times += [*trace["traffic"]["start"].tolist(), trace.meta.t1]
        self.instants = sorted({t for t in times if trace.meta.t0 <= t <= trace.meta.t1})

    def left(self, unit: int, now: float) -> float:
        """Share of its capacity that noise leaves to a unit."""
        mine = self.stays[unit]
        there = {s.workload for s in self.stays.values() if s.node == mine.node and s.start <= now < s.end}
        heard = [
            left
            for workload, start, end, left in self.noises
            if start <= now < end and workload in there and workload != mine.workload
        ]
        return min(heard, default=1.0)

    def served(self, workload: int, rate: float, now: float) -> tuple[float, float, float]:
        """Requests per time that are served, shed and lost, of so many that come."""
        units = [u for u, a, b in self.listed if a <= now < b and self.stays[u].workload == workload]
        if not units:
            return 0.0, 0.0, rate
        each = rate / len(units)
        alive = [unit for unit in units if now < self.stays[unit].end]
        served = sum(min(each, CAPACITY * self.left(unit, now)) for unit in alive)
        return served, each * len(alive) - served, each * (len(units) - len(alive))


@pytest.mark.parametrize("share", [0.0, SHARE])
def test_what_noise_leaves_is_served_unit_by_unit(share: float) -> None:
    """Requests from outside, alone and where each takes a call, with a chance, that is not tried again."""
    calls = {"calls": {"db": {"share": f"{share:%}", "retries": 0}}} if share else {}
    trace = simulate(crowd(**calls))
    slow, found = Slow(trace), np.zeros(4)
    for now, until in zip(slow.instants, slow.instants[1:], strict=False):
        passed, shed, lost = slow.served(0, RATE, now)
        answered = slow.served(1, share * passed, now)[0] / (share * passed) if share * passed else 1.0
        done = passed * (1 - share * (1 - answered))
        found += np.array([done, shed, lost, passed - done]) * (until - now)
    traffic, web = trace["traffic"], trace["traffic"]["workload"] == 0
    told = {
        name: float(traffic[name][web].sum()) for name in traffic if name not in ("workload", "start", "end")
    }
    told["lost"] = told["no_endpoint"] + told["dead_endpoint"]
    assert [told[name] for name in ("served", "shed", "lost", "dependency")] == pytest.approx(found, rel=1e-9)
    assert told["shed"] > 0.05 * told["offered"]


def test_noise_that_leaves_all_changes_nothing() -> None:
    """The null: the same world with every noise at 100 % serves the same requests to the bit."""
    quiet = crowd().canonical()
    loud = [{**each, "left": "100%"} if "left" in each else each for each in quiet["failures"]]
    none = [each for each in quiet["failures"] if "left" not in each]
    history = {"history": "2h"}
    tables = [
        simulate(Scenario.model_validate(quiet | history | {"failures": failures}))["traffic"]
        for failures in (loud, none)
    ]
    for name in tables[0]:
        assert (tables[0][name] == tables[1][name]).all(), name
