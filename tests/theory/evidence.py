"""Known answers on evidence: O31 to O33 and buffers that overflow."""

from __future__ import annotations

from math import exp as e
from math import sqrt
from typing import Any

import numpy as np
from scipy import stats

from churnsim.metrics import evaluate
from churnsim.scenario import Scenario
from churnsim.trace import Fate, Trace
from tests.theory.oracle import exp, known, run, world


def explained(shipping: dict[str, Any], replicas: int = 20, horizon: str = "15m", **more: Any) -> Scenario:
    """A fleet that makes a log entry a request, two a second and unit; it lasts but for what `more` says."""
    service = {
        "kind": "service",
        "replicas": replicas,
        "traffic": {"kind": "constant", "rate": f"{2 * replicas}/s"},
        "endpoints": {"removal": "0s"},
        **more.pop("service", {}),
    }
    artefact = {"of": "answer", "sink": "archive", "shipping": shipping, **more.pop("artefact", {})}
    return world(
        horizon=horizon,
        sinks={"archive": more.pop("sink", {})},
        evidence={"answer": {"kind": "request", "workload": "web", "owes": ["log"]}},
        artefacts={"log": artefact},
        workloads={"web": service},
        **more,
    )


def periodic(every: object, **more: Any) -> dict[str, Any]:
    return {"kind": "periodic", "every": every, **more}


def crashes(mean: str) -> list[dict[str, Any]]:
    return [{"kind": "crash", "workload": "web", "every": exp(mean)}]


def of(trace: Trace, measure: str = "evidence.loss_fraction") -> float:
    value = evaluate(trace, [measure])[measure].value
    assert value is not None, measure
    return value


def lost_per_death(trace: Trace, rate: float) -> float:
    """Artefacts lost with each unit that ended in the window, in seconds of its making them."""
    table, gone = trace["artefacts"], trace["units"]["gone"]
    inside = (table["fate"] == Fate.DIED_BEFORE_FLUSH) & (gone[table["unit"]] >= trace.meta.t0)
    return float(table["number"][inside].sum()) / np.count_nonzero(gone >= trace.meta.t0) / rate


for mean, lasts, seconds, share in (
    ("1800s", "5h", 14.9583335, 0.0083102),
    ("60s", "15m", 13.7551775, 0.2292530),
):

    @known(f"O31 share lost, a flush every 30 s, mean life {mean}", share)
    def lost_share(replication: int, mean: str = mean, lasts: str = lasts) -> float:
        return of(run(explained(periodic("30s"), failures=crashes(mean), horizon=lasts), replication))

    @known(f"O31 lost per death, a flush every 30 s, mean life {mean}", seconds)
    def lost_each(replication: int, mean: str = mean, lasts: str = lasts) -> float:
        # Counted from before the window on: what a unit loses at its death it made up to 30 s before.
        scenario = explained(periodic("30s"), failures=crashes(mean), warmup="1m", horizon=lasts)
        return lost_per_death(run(scenario, replication), 2.0)


@known("O31 share lost, half of the units told to stop", 0.2292530 / 2)
def lost_half(replication: int) -> float:
    service = {"lifetime": exp("120s")}
    return of(run(explained(periodic("30s"), failures=crashes("120s"), service=service), replication))


def _of_varying_flushes() -> float:
    """1 - E[F exp(-F/m)] / m(1 - E[exp(-F/m)]), the share lost; F uniform on 15 s to 45 s, m = 60 s."""
    low, high, m = 15.0, 45.0, 60.0
    short = m * (e(-low / m) - e(-high / m)) / (high - low)
    longer = m * ((low + m) * e(-low / m) - (high + m) * e(-high / m)) / (high - low)
    return 1.0 - longer / (m * (1.0 - short))


@known("O31 for flushes at varying intervals", _of_varying_flushes())
def lost_varying(replication: int) -> float:
    law = {"kind": "uniform", "low": "15s", "high": "45s"}
    return of(run(explained(periodic(law), failures=crashes("60s")), replication))


