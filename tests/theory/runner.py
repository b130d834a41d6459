"""Known answers on units that are created for a job each: O03, O05, O06, O09, O10, time limits, tokens."""

from __future__ import annotations

from math import exp as e
from typing import Any

from churnsim.metrics.overlap import inside
from churnsim.trace import Trace
from tests.theory.oracle import exp, known, run, world
from tests.theory.work import value


def ci(**fields: Any) -> dict[str, Any]:
    return {"ci": {"kind": "runner", **fields}}


def alive(trace: Trace) -> float:
    """Mean number of units from created to gone."""
    units, meta = trace["units"], trace.meta
    spent = inside(units["created"], units["gone"], meta.t0, meta.t1)
    return float(spent.sum()) / (meta.t1 - meta.t0)


@known("O06 runners without limit: units there are", 11.0)
def runners(replication: int) -> float:
    """M/G/∞: two jobs a minute, 30 s of start-up and lognormal work of 5 min, whatever its law."""
    work = {"kind": "lognormal", "mean": "5m", "cv": 2}
    jobs = {"every": exp("30s"), "work": work}
    return alive(run(world(warmup="2h", workloads=ci(jobs=jobs, startup="30s")), replication, check=False))


@known("O03 runners up to a limit: mean wait", 20.0, power=0.05)
def limited_wait(replication: int) -> float:
    """As a queue before two units that stay: M/M/2, where a unit is there at once."""
    jobs = {"every": exp("1m"), "work": exp("1m")}
    scenario = world(horizon="36h", warmup="1h", workloads=ci(jobs=jobs, limit=2))
    return value(run(scenario, replication, check=False), "job.wait.mean")


@known("O05 one runner at a time, start-up and all: mean wait", 70.0, power=0.05)
def started_wait(replication: int) -> float:
    """M/G/1 with a service of 20 s of start-up and exp(20 s): λE S²/(2(1 - λE S)) = 50 s, and 20 s more."""
    jobs = {"every": exp("1m"), "work": exp("20s")}
    scenario = world(horizon="36h", warmup="1h", workloads=ci(jobs=jobs, limit=1, startup="20s"))
    return value(run(scenario, replication, check=False), "job.wait.mean")


def crashing(replication: int, work: str, mean: str, startup: str = "0s") -> Trace:
    """Jobs now and then, and units that crash and are replaced once a lease of a millisecond is over."""
    queue = {"lease": "1ms", "attempts": 100_000}
    jobs = {"every": exp("1m"), "work": work}
    failures = [{"kind": "crash", "workload": "ci", "every": exp(mean)}]
    workloads = ci(jobs=jobs, queue=queue, startup=startup)
    scenario = world(horizon="26h", warmup="2h", workloads=workloads, failures=failures)
    return run(scenario, replication, check=False)


@known("O10 attempts of 60 s with crashes of mean 2 min", 1.648721271)
def attempts_with_crashes(replication: int) -> float:
    """e^(μs): each runs anew from the start, in a unit of its own."""
    return value(crashing(replication, "60s", "120s"), "job.attempts.mean")


@known("O10 time to done with crashes", 77.84655248)
def done_with_crashes(replication: int) -> float:
    """(e^(μs) - 1)/μ, and a millisecond a crash, which is a hundredth of the interval."""
    return value(crashing(replication, "60s", "120s"), "job.turnaround.mean")


@known("O09 restart in a new unit: time to done", 688.338299)
def restarted(replication: int) -> float:
    """(m + D)(e^(w/m) - 1) + D for w = 10 min, m = 1 h and a start-up D of 30 s, the first one too."""
    return value(crashing(replication, "600s", "1h", startup="30s"), "job.turnaround.mean")


@known("jobs killed at their time limit: P(work > limit)", e(-2), power=0.04)
def killed(replication: int) -> float:
    """Exponential work of 5 min, 10 min for a job, whatever the start-up."""
    jobs = {"every": exp("1m"), "work": exp("5m")}
    scenario = world(warmup="1h", workloads=ci(jobs=jobs, startup="1m", time_limit="10m"))
    return value(run(scenario, replication, check=False), "outcomes.killed")


def job_tokens(replication: int, **issuer: Any) -> float:
    """Mean number of tokens of jobs that are over: 30 a hour, of 10 min, after a start-up of 1 min."""
    workloads = ci(jobs={"every": exp("2m"), "work": "10m"}, startup="1m", issuer="tokens")
    issuers = {"tokens": {"ttl": "1h", "renewal": {"kind": "fixed", "at": "100%"}, **issuer}}
    scenario = world(warmup="2h", issuers=issuers, workloads=workloads)
    return value(run(scenario, replication, check=False), "orphan.mean")


@known("tokens that outlive their job: λ(τ - w)", 25.0)
def outliving(replication: int) -> float:
    """Issued as the unit boots, good for 1 h, held for 10 min: 50 min each of 30 an hour."""
    return job_tokens(replication)


@known("tokens that end with their job: λ(response + mean delay)", 1.0, power=0.03)
def ending(replication: int) -> float:
    """Revoked half a minute after the job is over, heard of by the point 1.5 min later."""
    revocation = {"kind": "push", "delay": "90s", "on_end": "30s"}
    return job_tokens(replication, revocation=revocation)
