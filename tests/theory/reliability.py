"""Known answers on reliability: O01, O06, O07, O34."""

from __future__ import annotations

import numpy as np

from churnsim.metrics import evaluate
from churnsim.scenario import Scenario
from churnsim.trace import Family, UnitState
from churnsim.trace.intervals import steps
from tests.theory.oracle import exp, known, run, world


def service(**fields: object) -> dict[str, object]:
    return {"web": {"kind": "service", **fields}}


def o01(horizon: str = "50000s") -> Scenario:
    return world(
        horizon=horizon,
        workloads=service(replicas=1, startup=exp("50s")),
        failures=[{"kind": "crash", "workload": "web", "every": exp("1000s")}],
    )


@known("O01 alternating renewal: availability", 0.952380952)
def alternating(replication: int) -> float:
    return evaluate(run(o01(), replication), ["capacity.availability"])["capacity.availability"].value or 0.0


@known("O01 alternating renewal: ready 60 s after ready", 0.965888287)
def transient(replication: int) -> float:
    trace = run(o01("200000s"), replication)
    ready = trace.intervals(Family.UNIT, UnitState.READY)
    start, end = ready["start"], ready["end"]
    order = np.argsort(start)
    start, end = start[order], end[order]
    begin = start[(start >= 0) & (start + 60 < trace.meta.t1)]
    spell = np.searchsorted(start, begin + 60, side="right") - 1
    return float(np.mean(begin + 60 < end[spell]))


def starting(startup: object) -> Scenario:
    # 2,000 slots, each cycling in 4,000 s: half a birth a second, as near to Poisson as one could wish.
    return world(horizon="2h", workloads=service(replicas=2000, startup=startup, lifetime=exp("3980s")))


def count_starting(scenario: Scenario, replication: int) -> float:
    trace = run(scenario, replication)
    spells = trace.intervals(Family.UNIT, UnitState.STARTING)
    start, end = np.maximum(spells["start"], 0.0), np.maximum(spells["end"], 0.0)
    return float((end - start).sum() / trace.meta.t1)


@known("O06 pods starting, lognormal", 10.0)
def starting_lognormal(replication: int) -> float:
    return count_starting(starting({"kind": "lognormal", "mean": "20s", "cv": 0.5}), replication)


@known("O06 pods starting, constant: insensitive", 10.0)
def starting_constant(replication: int) -> float:
    return count_starting(starting("20s"), replication)


@known("O06 pods starting for less than 15 s", 6.830184821)
def starting_young(replication: int) -> float:
    trace = run(starting({"kind": "lognormal", "mean": "20s", "cv": 0.5}), replication)
    spells = trace.intervals(Family.UNIT, UnitState.STARTING)
    start, end = spells["start"], np.minimum(spells["end"], spells["start"] + 15.0)
    return float(
        np.maximum(np.minimum(end, trace.meta.t1) - np.maximum(start, 0.0), 0.0).sum() / trace.meta.t1
    )


@known("O07 inspection: least of exponential and maximum", 2473.07297)
def inspected(replication: int) -> float:
    scenario = world(
        horizon="1h",
        workloads=service(replicas=400, lifetime="7200s"),
        failures=[{"kind": "crash", "workload": "web", "every": exp("3600s")}],
    )
    return mean_age(scenario, replication)


@known("O07 inspection: Weibull", 1986.51103)
def inspected_weibull(replication: int) -> float:
    lifetime = {"kind": "weibull", "mean": "1265.8235063572905s", "shape": 0.7}
    return mean_age(world(horizon="1h", workloads=service(replicas=400, lifetime=lifetime)), replication)


def mean_age(scenario: Scenario, replication: int) -> float:
    return evaluate(run(scenario, replication), ["unit.age.mean"])["unit.age.mean"].value or 0.0


def endpoints(drain: str) -> Scenario:
    return world(
        workloads=service(
            replicas=20,
            lifetime=exp("600s"),
            drain=drain,
            endpoints={"removal": exp("5s")},
            traffic={"kind": "constant", "rate": "100/s"},
        )
    )


@known("O34 dead endpoints", 0.007876816)
def dead_endpoints(replication: int) -> float:
    return evaluate(run(endpoints("0s"), replication), ["unserved.share"])["unserved.share"].value or 0.0


def _shared(listed_dead: float) -> float:
    """E[K / (K + 20)] for a Poisson number K of dead endpoints."""
    k = np.arange(60)
    weight = np.exp(
        k * np.log(listed_dead)
        - listed_dead
        - np.array([float(np.sum(np.log(np.arange(1, i + 1)))) for i in k])
    )
    return float(weight @ (k / (k + 20)))


@known("O34 dead endpoints after a grace of 10 s", _shared(20 / 600 * 5 * np.exp(-2.0)), power=0.03)
def dead_endpoints_graced(replication: int) -> float:
    # A draining unit that is still listed serves: it adds to the endpoints that answer, by less than 1 %.
    trace = run(endpoints("10s"), replication)
    listed = trace.intervals(Family.ENDPOINT, 1)
    units = trace["units"]
    gone = units["gone"][listed["entity"]]
    stop = units["stopped"][listed["entity"]]
    dead_from = np.where(np.isnan(gone), listed["end"], np.minimum(gone, listed["end"]))
    dead = steps(dead_from, listed["end"])
    stopped = np.where(np.isnan(stop), listed["end"], np.minimum(stop, listed["end"]))
    live = steps(listed["start"], stopped)
    times = np.union1d(dead.times, live.times)
    times = np.append(times[(times >= 0) & (times < trace.meta.t1)], trace.meta.t1)
    k, n = dead.at(times[:-1]), live.at(times[:-1])
    return float((np.diff(times) * k / (k + n)).sum() / (times[-1] - times[0]))


def paused(mean: float, reset: float) -> float:
    """Mean pause after a crash [s] of units that crash after Exp(mean), by the kubelet's back-off.

    The row of crashes goes on with the chance p that a unit crashes within `reset`, so that one is the n-th
    with the chance (1 - p) p^(n - 1), and later than the fifth, with the longest pause, with p^5.
    """
    p = 1 - float(np.exp(-reset / mean))
    return sum((1 - p) * p**n * 10.0 * 2.0**n for n in range(5)) + p**5 * 300.0


for _mean in (300.0, 600.0):

    @known(
        f"a crash loop with back-off, crashes after Exp({_mean:g} s): share missing",
        (20.0 + paused(_mean, 600.0)) / (_mean + 20.0 + paused(_mean, 600.0)),
    )
    def crash_loop(replication: int, mean: float = _mean) -> float:
        """Renewal reward: (start-up + mean pause) / (mean + start-up + mean pause)."""
        workloads = service(replicas=40, startup="20s", restart={"kind": "backoff"})
        crash = {"kind": "crash", "workload": "web", "every": exp(f"{mean:g}s")}
        scenario = world(horizon="20h", warmup="4h", start="fresh", workloads=workloads, failures=[crash])
        return evaluate(run(scenario, replication), ["intent.under"])["intent.under"].value or 0.0
