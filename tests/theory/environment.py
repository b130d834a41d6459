"""Known answers on environments: M/G/∞, Erlang's B, idle life, and orphans that are swept or are not."""

from __future__ import annotations

from math import exp as e
from typing import Any

from churnsim.trace import Trace
from tests.theory.oracle import exp, known, run, world
from tests.theory.work import value

ORPHANED = {"fails": "10%", "sweep": "24h"}
LOGNORMAL = {"kind": "lognormal", "mean": "4h", "cv": 1}


def previews(replication: int, horizon: str = "10d", start: str = "stationary", **fields: Any) -> Trace:
    """Three changes an hour, two units each."""
    workload = {"kind": "environment", "changes": exp("20m"), "life": LOGNORMAL, "units": 2, **fields}
    scenario = world(horizon=horizon, start=start, workloads={"previews": workload})
    return run(scenario, replication, check=False)


@known("O06 environments that are wanted", 12.0)
def wanted(replication: int) -> float:
    """M/G/∞: 3/h · 4 h, whatever the law of their lives."""
    return value(previews(replication), "environment.wanted")


@known("environments that are idle: (e^(rT) - 1)/r each", 1.5 * (e(1.0) - 1.0))
def idle(replication: int) -> float:
    """Used every half hour on average, given up after half an hour without use; 3/h of 51.5 min each."""
    gone = {"after": "30m", "used": exp("30m")}
    return value(previews(replication, life="20d", idle=gone, horizon="5d"), "environment.wanted")


@known("O04 environments that are refused", 0.121661064, power=0.05)
def refused(replication: int) -> float:
    """M/G/c/c: 8 would be wanted on average, 10 there may be."""
    return value(previews(replication, life="160m", limit=10), "environment.refused")


@known("orphans that are swept every P: λpP/2", 3.6, power=0.04)
def orphans(replication: int) -> float:
    """A tenth of 3/h, swept every 24 h, 12 h later on average."""
    return value(previews(replication, teardown=ORPHANED, horizon="20d"), "environment.orphans")


@known("orphans that nobody sweeps pile up: λp(t - w)", 0.3 * 23**2 / 48, power=0.05)
def piling(replication: int) -> float:
    """From nothing, wanted for an hour each, over a day: the mean of 0.3/h · (t - 1 h)⁺."""
    trace = previews(replication, "24h", "fresh", life="1h", teardown={"fails": "10%"})
    return value(trace, "environment.orphans")


@known("units of orphans: unit-hours", 7.2 * 480, power=0.04)
def unit_hours(replication: int) -> float:
    """Two of each for 20 days."""
    trace = previews(replication, teardown=ORPHANED, horizon="20d")
    return value(trace, "environment.orphan_unit_hours")


@known("orphans that are trusted", 7.2, power=0.04)
def trusted(replication: int) -> float:
    """Two units of each, whose credentials are renewed in time as ever."""
    workload = {"kind": "environment", "changes": exp("20m"), "life": LOGNORMAL, "units": 2, "issuer": "mesh"}
    scenario = world(
        horizon="20d",
        issuers={"mesh": {"ttl": "24h"}},
        workloads={"previews": workload | {"teardown": ORPHANED}},
    )
    return value(run(scenario, replication, check=False), "overtrust.mean_open.orphan_unit")
