"""A day of issuance records and decision logs that short-lived units ship every half minute."""

from __future__ import annotations

from time import perf_counter
from typing import Any


def fields(units: int) -> dict[str, Any]:
    """Scenario of so many units for a day, each with a record every five minutes; the archive fails twice."""
    shipping = {"kind": "periodic", "every": "30s", "on_stop": False}
    return {
        "name": "archive",
        "horizon": "24h",
        "issuers": {"mesh": {"ttl": "10m"}},
        "workloads": {
            "web": {
                "kind": "service",
                "replicas": units,
                "lifetime": {"kind": "exponential", "mean": "2h"},
                "issuer": "mesh",
                "traffic": {"kind": "constant", "rate": "5000/s"},
            }
        },
        "sinks": {"archive": {"delay": "2s"}},
        "evidence": {
            "decision": {"kind": "request", "workload": "web", "owes": ["log", "record"]},
            "issuance": {"kind": "issuance", "workload": "web", "owes": ["record"]},
        },
        "artefacts": {
            "log": {"of": "decision", "sink": "archive", "shipping": shipping},
            "record": {"of": "issuance", "sink": "archive", "shipping": shipping},
        },
        "failures": [{"kind": "sink-outage", "sink": "archive", "at": ["6h", "12h"], "lasts": "20m"}],
    }


def archived(units: int) -> dict[str, float]:
    """Run churnsim, lives, laws and all; what artefacts there are of requests is integrated."""
    from churnsim.metrics.registry import evaluate
    from churnsim.scenario import Scenario
    from churnsim.simulate import simulate

    scenario = Scenario.model_validate(fields(units))
    begin = perf_counter()
    trace = simulate(scenario, seed=1)
    simulated = perf_counter()
    gap = evaluate(trace, ["evidence.gap"])["evidence.gap"].value
    table = trace["artefacts"]
    return {
        "wall": simulated - begin,
        "measuring": perf_counter() - simulated,
        "artefacts": float((table["start"] == table["end"]).sum()),
        "logs": float(table["number"].sum()),
        "gap": float(gap or 0.0),
    }


def relived(units: int) -> dict[str, float]:
    """Let every record and every flush be an event, of lives that are known already."""
    from churnsim.engine import Streams
    from churnsim.scenario import Scenario
    from churnsim.simulate import simulate
    from tests.twin.evidence import relive

    scenario = Scenario.model_validate(fields(units))
    trace = simulate(scenario, seed=1)
    begin = perf_counter()
    world = relive(scenario, trace, Streams(1, 0), witnesses=0)
    records = sum(len(sort.entries) for sort in world.sorts)
    return {"wall": perf_counter() - begin, "artefacts": float(records)}
