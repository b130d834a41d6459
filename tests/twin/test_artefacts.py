"""What became of every artefact, laid down in arrays, is what becomes of it where each is an event."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from churnsim.engine import Streams
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import Fate
from tests.properties.worlds import worlds
from tests.twin.evidence import differences, relive

_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
EVERY = {"kind": "periodic", "every": "40s"}
VARYING = {"kind": "periodic", "every": {"kind": "uniform", "low": "20s", "high": "2m"}, "on_stop": False}
BATCH = {"kind": "batch", "size": 7, "on_stop": False}
ROOM = {"kind": "periodic", "every": "5m"}
ROOM_FOR_THREE = {"shipping": ROOM, "buffer": {"most": 3, "when_full": "drop-oldest"}}

#: What is said of the artefacts, and of the sink.
WAYS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "periodic": ({"shipping": EVERY}, {"delay": "3s"}),
    "varying": ({"shipping": VARYING, "signed": True}, {"delay": {"kind": "exponential", "mean": "30s"}}),
    "batch": ({"shipping": BATCH}, {"retention": "20m"}),
    "on-stop": ({"shipping": {"kind": "on-stop"}}, {}),
    "drop-oldest": (ROOM_FOR_THREE, {}),
    "drop-newest": ({"shipping": ROOM, "buffer": {"most": 3, "when_full": "drop-newest"}}, {}),
    "batch-with-little-room": ({"shipping": BATCH, "buffer": {"most": 9, "when_full": "drop-oldest"}}, {}),
    "agents": ({"shipping": EVERY, "holder": {"kind": "agent", "units": 2, "crashes": "11m"}}, {}),
    "nodes": ({"shipping": EVERY, "holder": {"kind": "node"}, "signed": True}, {}),
    "agents-in-batches": ({"shipping": BATCH, "holder": {"kind": "agent", "units": 3}, "per_outcome": 2}, {}),
    "queueing": ({"shipping": EVERY, "per_outcome": 3}, {"capacity": "6/m", "delay": "1s"}),
    "sampled": ({"shipping": EVERY, "sampling": {"kind": "head", "keep": "60%"}}, {"retention": "5m"}),
    "tail": ({"shipping": BATCH, "sampling": {"kind": "tail", "keep": "30%"}}, {"delay": "2s"}),
    "tail-with-little-room": (
        {**ROOM_FOR_THREE, "sampling": {"kind": "tail", "keep": "30%"}}, {"capacity": "6/m"}
    ),
    "tail-at-agents": (
        {
            "shipping": EVERY, "sampling": {"kind": "tail", "keep": "50%", "wait": "65s"},
            "holder": {"kind": "agent", "units": 2, "crashes": "11m"},
        },
        {"delay": "3s"},
    ),
}  # fmt: skip


def world(way: str, **more: Any) -> Scenario:
    """Units that crash, are told to stop, are issued credentials, adopt versions and commit jobs."""
    artefact, sink = WAYS[way]
    lives = {"lifetime": {"kind": "exponential", "mean": "20m"}, "startup": "10s", "issuer": "mesh"}
    made = {
        "issuance": ("web", "issuance"), "adoption": ("web", "adoption"), "receipt": ("job", "commit"),
        **({} if "capacity" in WAYS[way][1] else {"answer": ("web", "request")}),
    }  # fmt: skip
    tree: dict[str, Any] = {
        "name": "relived",
        "horizon": "2h",
        "issuers": {
            "mesh": {"ttl": "4m", "keys": {"every": "30m", "bundle": {"kind": "push", "delay": "5s"}}}
        },
        "policies": {
            "authz": {
                "refresh": {"kind": "pull", "every": "30s"},
                "changes": {"every": {"kind": "exponential", "mean": "1m"}},
            }
        },
        "workloads": {
            "web": {
                "kind": "service",
                "replicas": 5,
                "policy": "authz",
                "traffic": {"kind": "constant", "rate": "2/s"},
                **lives,
            },
            "job": {"kind": "processor", "replicas": 3, "jobs": {"every": "30s", "work": "40s"}, **lives},
        },
        "sinks": {"archive": sink},
        "evidence": {
            name: {"kind": kind, "workload": workload, "owes": [name]}
            for name, (workload, kind) in made.items()
        },
        "artefacts": {name: {"of": name, "sink": "archive", **artefact} for name in made},
        "failures": [
            {"kind": "crash", "workload": name, "every": {"kind": "exponential", "mean": "20m"}}
            for name in ("web", "job")
        ]
        + [
            {"kind": "sink-outage", "sink": "archive", "at": ["20m", "1h"], "lasts": "6m"},
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["40m"], "lasts": "8m"},
            {"kind": "key-theft", "issuer": "mesh", "at": ["70m"], "detected": "5m"},
        ],
    }
    if way == "nodes":
        pool = {
            "zone": "a",
            "count": 4,
            "units": 3,
            "boot": "20s",
            "lifetime": {"kind": "exponential", "mean": "1h"},
        }
        tree["nodes"] = {"rack": pool}
        losses = {"kind": "node-loss", "pool": "rack", "every": {"kind": "exponential", "mean": "15m"}}
        tree["failures"] += [losses, losses | {"lasts": "2m"}]
    return Scenario.model_validate(tree | more)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("start", ["fresh", "stationary"])
def test_both_ways_tell_the_same_of_every_artefact(way: str, start: str) -> None:
    """When it was handed over, when it was durable, and what had become of it by the end."""
    assert not differences(world(way, start=start))


def test_the_slow_way_knows_every_fate() -> None:
    """What never happens in these worlds is not compared."""
    fates = Counter[Fate]()
    for way in WAYS:
        scenario = world(way)
        relived = relive(scenario, simulate(scenario), Streams(scenario.study.seed, 0))
        fates += Counter(
            entry.told[2] for sort in relived.sorts if relived.knows(sort) for entry in sort.entries
        )
    assert set(fates) == set(Fate)
    assert min(fates.values()) > 30


@settings(max_examples=25, suppress_health_check=_SLOW)
@given(worlds().filter(lambda data: "sinks" in data))
def test_both_ways_agree_in_generated_worlds(data: dict[str, Any]) -> None:
    """In worlds that nobody thought of."""
    assert not differences(Scenario.model_validate(data))


@pytest.mark.nightly
@settings(max_examples=300, derandomize=False, suppress_health_check=_SLOW)
@given(worlds().filter(lambda data: "sinks" in data))
def test_both_ways_agree_in_many_generated_worlds(data: dict[str, Any]) -> None:
    """As above, many more of them, and others every night."""
    assert not differences(Scenario.model_validate(data))
