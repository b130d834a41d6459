"""A whole platform, at any size: every kind of workload in one scenario, on nodes in three zones."""

from __future__ import annotations

from time import perf_counter
from typing import Any

UNITS_OF_A_NODE = 25


def fields(units: int) -> dict[str, Any]:
    """Scenario of about so many units for a day, one in 25 of them a node's, and 5,000 requests a second."""
    nodes = max(units // UNITS_OF_A_NODE // 3, 1)
    runners, batch, functions = units // 10, units // 10, units // 50
    previews = units // 50
    front, back = units // 2, units - units // 2 - runners - batch - functions - previews
    crowd = {
        "startup": {"kind": "lognormal", "median": "4s", "p99": "20s"},
        "issuer": "mesh",
        "policy": "authz",
    }
    return {
        "name": "platform",
        "horizon": "24h",
        "issuers": {"mesh": {"ttl": "1h", "renewal": {"kind": "fixed", "at": "50%"}}},
        "policies": {
            "authz": {
                "refresh": {"kind": "pull", "every": "1m", "delay": "200ms"},
                "changes": {"every": {"kind": "exponential", "mean": "1h"}},
            }
        },
        # A third more than is needed, so that there is room when a zone is lost.
        "nodes": {
            zone: {"zone": zone, "count": nodes, "units": UNITS_OF_A_NODE * 4 // 3 + 2, "boot": "90s"}
            for zone in ("a", "b", "c")
        },
        "workloads": {
            "front": crowd
            | {
                "kind": "service",
                "replicas": front,
                "lifetime": {"kind": "exponential", "mean": "6h"},
                "drain": "10s",
                "endpoints": {"removal": {"kind": "exponential", "mean": "2s"}},
                "traffic": {"kind": "diurnal", "mean": "5000/s", "swing": "50%"},
                "calls": {"back": {"share": "40%"}},
            },
            "back": crowd
            | {"kind": "service", "replicas": back, "lifetime": {"kind": "exponential", "mean": "12h"}},
            "batch": crowd
            | {
                "kind": "processor",
                "replicas": batch,
                "lifetime": {"kind": "exponential", "mean": "8h"},
                "jobs": {
                    "every": {"kind": "exponential", "mean": f"{4 * 3600 / (0.7 * batch)}s"},
                    "work": {"kind": "uniform", "low": "2h", "high": "6h"},
                },
                "checkpoints": {"every": "30m", "cost": "5s"},
            },
            "build": crowd
            | {
                "kind": "runner",
                "jobs": {
                    "every": {"kind": "exponential", "mean": f"{3600 / runners}s"},
                    "work": {"kind": "uniform", "low": "10m", "high": "110m"},
                },
            },
            "preview": crowd
            | {
                "kind": "environment",
                "changes": {"kind": "exponential", "mean": f"{4 * 3600 / (previews / 2)}s"},
                "units": 2,
                "life": {"kind": "uniform", "low": "2h", "high": "6h"},
                "teardown": {"fails": "1%"},
            },
            "resize": crowd
            | {
                "kind": "function",
                "traffic": {"kind": "constant", "rate": f"{functions / 40}/s"},
                "service": {"kind": "exponential", "mean": "30s"},
                "keep_alive": "10m",
            },
        },
        "failures": [
            {"kind": "crash", "workload": "front", "every": {"kind": "exponential", "mean": "7d"}},
            {"kind": "node-loss", "pool": "a", "every": {"kind": "exponential", "mean": "6h"}},
            {"kind": "zone-outage", "zone": "b", "at": ["12h"], "lasts": "20m"},
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["10h"], "lasts": "40m"},
        ],
    }


def platform(units: int) -> dict[str, float]:
    """Run churnsim, laws and all, and measure all that it measures."""
    from churnsim.metrics.registry import evaluate
    from churnsim.scenario import Scenario
    from churnsim.simulate import simulate

    scenario = Scenario.model_validate(fields(units))
    begin = perf_counter()
    trace = simulate(scenario, seed=1)
    wall = perf_counter() - begin
    found = evaluate(trace)
    return {
        "wall": wall,
        "measuring": perf_counter() - begin - wall,
        "born": float(trace["units"]["unit"].size),
        "served": found["availability"].value or 0.0,
    }
