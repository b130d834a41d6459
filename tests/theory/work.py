"""Known answers on jobs: O03, O09, O38, checkpoints, and what each commit loses or repeats."""

from __future__ import annotations

from math import exp as e
from typing import Any

from churnsim.metrics import evaluate
from churnsim.scenario import Scenario
from churnsim.trace import JobState, Trace
from tests.theory.oracle import exp, known, run, world

PATIENT = {"lease": "1s", "attempts": 100_000}  # a lease that is over before anybody is there again


def batch(horizon: str, crash: str | None = None, **fields: Any) -> Scenario:
    """A fleet that is fresh, and all jobs there at once, with time for the last."""
    workload = {"kind": "processor", "replicas": 1, "queue": PATIENT, **fields}
    failures = [{"kind": "crash", "workload": "batch", "every": exp(crash)}] if crash else []
    return world(start="fresh", horizon=horizon, workloads={"batch": workload}, failures=failures)


def value(trace: Trace, name: str) -> float:
    found = evaluate(trace, [name])[name].value
    assert found is not None
    return float(found)


def each(trace: Trace) -> float:
    """Time per job [s] of jobs done one after another without a pause."""
    assert set(trace["jobs"]["fate"].tolist()) == {int(JobState.DONE)}
    return float(trace["jobs"]["ended"].max()) / trace.count("jobs")


@known("O09 restart from scratch: time to done", 658.338299)
def restart(replication: int) -> float:
    """(m + r)(e^(w/m) - 1) for w = 600 s, m = 1 h, r = 30 s."""
    jobs = {"count": 300, "work": "600s"}
    return each(run(batch("6d", "1h", startup="30s", jobs=jobs), replication))


def saved(replication: int, every: str) -> float:
    checkpoints = {"every": every, "cost": "30s", "restore": "20s"}
    jobs = {"count": 30, "work": "2h"}
    scenario = batch("7d", "1h", startup="30s", jobs=jobs, checkpoints=checkpoints)
    return each(run(scenario, replication))


def saved_mean(every: float) -> float:
    """Of 2 h in stretches of `every` [s]: each (m + D)(e^((every + c)/m) - 1), times e^(R/m) from the 2nd on.

    The first has nothing to restore; the last ends with the commit, and has no checkpoint.
    Source: Bougeret et al., SC 2011; m = 1 h, c = 30 s, D = 30 s, R = 20 s.
    """
    number, base = round(7200 / every), 3630.0
    stretch = base * (e((every + 30) / 3600) - 1)
    last = base * (e(every / 3600) - 1)
    return stretch + (number - 2) * e(20 / 3600) * stretch + e(20 / 3600) * last


@known("checkpoints every 2 min, too often", saved_mean(120))
def saved_too_often(replication: int) -> float:
    return saved(replication, "2m")


@known("checkpoints every 8 min, near the optimum of Young", saved_mean(480))
def saved_well(replication: int) -> float:
    return saved(replication, "8m")


@known("checkpoints every 40 min, too seldom", saved_mean(2400))
def saved_too_seldom(replication: int) -> float:
    return saved(replication, "40m")


@known("O03 M/M/c: mean wait", 20.0, power=0.05)
def wait(replication: int) -> float:
    """A job a minute of a minute, 2 units: C = 1/3 wait, for C/(2 - 1) min on average."""
    jobs = {"every": exp("1m"), "work": exp("1m")}
    workload = {"kind": "processor", "replicas": 2, "jobs": jobs}
    scenario = world(horizon="36h", warmup="1h", workloads={"batch": workload})
    return value(run(scenario, replication, check=False), "job.wait.mean")


@known("O38 attempts at a job", 1.417)
def attempts(replication: int) -> float:
    return value(unheard(replication), "job.attempts.mean")


@known("O38 jobs put aside", 0.0081, power=0.1)
def put_aside(replication: int) -> float:
    return value(unheard(replication), "outcomes.dead")


def unheard(replication: int) -> Trace:
    """Three acknowledgements of ten are lost; four attempts."""
    commit = {"kind": "at-least-once", "loss": "30%"}
    jobs, queue = {"count": 2000, "work": "1s"}, {"lease": "10s", "attempts": 4}
    scenario = batch("1d", jobs=jobs, commit=commit, queue=queue, replicas=20)
    return run(scenario, replication, check=False)


@known("duplicates: unheard with chance p each time, p/(1 - p) more", 0.1052631579, power=0.04)
def repeated(replication: int) -> float:
    """With p = 1 - (1 - loss)/(1 + a/m) = .0952381 for a loss of 5 %, a = 1 min, m = 20 min."""
    commit = {"kind": "at-least-once", "acknowledge": exp("1m"), "loss": "5%"}
    jobs = {"count": 1000, "work": exp("3m")}
    return value(
        run(batch("2d", "20m", replicas=5, jobs=jobs, commit=commit), replication), "outcomes.duplicated"
    )


@known("Jackson: stages in a row, M/M/1 each: arrival to the last outcome", 150.0, power=0.05)
def in_a_row(replication: int) -> float:
    """A job a minute, three stages of one unit: 1/(2 - 1) + 1/(2 - 1) + 1/(3 - 1) min, as if each were alone.

    Source: Jackson, Operations Research 1957: independent stages, Poisson in between.
    """
    first = {"kind": "processor", "replicas": 1, "jobs": {"every": exp("1m"), "work": exp("30s")}}
    second, third = ({"after": a, "work": exp(work)} for a, work in (("first", "30s"), ("second", "20s")))
    workloads = {"first": first, "second": first | {"jobs": second}, "third": first | {"jobs": third}}
    scenario = world(horizon="24h", warmup="1h", workloads=workloads)
    return value(run(scenario, replication, check=False), "pipeline.time.mean")


@known("duplicates of a first stage at a last that repeats nothing", 0.1052631579, power=0.05)
def repeated_before(replication: int) -> float:
    """As those of one stage: what takes effect again brings its jobs again, as many as before."""
    commit = {"kind": "at-least-once", "acknowledge": exp("1m"), "loss": "5%"}
    jobs = {"count": 1000, "work": exp("3m")}
    last = {"after": "batch", "each": 2, "work": "1s"}
    first = {"kind": "processor", "replicas": 5, "queue": PATIENT, "commit": commit, "jobs": jobs}
    then = {"kind": "processor", "replicas": 9, "commit": {"kind": "exactly-once"}, "jobs": last}
    crash = {"kind": "crash", "workload": "batch", "every": exp("20m")}
    scenario = world(start="fresh", horizon="2d", workloads={"batch": first, "last": then}, failures=[crash])
    return value(run(scenario, replication), "pipeline.repeated")


@known("lost: 1 - e^(-(w + c)/m)", 1 - e(-130 / 1200), power=0.04)
def forgotten(replication: int) -> float:
    """Told first: who crashes within 2 min of work and 10 s of commit takes the job along; m = 20 min."""
    commit = {"kind": "at-most-once", "takes": "10s"}
    jobs = {"count": 1000, "work": "2m"}
    return value(run(batch("2d", "20m", replicas=5, jobs=jobs, commit=commit), replication), "outcomes.lost")


@known(
    "work in vain without checkpoints: 1 - w/(m(e^(w/m) - 1))", 1 - 600 / (3600 * (e(1 / 6) - 1)), power=0.04
)
def wasted(replication: int) -> float:
    """Busy for m(e^(w/m) - 1) a job, the time without a unit left out; w = 600 s, m = 1 h."""
    return value(run(batch("12d", "1h", jobs={"count": 1000, "work": "600s"}), replication), "work.wasted")
