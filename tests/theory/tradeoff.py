"""Known answers that weigh both sides of trust against each other: O30 and O42."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.metrics import evaluate
from churnsim.metrics.trust import Side, gaps
from churnsim.scenario import Scenario
from churnsim.trace import Family, ServiceState, Trace
from tests.theory.oracle import known, run, world

DAY = 86_400.0
SHARE = 2 / 3  # of the time to live after which is renewed
THEFTS, OUTAGES = 1 / (30 * DAY), 1 / (7 * DAY)  # per credential and per issuer [1/s]
EXPOSED, ISSUED, LOCKED = 1.0, 0.002, 1.0  # prices of a second, an issuance, a second
MEAN_OUTAGE = 1800.0
BEST = 3825.9
STRATA = 12
UNITS = 20
ROBBED = 40


def lengths(mean: float, replication: int) -> tuple[list[float], NDArray[np.float64]]:
    """Outages [s] to stand for an exponential law, and the weight of each in its mean.

    One from each of equally likely strata of a law twice as long, so that the rare long ones, which cost
    most, are well represented; each weighed by the ratio of the densities.
    """
    place = np.random.default_rng([42, replication]).random(STRATA)
    length = -2.0 * mean * np.log1p(-(np.arange(STRATA) + place) / STRATA)
    return length.tolist(), 2.0 * np.exp(-length / (2.0 * mean)) / STRATA


def cost(ttl: float) -> float:
    """J(τ) of O42, per credential and second."""
    interval, slack = SHARE * ttl, (1 - SHARE) * ttl
    late = MEAN_OUTAGE**2 / interval * (np.exp(-slack / MEAN_OUTAGE) - np.exp(-ttl / MEAN_OUTAGE))
    exposure = EXPOSED * THEFTS * ttl * (1 - SHARE / 2)
    return float(exposure + ISSUED / interval + LOCKED * OUTAGES * late)


def weighed(ttl: float, replication: int) -> float:
    """Cost of a time to live, per credential and second, from one run.

    Thefts and outages are rare where they cost most, so each is simulated often and weighed by its true rate:
    exposure per theft, and lockout per outage of stratified length, each of another issuer.
    """
    issuer = {"ttl": f"{ttl!r}s", "renewal": {"kind": "fixed", "at": "2/3"}, "retry": {"kind": "immediate"}}
    lasts, weight = lengths(MEAN_OUTAGE, replication)
    failing = [f"mesh{number}" for number in range(STRATA)]
    robbed = {"kind": "service", "replicas": ROBBED, "issuer": "calm"}
    held = {name: {"kind": "service", "replicas": 10, "issuer": name} for name in failing}
    scenario = world(
        horizon=f"{3600.0 + max(lasts) + 3600.0!r}s",
        issuers=dict.fromkeys(("calm", *failing), issuer),
        workloads={"robbed": robbed, **{f"web-{name}": web for name, web in held.items()}},
        failures=[
            {"kind": "theft", "workload": "robbed", "every": "1m", "detected": "1h"},
            *(
                {"kind": "issuer-outage", "issuer": name, "at": ["1h"], "lasts": f"{length!r}s"}
                for name, length in zip(failing, lasts, strict=True)
            ),
        ],
    )
    trace = run(scenario, replication, check=replication == 0)
    dwell, found = evaluate(trace, ["dwell.mean"])["dwell.mean"].value, gaps(trace)
    assert dwell is not None
    under = found.where(found.side == Side.UNDER)
    locked = (
        np.bincount(under.workload, under.seconds, 1 + STRATA)[1:] / 10
    )  # the first fleet is robbed alone
    per_outage = float(locked @ weight)
    return EXPOSED * THEFTS * dwell + ISSUED * issued(trace) + LOCKED * OUTAGES * per_outage


def issued(trace: Trace) -> float:
    """Credentials issued per unit and second where the issuer never fails."""
    table = trace["credentials"]
    mine = (table["issuer"] == 0) & (table["issued"] >= 0) & (table["bearer"] == -1)
    return float(np.count_nonzero(mine)) / (ROBBED * trace.meta.t1)


for life, known_cost in (
    (300.0, 0.0027517), (900.0, 0.0023772), (3600.0, 0.0017707), (14400.0, 0.0037425), (86400.0, 0.0222223),
):  # fmt: skip
    assert abs(cost(life) - known_cost) < 1e-7
    known(f"O42 cost of a life of {life:g} s", cost(life))(partial(weighed, life))


def closed(more: dict[str, Any]) -> Scenario:
    """Twenty units that deny everybody once their policy is 15 min old, polled each minute."""
    return world(
        **more,
        policies={
            "authz": {
                "refresh": {"kind": "pull", "every": "60s"},
                "when_stale": {"after": "15m", "then": "deny"},
            }
        },
        workloads={"web": {"kind": "service", "replicas": UNITS, "policy": "authz"}},
    )


def denied(replication: int) -> tuple[Trace, NDArray[np.float64]]:
    """One outage every twelve hours, standing for Exp(600 s), and the weight of each."""
    lasts, weight = lengths(600.0, replication)
    failures: list[dict[str, Any]] = [
        {"kind": "policy-outage", "policy": "authz", "at": [f"{12 * number + 1}h"], "lasts": f"{length!r}s"}
        for number, length in enumerate(lasts)
    ]
    scenario = closed({"horizon": f"{12 * STRATA}h", "failures": failures})
    return run(scenario, replication), weight


def per_unit(trace: Trace, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of seconds of lapses by outage, for each unit on average [s], shape (outages,)."""
    outage = (trace["lapses"]["start"] // (12 * 3600.0)).astype(np.int64)
    return np.bincount(outage, seconds, STRATA) / UNITS


@known("O30 fail-closed lockout per outage, until the source is up again", 140.800823)
def closed_until_up(replication: int) -> float:
    trace, weight = denied(replication)
    start, down = trace["lapses"]["start"], trace.intervals(Family.SOURCE, ServiceState.DOWN)
    over = down["end"][np.searchsorted(down["start"], start, "right") - 1]
    return float(per_unit(trace, np.maximum(over - start, 0.0)) @ weight)


@known("O30 fail-closed lockout per outage, until the next poll", 600.0 * float(np.exp(-840.0 / 600.0)))
def closed_until_polled(replication: int) -> float:
    trace, weight = denied(replication)
    return float(per_unit(trace, trace["lapses"]["end"] - trace["lapses"]["start"]) @ weight)
