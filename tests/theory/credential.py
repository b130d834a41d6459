"""Known answers on credentials: O13 to O20 and O22."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.metrics import evaluate
from churnsim.scenario import Scenario
from churnsim.trace import Trace
from tests.theory.oracle import exp, known, run, world

RENEWED_AT_HALF = {"ttl": "1h", "renewal": {"kind": "fixed", "at": "50%"}}
THIRDS = {"kind": "fixed", "at": "2/3"}


def identified(issuer: dict[str, Any], service: dict[str, Any], **fields: Any) -> Scenario:
    web = {"kind": "service", "issuer": "mesh", **service}
    return world(issuers={"mesh": issuer}, workloads={"web": web}, **fields)


def of(trace: Trace, measure: str) -> float:
    value = evaluate(trace, [measure])[measure].value
    assert value is not None, measure
    return value


def newest_at(trace: Trace, instant: float) -> NDArray[np.float64]:
    """Residual validity [s] of every unit's newest credential at an instant."""
    table = trace["credentials"]
    before = table["issued"] <= instant
    newest = np.full(trace.count("units"), -np.inf)
    np.maximum.at(newest, table["unit"][before], table["expires"][before])
    alive = (trace["units"]["booted"] <= instant) & ~(trace["units"]["gone"] <= instant)
    return newest[alive] - instant


@known("O13 residual validity at a random instant", 2700.0, power=0.005)
def residual(replication: int) -> float:
    trace = run(identified(RENEWED_AT_HALF, {"replicas": 200}, horizon="1h"), replication)
    return float(newest_at(trace, 0.0).mean())


def at_death(mean: str, horizon: str, replication: int) -> float:
    trace = run(
        identified(RENEWED_AT_HALF, {"replicas": 50, "lifetime": exp(mean)}, horizon=horizon), replication
    )
    table, gone = trace["credentials"], trace["units"]["gone"]
    newest = np.full(gone.size, -np.inf)
    np.maximum.at(newest, table["unit"], table["expires"])
    return float((newest - gone)[gone >= 0].mean())


@known("O13 residual validity at death, mean life 10 min", 3094.31225, power=0.005)
def orphan_10m(replication: int) -> float:
    return at_death("600s", "6h", replication)


@known("O13 residual validity at death, mean life 1 h", 2774.68935, power=0.005)
def orphan_1h(replication: int) -> float:
    return at_death("3600s", "24h", replication)


@known("O13 residual validity at death, mean life 10 h", 2707.49969, power=0.005)
def orphan_10h(replication: int) -> float:
    return at_death("36000s", "72h", replication)


def replaced(replication: int) -> Trace:
    return run(identified(RENEWED_AT_HALF, {"replicas": 100, "lifetime": exp("3600s")}), replication)


@known("O14 orphans, newest credentials", 77.0747)
def orphans(replication: int) -> float:
    return of(replaced(replication), "orphan.mean")


@known("O14 orphans, all credentials", 93.49634)
def orphans_all(replication: int) -> float:
    return of(replaced(replication), "orphan.all.mean")


@known("O14 all valid credentials", 254.14941)
def valid(replication: int) -> float:
    trace = replaced(replication)
    table = trace["credentials"]
    span = np.minimum(table["expires"], trace.meta.t1) - np.maximum(table["issued"], 0.0)
    return float(np.maximum(span, 0.0).sum() / trace.meta.t1)


@known("O15 residual validity with jitter drawn once", 2515.55556, power=0.005)
def jittered(replication: int) -> float:
    issuer = {"ttl": "1h", "renewal": {"kind": "once", "low": "8/15", "high": "2/3"}}
    return float(newest_at(run(identified(issuer, {"replicas": 200}, horizon="1h"), replication), 0.0).mean())


@known("O15 issuance rate with jitter drawn once", 200 / 2160, power=0.005)
def jittered_rate(replication: int) -> float:
    issuer = {"ttl": "1h", "renewal": {"kind": "once", "low": "8/15", "high": "2/3"}}
    return of(run(identified(issuer, {"replicas": 200}, horizon="48h"), replication), "issuance.rate")


