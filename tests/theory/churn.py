"""Known answers on the dial of churn: births and deaths follow it, start-ups stay insensitive (O06)."""

from __future__ import annotations

from typing import Any

from churnsim.metrics import evaluate
from churnsim.scenario import Scenario
from tests.theory.oracle import exp, known, run, world
from tests.theory.reliability import count_starting, service

LIFE = 1800.0
LIVES: dict[str, dict[str, Any]] = {
    "exponential": exp(f"{LIFE:g}s"),
    "lognormal": {"kind": "lognormal", "mean": f"{LIFE:g}s", "cv": 1.0},
    "uniform": {"kind": "uniform", "low": "10m", "high": "50m"},
}


def churning(churn: str, life: Any, startup: Any = "0s", crash: Any = None) -> Scenario:
    """400 slots for an hour, born and dying as a stationary flow."""
    failures = [] if crash is None else [{"kind": "crash", "workload": "web", "every": crash}]
    traffic = {"kind": "constant", "rate": "50/s"}
    workloads = service(replicas=400, lifetime=life, startup=startup, traffic=traffic)
    return world(horizon="1h", churn=churn, workloads=workloads, failures=failures)


def rate(scenario: Scenario, replication: int) -> float:
    """Births and deaths per unit-hour that were achieved."""
    return evaluate(run(scenario, replication), ["churn.rate"])["churn.rate"].value or 0.0


for _factor, _name in (
    (1, "lognormal"),
    (2, "exponential"),
    (2, "lognormal"),
    (2, "uniform"),
    (4, "lognormal"),
):

    @known(f"churn x{_factor}, {_name}: births and deaths per unit-hour", 7200 * _factor / LIFE)
    def achieved(replication: int, factor: int = _factor, name: str = _name) -> float:
        return rate(churning(f"x{factor}", LIVES[name]), replication)


@known("churn x2 of lifetimes and crashes together", 2 * 3600 * 2 * (1 / LIFE + 1 / 900))
def of_both(replication: int) -> float:
    return rate(churning("x2", LIVES["exponential"], crash=exp("900s")), replication)


@known("churn x2 with a start-up of 20 s, which is held up by it", 7200 / (1980 / 2 + 20))
def held_up(replication: int) -> float:
    return rate(churning("x2", exp("1980s"), "20s"), replication)


STARTUPS: dict[str, Any] = {"lognormal": {"kind": "lognormal", "mean": "20s", "cv": 0.5}, "constant": "20s"}

for _name, _startup in STARTUPS.items():

    @known(f"O06 pods starting at churn x2, {_name}: insensitive", 400 * 20 / (1980 / 2 + 20))
    def starting(replication: int, startup: Any = _startup) -> float:
        return count_starting(churning("x2", exp("1980s"), startup), replication)
