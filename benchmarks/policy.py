"""A policy that changes every minute for a day, heard of by many enforcement points."""

from __future__ import annotations

from time import perf_counter
from typing import Any

REFRESHES: dict[str, dict[str, Any]] = {
    "pull": {"kind": "pull", "every": "1m", "delay": "200ms"},
    "push": {"kind": "push", "delay": {"kind": "exponential", "mean": "2s"}},
}


def fields(points: int, refresh: str) -> dict[str, Any]:
    """Scenario of so many points for a day, each of which lives six hours on average."""
    return {
        "name": "fan-out",
        "horizon": "24h",
        "policies": {"authz": {"refresh": REFRESHES[refresh], "changes": {"every": "1m"}}},
        "workloads": {
            "web": {
                "kind": "service",
                "replicas": points,
                "lifetime": {"kind": "exponential", "mean": "6h"},
                "policy": "authz",
                "traffic": {"kind": "constant", "rate": "5000/s"},
            }
        },
    }


def pulled(points: int) -> dict[str, float]:
    """Run churnsim with copies that poll every minute, laws and all, and measure all that it measures."""
    return _run(points, "pull")


def pushed(points: int) -> dict[str, float]:
    """The same with copies that are sent every version."""
    return _run(points, "push")


def polled(points: int) -> dict[str, float]:
    """Run the slow twin: every poll an event of its own; it measures nothing."""
    from churnsim.engine import Streams
    from churnsim.scenario import Scenario
    from churnsim.simulate import design
    from tests.twin.slow import run

    built = design(Scenario.model_validate(fields(points, "pull")))
    begin = perf_counter()
    twin = run(built, Streams(1, 0), probe=False)
    wall = perf_counter() - begin
    commits = sum(len(source.commits) for source in twin.sources.values())
    return {"wall": wall, "changes": float(points * commits), "served": float(twin.served_share)}


def _run(points: int, refresh: str) -> dict[str, float]:
    from churnsim.metrics.registry import MEASURES, evaluate
    from churnsim.scenario import Scenario
    from churnsim.simulate import simulate

    scenario = Scenario.model_validate(fields(points, refresh))
    begin = perf_counter()
    trace = simulate(scenario, seed=1)
    simulated = perf_counter()
    evaluate(trace, list(MEASURES))
    traffic = trace["traffic"]
    return {
        "wall": simulated - begin,
        "measuring": perf_counter() - simulated,
        "changes": float(points * (trace["commits"]["version"] > 0).sum()),
        "served": float(traffic["served"].sum() / traffic["intended"].sum()),
    }