def theft(**fields: Any) -> list[dict[str, Any]]:
    return [{"kind": "theft", "workload": "web", "every": exp("10m"), **fields}]


def stolen(replication: int) -> Trace:
    """Copies that nobody revokes, good for what the newest credential has left, U(1,200, 3,600) s."""
    issuer = {"ttl": "1h", "renewal": THIRDS}
    robbed = {"kind": "theft", "workload": "web", "every": exp("20s"), "detected": "0s"}
    return run(identified(issuer, {"replicas": 100}, failures=[robbed], horizon="8h"), replication)


@known("O13 half-life of a stolen credential", 2400.0, power=0.01)
def stolen_half_life(replication: int) -> float:
    return of(stolen(replication), "credential.half_life.theft")


@known("O13 5 % of stolen credentials outlive", 1200.0 + 0.95 * 2400.0, power=0.01)
def stolen_twentieth(replication: int) -> float:
    return of(stolen(replication), "credential.afterlife.p95.theft")


@known("O17 exposure after revocation by a pulled list", 302.701311)
def revoked(replication: int) -> float:
    revocation = {"kind": "list", "every": "600s", "delay": "5s"}
    issuer = {"ttl": "900s", "renewal": {"kind": "fixed", "at": "50%"}, "revocation": revocation}
    scenario = identified(issuer, {"replicas": 20}, failures=theft(detected="0s"))
    return of(run(scenario, replication), "dwell.mean")


@known("O17 exposure of a constant validity, exponential propagation", 259.399)
def revoked_constant(replication: int) -> float:
    # Units live for 600 s of a credential that is good for 1,200 s; pulls are a Poisson stream.
    revocation = {"kind": "list", "every": exp("300s"), "on_end": "0s"}
    issuer = {"ttl": "1200s", "renewal": {"kind": "fixed", "at": "60%"}, "revocation": revocation}
    scenario = identified(issuer, {"replicas": 5, "lifetime": "600s"}, horizon="48h")
    return of(run(scenario, replication), "overtrust.window.mean")


def outage(lasts: object, replication: int) -> float:
    """Lockout [s] per credential in one issuer outage, asked again the instant it is over."""
    issuer = {"ttl": "1h", "renewal": THIRDS, "retry": {"kind": "immediate"}}
    failure = {"kind": "issuer-outage", "issuer": "mesh", "at": ["1h"], "lasts": lasts}
    # Long enough for every outage of the law to end well before the horizon.
    return (
        lockout(run(identified(issuer, {"replicas": 500}, failures=[failure], horizon="12h"), replication))
        / 500
    )


def lockout(trace: Trace) -> float:
    """Seconds that units were without a credential between two, all together."""
    table = trace["credentials"]
    follows = np.append(table["unit"][1:] == table["unit"][:-1], False)
    gap = np.append(table["issued"][1:], 0.0) - table["expires"]
    return float(np.maximum(gap, 0.0)[follows].sum())


@known("O19 lockout, outage of 1,800 s", 75.0, power=0.03)
def outage_1800(replication: int) -> float:
    return outage("1800s", replication)


@known("O19 lockout, outage of 3,000 s", 675.0)
def outage_3000(replication: int) -> float:
    return outage("3000s", replication)


@known("O19 lockout, outage of 3,600 s", 1200.0)
def outage_3600(replication: int) -> float:
    return outage("3600s", replication)


@known("O19 lockout, outage of 5,000 s", 2600.0)
def outage_5000(replication: int) -> float:
    return outage("5000s", replication)


@known("O19 lockout, exponential outage", 510.410478, power=0.1)
def outage_exponential(replication: int) -> float:
    # Lockout varies twice as much as its mean from outage to outage: ten independent issuers a run.
    issuer = {"ttl": "1h", "renewal": THIRDS, "retry": {"kind": "immediate"}}
    names = [f"mesh{i}" for i in range(10)]
    scenario = world(
        horizon="18h",
        issuers=dict.fromkeys(names, issuer),
        workloads={f"web-{name}": {"kind": "service", "replicas": 10, "issuer": name} for name in names},
        failures=[{"kind": "issuer-outage", "issuer": n, "at": ["1h"], "lasts": exp("1800s")} for n in names],
    )
    return lockout(run(scenario, replication)) / 100


