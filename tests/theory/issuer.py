"""Known answers on issuers as queueing services: O02, O03, O05 and O21."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from churnsim.scenario import Scenario
from churnsim.trace import Family, Trace, UnitState
from churnsim.trace.intervals import Spans, Steps, steps
from tests.theory.credential import identified, of
from tests.theory.oracle import exp, known, run


def busy(rate: float, seconds: int, capacity: dict[str, Any]) -> Scenario:
    """A desk that is asked `rate` times a second for so long: each of many holders renews once, at any time.

    Renewals at random phases, seen for less than a cycle, are as good as Poisson: they are uniform on it, as
    Poisson arrivals are once their number is known. Seen for longer they are not: a signer spaces those whom
    it signs for, and so their next renewals.
    """
    history, cycle = 60, seconds + 80
    issuer = {"ttl": f"{2 * cycle}s", "renewal": {"kind": "fixed", "at": "50%"}, "capacity": capacity}
    units = {"replicas": round(rate * cycle)}
    return identified(issuer, units, horizon=f"{seconds}s", history=f"{history}s", window=f"{seconds}s")


@known("O05 wait at one signer, constant service", 0.100, power=0.03)
def constant_service(replication: int) -> float:
    scenario = busy(16.0, 400, {"service": "50ms"})
    return of(run(scenario, replication, check=replication == 0), "issuer.wait.mean")


@known("O05 wait at one signer, exponential service", 0.200, power=0.05)
def exponential_service(replication: int) -> float:
    scenario = busy(16.0, 400, {"service": exp("50ms")})
    return of(run(scenario, replication, check=replication == 0), "issuer.wait.mean")


@known("O03 wait at ten signers", 0.204590075, power=0.08)
def ten_signers(replication: int) -> float:
    scenario = busy(8.0, 600, {"signers": 10, "service": exp("1s")})
    return of(run(scenario, replication, check=replication == 0), "issuer.wait.mean")


@cache
def repaired(replication: int) -> Steps:
    """Ten machines that run for Exp(100 min) and are repaired by two hands in Exp(10 min) each: how many run.

    Machines are units that crash, hands the signers of an issuer: who comes back needs a credential first.
    """
    issuer = {"ttl": "10000h", "capacity": {"signers": 2, "service": exp("10m")}}
    failure = {"kind": "crash", "workload": "web", "every": exp("100m")}
    scenario = identified(issuer, {"replicas": 10}, failures=[failure], horizon="240h", history="20h")
    ready = run(scenario, replication, check=False).intervals(Family.UNIT, UnitState.READY)
    return steps(ready["start"], ready["end"])


def repaired_share(replication: int, down: int) -> float:
    """Share of the time at which so many machines or more are down."""
    running, end = repaired(replication), 240 * 3600.0
    when = np.append(np.clip(running.times, 0.0, end), end)
    return float(np.diff(when)[running.counts <= 10 - down].sum()) / end


@known("O02 machine repairman: share of machines up", 0.896136218, power=0.01)
def machines_up(replication: int) -> float:
    return 1.0 - sum(repaired_share(replication, down) for down in range(1, 11)) / 10


@known("O02 machine repairman: all up", 0.367954594, power=0.05)
def all_up(replication: int) -> float:
    return 1.0 - repaired_share(replication, 1)


@known("O02 machine repairman: three or more down", 0.098511245, power=0.1)
def three_down(replication: int) -> float:
    return repaired_share(replication, 3)


def drained(queue: str, replication: int) -> Trace:
    """A thousand holders who renew every 2,400 s, an outage of 600 s, then two signatures a second."""
    issuer = {
        "ttl": "4800s",
        "renewal": {"kind": "fixed", "at": "50%"},
        "retry": {"kind": "immediate"},
        "capacity": {"service": "500ms", "queue": {"kind": queue}},
    }
    failure = {"kind": "issuer-outage", "issuer": "mesh", "at": ["600s"], "lasts": "600s"}
    scenario = identified(issuer, {"replicas": 1000}, failures=[failure], horizon="2400s", history="0s")
    return run(scenario, replication, check=replication == 0)


@known("O21 drain after an outage", 157.8947368)
def drain(replication: int) -> float:
    table = drained("fifo", replication)["signings"]
    signed = Spans.of(table["began"], np.fmin(table["ended"], 2400.0))
    return float(signed.end[signed.start == 1200.0][0]) - 1200.0