def _of_waiting(flush: float, wait: float, mean: float) -> float:
    """Seconds of its making that a death loses: since the last flush, and the wait before that flush.

    With K flushes in a life, P(K >= k) = e^(-kF/m), it is m - F/(e^(F/m) - 1) + E min(d, KF).
    """
    before = sum(
        (min(k * flush, wait) - (k - 1) * flush) * e(-k * flush / mean)
        for k in range(1, int(wait // flush) + 2)
    )
    return mean - flush / (e(flush / mean) - 1.0) + before


@known("O31 lost per death, decided 45 s later", _of_waiting(30.0, 45.0, 60.0))
def lost_undecided(replication: int) -> float:
    artefact = {"sampling": {"kind": "tail", "keep": "20%", "wait": "45s"}}
    more = {"failures": crashes("60s"), "warmup": "2m", "horizon": "10m", "artefact": artefact}
    return lost_per_death(run(explained(periodic("30s"), **more), replication), 2.0 * 0.2)


@known("O31 share that tail sampling keeps, r + (1 - r)p", 0.3 + 0.7 * 0.1)
def kept_by_tail(replication: int) -> float:
    changes = {"every": exp("1s"), "revoking": "30%"}
    authz = {"principals": 50, "refresh": {"kind": "push"}, "changes": changes}
    artefact = {"sampling": {"kind": "tail", "keep": "10%"}}
    more = {"policies": {"authz": authz}, "service": {"policy": "authz"}, "artefact": artefact}
    scenario = explained(periodic("30s"), replicas=1, horizon="12m", **more)
    return 1.0 - of(run(scenario, replication), "evidence.loss_fraction.sampled_out")


@known("O32 lost per death, batches of 100", 42.663123)
def lost_batch(replication: int) -> float:
    # A batch takes 50 s; units from before the world began it with empty buffers.
    scenario = explained({"kind": "batch", "size": 100}, failures=crashes("60s"), warmup="10m", horizon="25m")
    return lost_per_death(run(scenario, replication), 1.0)


def overflowing(room: int, mean: float) -> float:
    """Share of a Poisson number that finds no room: E[(N - n)⁺] / E[N]."""
    law = stats.poisson(mean)
    return float(mean * law.sf(room - 1) - room * law.sf(room)) / mean


@known("O33 stamps of two clocks inverted", stats.norm.cdf(-0.1 / (0.05 * sqrt(2.0))))
def inverted(replication: int) -> float:
    return of(run(succeeding(bound="0s"), replication), "ordering.ambiguous_share.succession")


@known(
    "O33 stamps of two clocks closer than the error of both",
    stats.norm.cdf((0.04 - 0.1) / (0.05 * sqrt(2.0))),
)
def close(replication: int) -> float:
    return of(run(succeeding(bound="20ms"), replication), "ordering.ambiguous_share.succession")


def succeeding(bound: str) -> Scenario:
    """Units that are told to stop once a minute, and whose successors have booted 0.1 s later."""
    clock = {"error": {"kind": "normal", "sd": "50ms"}, "bound": bound}
    service = {"kind": "service", "replicas": 50, "lifetime": exp("1m"), "startup": "100ms", "clock": clock}
    return world(horizon="1h", workloads={"web": service})


for rule in ("drop-oldest", "drop-newest"):

    @known(f"share that a buffer for 60 of a mean of 60 has no room for, {rule}", overflowing(60, 60.0))
    def lost_overflow(replication: int, rule: str = rule) -> float:
        buffer = {"most": 60, "when_full": rule}
        scenario = explained(periodic("30s"), artefact={"buffer": buffer})
        return of(run(scenario, replication), "evidence.loss_fraction.buffer_overflow")


@known("share of requests that a buffer for 60 of a mean of 60 blocks", overflowing(60, 60.0))
def blocked(replication: int) -> float:
    buffer = {"most": 60, "when_full": "block"}
    scenario = explained(periodic("30s"), artefact={"buffer": buffer})
    return of(run(scenario, replication), "unserved.share.evidence_blocked")