@known("O19 measured: share of intended time without a credential", 675.0 / (12 * 3600))
def outage_share(replication: int) -> float:
    issuer = {"ttl": "1h", "renewal": THIRDS, "retry": {"kind": "immediate"}}
    failure = {"kind": "issuer-outage", "issuer": "mesh", "at": ["1h"], "lasts": "3000s"}
    return of(
        run(identified(issuer, {"replicas": 500}, failures=[failure], horizon="12h"), replication),
        "undertrust.share",
    )


@known("O19 lockout, outage of 3,000 s of the agents that own the credentials", 675.0)
def outage_owner(replication: int) -> float:
    # With a retry rule of its own: whoever waits for an agent is asked for the instant it is back.
    issuer = {"ttl": "1h", "renewal": THIRDS, "retry": {"kind": "fixed", "every": "10m"}}
    failure = {"kind": "owner-outage", "workload": "web", "at": ["1h"], "lasts": "3000s"}
    service = {"replicas": 500, "owner": {"kind": "agent", "units": 50}}
    return lockout(run(identified(issuer, service, failures=[failure], horizon="12h"), replication)) / 500


WIDTH, CYCLE = 0.2, 1800.0


def synchronised(replication: int) -> Trace:
    """A fleet whose credentials are all issued at 0 and renewed every 1,800 s ± 10 %."""
    issuer = {"ttl": "1h", "renewal": {"kind": "once", "low": "45%", "high": "55%"}}
    return run(
        identified(issuer, {"replicas": 1000}, start="fresh", horizon="8h"),
        replication,
        check=replication == 0,
    )


def coherence(wave: int) -> None:
    phi = np.sin(np.pi * WIDTH) / (np.pi * WIDTH)

    @known(f"O20 coherence of wave {wave}", float(phi**wave))
    def sample(replication: int) -> float:
        table = synchronised(replication)["credentials"]
        issued = table["issued"][table["serial"] == wave + 1]
        return float(np.cos(2 * np.pi * issued / CYCLE).mean())


for number in (1, 2, 4, 8, 12):
    coherence(number)


def skewed(issuer: dict[str, Any], service: dict[str, Any]) -> Scenario:
    checks = {"points": 400, "leeway": "3s", "skew": {"kind": "normal", "sd": "2s"}}
    return identified({**issuer, "verification": checks}, {"replicas": 10, **service}, horizon="2h")


@known("O22 over-trust per credential from leeway and skew", 3.058613588, power=0.03)
def forgiven(replication: int) -> float:
    trace = run(skewed({"ttl": "10m", "renewal": {"kind": "fixed", "at": "100%"}}, {}), replication)
    table = trace["points"]
    accepted = 3.0 - table["skew"]
    return float(np.maximum(accepted, 0.0) @ table["weight"])


@known("O22 measured on orphans", 3.058613588, power=0.03)
def forgiven_measured(replication: int) -> float:
    # Everyone lives 300 s of a credential good for 10 min, so every orphan runs into its expiry.
    trace = run(
        skewed({"ttl": "10m", "renewal": {"kind": "fixed", "at": "90%"}}, {"lifetime": "300s"}), replication
    )
    beyond = sum(of(trace, f"overtrust.pair_seconds.{cause}") for cause in ("leeway", "clock_skew"))
    table = trace["credentials"]
    gone = trace["units"]["gone"][table["unit"]]
    expired = (
        (table["expires"] >= 0) & (table["expires"] < trace.meta.t1) & (gone <= table["expires"])
    ).sum()
    return float(beyond / expired)


@known("O22 under-trust per credential from skew", 0.058613588, power=0.06)
def refused(replication: int) -> float:
    # Renewed at the very instant of expiry: a clock fast by more than the leeway refuses it before.
    trace = run(
        skewed({"ttl": "10m", "renewal": {"kind": "fixed", "at": "100%"}}, {"replicas": 20}), replication
    )
    table = trace["credentials"]
    expired = ((table["expires"] >= 0) & (table["expires"] < trace.meta.t1)).sum()
    intended = 20 * trace.meta.t1
    return of(trace, "undertrust.share.clock_skew") * intended / float(expired)
