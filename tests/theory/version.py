"""Known answers on versions of a workload: how long a rollout takes, and how long it is without one."""

from __future__ import annotations

from typing import Any

import numpy as np

from churnsim.metrics import evaluate
from churnsim.scenario import Scenario
from churnsim.trace import Trace
from tests.theory.oracle import exp, known, run, world


def rolled(rollout: dict[str, Any], startup: Any = "30s", replicas: int = 20, **fields: Any) -> Scenario:
    """A service whose versions come every hour, 40 times unless told otherwise."""
    times = {} if "every" in rollout else {"at": [f"{hour}h" for hour in range(1, 41)]}
    web = {"kind": "service", "replicas": replicas, "startup": startup, "rollout": times | rollout, **fields}
    return world(horizon="41h", workloads={"web": web})


def durations(trace: Trace) -> np.ndarray[Any, Any]:
    """Time from the beginning of each rollout to its completion [s]."""
    return np.asarray(trace["revisions"]["completed"] - trace["revisions"]["began"])


def harmonic(n: int) -> float:
    """1 + 1/2 + ... + 1/n."""
    return sum(1 / k for k in range(1, n + 1))


SLOTS = {"kind": "rolling", "max_surge": "20%", "max_unavailable": "0%", "deadline": "1h"}


@known("O11 rolling update by slots, exponential start-up", 30 * (16 / 4 + harmonic(4)))
def by_slots(replication: int) -> float:
    """Four at a time, the next as one is ready: m((n - s)/s + H_s)."""
    return float(durations(run(rolled(SLOTS, exp("30s")), replication)).mean())


@known("O11 rolling update in waves, exponential start-up", 20 / 4 * 30 * harmonic(4))
def in_waves(replication: int) -> float:
    """Four at a time, the next four as all are ready: (n/s) m H_s."""
    waves = {"kind": "batched", "batch": "20%", "deadline": "1h"}
    return float(durations(run(rolled(waves, exp("30s")), replication)).mean())


@known("O11 recreation, exponential start-up", 30 * harmonic(20))
def all_at_once(replication: int) -> float:
    """All start together: m H_n."""
    return float(
        durations(run(rolled({"kind": "recreate", "deadline": "1h"}, exp("30s")), replication)).mean()
    )


@known("O12 a fleet renewed by churn alone", 3600 * harmonic(100))
def by_churn(replication: int) -> float:
    """The last of a hundred to be replaced anyway: m H_N, more than five lives."""
    rollout = {"kind": "on-replacement", "at": ["0s"]}
    web = {"kind": "service", "replicas": 100, "lifetime": exp("1h"), "rollout": rollout}
    scenario = world(horizon="70000s", workloads={f"web-{number}": web for number in range(5)})
    return float(durations(run(scenario, replication)).mean())


@known("a canary, exponential start-up", 30 * harmonic(2) + 600 + 30 * (14 / 4 + harmonic(4)))
def canary(replication: int) -> float:
    """Two of twenty, ready after m H_2; ten minutes later the other eighteen by slots of four."""
    rollout = SLOTS | {"kind": "canary", "share": "10%", "bake": "10m"}
    return float(durations(run(rolled(rollout, exp("30s")), replication)).mean())


@known("requests that bad versions fail in a canary", 0.3 * 0.5 * 0.1 * 300 / 3600, power=0.05)
def failed(replication: int) -> float:
    """Chance of a bad one, times what it fails, times the canary's share, times until noticed, by the gap."""
    rollout = {
        "kind": "canary", "share": "10%", "bake": "10m", "every": "1h", "bad": "30%",
        "detected": "5m", "fault": {"kind": "errors", "share": "50%"},
    }  # fmt: skip
    scenario = rolled(
        rollout, "0s", traffic={"kind": "constant", "rate": "10/s"}, endpoints={"removal": "0s"}
    )
    name = "unserved.share.bad_version"
    return evaluate(run(scenario.with_({"horizon": "100h"}), replication), [name])[name].value or 0.0
