"""Known answers on policy propagation: O18, O23, O24, O27 and O29."""

from __future__ import annotations

from typing import Any

import numpy as np

from churnsim.metrics import evaluate
from churnsim.metrics.trust import Side, gaps
from churnsim.scenario import Scenario
from churnsim.trace import Family, ServiceState, Trace
from tests.theory.oracle import exp, known, run, world

BEHIND = "staleness.share"
OPA = {"kind": "uniform", "low": "60s", "high": "120s"}


def enforced(refresh: dict[str, Any], replicas: int = 20, horizon: str = "24h", **policy: Any) -> Scenario:
    web = {
        "kind": "service",
        "replicas": replicas,
        "policy": "authz",
        "traffic": {"kind": "constant", "rate": "10/s"},
    }
    changes = policy.pop("changes", {"every": exp("300s")})
    recipe = {"refresh": refresh, "changes": changes, **policy}
    return world(horizon=horizon, policies={"authz": recipe}, workloads={"web": web})


def pull(every: object, delay: str = "0s") -> dict[str, Any]:
    return {"kind": "pull", "every": every, "delay": delay}


def of(trace: Trace, measure: str) -> float:
    value = evaluate(trace, [measure])[measure].value
    assert value is not None, measure
    return value


def lags(trace: Trace) -> np.ndarray[Any, Any]:
    """Time [s] from each commit to each unit's first version at least as new; shape (commits, units)."""
    commits, adoptions = trace["commits"], trace["adoptions"]
    times = commits["time"][commits["version"] > 0]
    inside = np.flatnonzero((times >= 0) & (times < trace.meta.t1 - 600))
    rows = []
    for unit in range(trace.count("units")):
        mine = adoptions["unit"] == unit
        first = np.searchsorted(adoptions["version"][mine], inside + 1)
        rows.append(adoptions["applied"][mine][first] - times[inside])
    return np.array(rows).T


@known("O18 last of 20 to pull each minute", 57.142857)
def last_to_pull(replication: int) -> float:
    return float(lags(run(enforced(pull("60s")), replication)).max(axis=1).mean())


@known("O18 last of 20 to be pushed to", 3.597740)
def last_pushed_to(replication: int) -> float:
    # Changes far apart, so that no later version overtakes.
    scenario = enforced({"kind": "push", "delay": exp("1s")}, changes={"every": exp("1800s")}, horizon="72h")
    return float(lags(run(scenario, replication)).max(axis=1).mean())


@known("O18 a tenant that has left is let in by the last of 20 to pull each minute", 57.142857)
def offboarded(replication: int) -> float:
    offboarding = {"tenants": 100, "every": exp("20m")}
    trace = run(enforced(pull("60s"), changes=None, offboarding=offboarding), replication)
    return of(trace, "offboarding.mean.propagation")


@known("orphan grants of a tenant that has left, until somebody takes them back", 600.0, power=0.03)
def orphaned(replication: int) -> float:
    offboarding = {"tenants": 100, "every": exp("20m"), "revoked": exp("10m")}
    trace = run(enforced(pull("60s"), 1, "48h", changes=None, offboarding=offboarding), replication)
    return of(trace, "offboarding.mean.orphan_grant")


def age(name: str, refresh: dict[str, Any], mean: float, peak: float | None = None) -> None:
    @known(f"O23 age of information, {name}", mean, power=0.01)
    def sample(replication: int) -> float:
        return of(run(enforced(refresh, horizon="6h"), replication), "staleness.age.mean")

    if peak is not None:

        @known(f"O23 peak age of information, {name}", peak, power=0.01)
        def sample_peak(replication: int) -> float:
            return of(run(enforced(refresh, horizon="6h"), replication), "staleness.age.peak")


age("±30 % of a minute", pull({"kind": "uniform", "low": "42s", "high": "78s"}, "2s"), 32.9)
age("one to two minutes", pull(OPA), 46.6667)


age("a fifth of the polls lost", pull("60s", "2s") | {"loss": "20%"}, 47.0, 77.0)


def delivered(name: str, refresh: dict[str, Any], every: str, mean: float, peak: float | None = None) -> None:
    @known(f"{name}, age of information", mean, power=0.02)
    def sample(replication: int) -> float:
        return of(
            run(enforced(refresh, changes={"every": exp(every)}, replicas=5), replication),
            "staleness.age.mean",
        )

    if peak is not None:

        @known(f"{name}, peak age of information", peak, power=0.02)
        def sample_peak(replication: int) -> float:
            return of(
                run(enforced(refresh, changes={"every": exp(every)}, replicas=5), replication),
                "staleness.age.peak",
            )


delivered(
    "O25 a stream with exponential service", {"kind": "stream", "service": exp("1m")}, "2m", 210.0, 240.0
)
delivered("O25 a stream with constant service", {"kind": "stream", "service": "1m"}, "2m", 188.92327626)
delivered("O26 pushes that overtake each other", {"kind": "push", "delay": exp("20s")}, "30s", 45.633547)


@known("O30 lockout an outage, failing closed after 15 min", 140.800823, power=0.05)
def fail_closed(replication: int) -> float:
    refresh = pull("60s") | {"retry": {"kind": "immediate"}}
    failure = {"kind": "policy-outage", "policy": "authz", "every": exp("2h"), "lasts": exp("10m")}
    scenario = enforced(
        refresh, horizon="20d", replicas=4, changes=None, when_stale={"after": "15m", "then": "deny"}
    )
    trace = run(scenario.with_({"failures": [failure]}), replication)
    lapses = trace["lapses"]
    inside = np.minimum(lapses["end"], trace.meta.t1) - np.maximum(lapses["start"], 0.0)
    outages = trace.intervals(Family.SOURCE, ServiceState.DOWN)["start"]
    return float(np.maximum(inside, 0.0).sum() / 4 / np.count_nonzero(outages >= 0.0))


def held_up(before_first: str, **fields: Any) -> Scenario:
    """Units that crash every 10 min on average, and a source that is down for 5 min every 20 min."""
    failures = [
        {"kind": "policy-outage", "policy": "authz", "every": exp("20m"), "lasts": exp("5m")},
        {"kind": "crash", "workload": "web", "every": exp("10m")},
    ]
    scenario = enforced(
        pull("60s") | {"retry": {"kind": "immediate"}}, replicas=10, horizon="48h", before_first=before_first
    )
    crashes = fields.pop("failures", failures[:1])
    return scenario.with_({"failures": [*crashes, failures[1]], **fields})


@known("O30 time without a first policy, of a start that does not wait", 40.0, power=0.05)
def without_first(replication: int) -> float:
    # Down with chance 5/25, and then for Exp(5 min) more or until the crash: 0.2 / (1/300 + 1/600).
    trace = run(held_up("deny"), replication)
    lapses, units = trace["lapses"], trace["units"]
    inside = np.minimum(lapses["end"], trace.meta.t1) - np.maximum(lapses["start"], 0.0)
    return float(np.maximum(inside, 0.0).sum() / np.count_nonzero(units["ready"] >= 0.0))


@known("O26 share of time behind, asked of a replica that lags", 0.095162582, power=0.04)
def replicated(replication: int) -> float:
    # Never caught up while some version is on its way: 1 - exp(-30/300), whatever the law of the lag.
    return of(run(enforced({"kind": "query"}, replicas=1, replication=exp("30s")), replication), BEHIND)


def debounced(most: str) -> Scenario:
    debounce = {"quiet": "60s", "most": most}
    return enforced({"kind": "push", "debounce": debounce}, replicas=1)


@known("O26 share of time behind, pushed when quiet", 0.181269247, power=0.03)
def quiet(replication: int) -> float:
    # A counter of type II: something waits if anything came within the last 60 s, 1 - exp(-60/300).
    return of(run(debounced("9h"), replication), BEHIND)


@known("O26 share of time behind, pushed a minute after the first", 0.166666667, power=0.03)
def gathered(replication: int) -> float:
    # A counter of type I: closed for 60 s by whatever finds it open, 0.2 / 1.2.
    return of(run(debounced("60s"), replication), BEHIND)


@known("O23 window after a random change, one to two minutes", 46.6667, power=0.02)
def window(replication: int) -> float:
    return float(lags(run(enforced(pull(OPA)), replication)).mean())


@known("O24 share of time behind", 0.099675977, power=0.03)
def stale(replication: int) -> float:
    return of(run(enforced(pull("60s", "2s")), replication), "staleness.share")


@known("O24 version lag", 0.106666667, power=0.03)
def behind(replication: int) -> float:
    return of(run(enforced(pull("60s", "2s")), replication), "staleness.version_lag")


@known("O24 age of synchronisation", 2.097206842, power=0.03)
def synchronisation(replication: int) -> float:
    return of(run(enforced(pull("60s", "2s")), replication), "staleness.behind.mean")


def revocations(trace: Trace) -> tuple[float, np.ndarray[Any, Any]]:
    """Number of commits that really took a permission away, and every point's window [s] after each."""
    commits = trace["commits"]
    state = np.zeros(int(commits["principal"].max()) + 1, bool)
    effective = []
    for version, who, allowed in zip(
        commits["version"], commits["principal"], commits["allowed"], strict=True
    ):
        if version and state[who] and not allowed:
            effective.append(version)
        state[who] = allowed
    times = commits["time"][commits["version"] > 0]
    kept = [v - 1 for v in effective if 0 <= times[v - 1] < trace.meta.t1 - 600]
    inside = np.flatnonzero((times >= 0) & (times < trace.meta.t1 - 600))
    return float(len(kept)), lags(trace)[np.searchsorted(inside, kept)]


@known("O27 stale allows after a revocation, pull", 1.5, power=0.03)
def allowed_pull(replication: int) -> float:
    # 20 units share 10/s from 1,000 principals: 0.01/s a principal, all enforcement points together.
    scenario = enforced(
        pull("60s"), principals=1000, changes={"every": exp("60s"), "revoking": "50%"}, horizon="48h"
    )
    trace = run(scenario, replication)
    wrong = trace["traffic"]["stale_allow"].sum()
    count = np.count_nonzero(_effective(trace))
    return float(wrong / count / 0.01 * 0.05)


@known("O27 chance of a stale allow after a revocation, pull", 0.683262356)
def some_pull(replication: int) -> float:
    _, windows = revocations(run(enforced(pull("60s"), principals=1000), replication))
    return float(np.mean(1.0 - np.exp(-0.05 * windows)))


@known("O27 chance of a stale allow after a revocation, push", 2.0 / 3.0)
def some_pushed(replication: int) -> float:
    refresh = {"kind": "push", "delay": exp("4s")}
    scenario = enforced(refresh, principals=1000, changes={"every": exp("1800s")}, horizon="72h")
    _, windows = revocations(run(scenario, replication))
    return float(np.mean(1.0 - np.exp(-0.5 * windows)))


@known("O27 stale allows after a revocation, push", 2.0, power=0.03)
def allowed_pushed(replication: int) -> float:
    refresh = {"kind": "push", "delay": exp("4s")}
    # So far apart that no later version brings an earlier one.
    trace = run(enforced(refresh, principals=1000, changes={"every": "30m"}, horizon="20d"), replication)
    wrong = trace["traffic"]["stale_allow"].sum()
    return float(wrong / np.count_nonzero(_effective(trace)) / 0.01 * 0.5)


@known("O27 stale allows after a revocation, all with tokens 20 s old", 0.833333333, power=0.03)
def allowed_with_tokens(replication: int) -> float:
    # A copy decides until what it lacks is older than that: r (a - a²/2R).
    scenario = enforced(
        pull("60s"), changes={"every": "30m"}, horizon="20d", tokens="100%", token_age="20s", principals=1000
    )
    trace = run(scenario, replication)
    wrong = trace["traffic"]["stale_allow"].sum()
    return float(wrong / np.count_nonzero(_effective(trace)) / 0.01 * 0.05)


@known("O24 share of tokens 20 s old about which a point asks", 0.042533263, power=0.03)
def asked(replication: int) -> float:
    # Someone committed between the poll and 20 s ago: E 1 - exp(-(A - 20)/300), A uniform on the minute.
    scenario = enforced(pull("60s"), replicas=40, tokens="50%", token_age="20s")
    return of(run(scenario, replication), "token.asked_share")


@known("requests with tokens that an outage leaves unanswered", 3406.005850, power=0.05)
def unanswered(replication: int) -> float:
    # Pushed at once; of 10 min those after the first commit in them, 10 requests a second.
    outage = {"kind": "policy-outage", "policy": "authz", "at": ["2h"], "lasts": "10m"}
    changes = {"every": exp("300s"), "revoking": "0%"}
    scenario = enforced({"kind": "push"}, 2, "4h", changes=changes, tokens="100%")
    return float(run(scenario.with_({"failures": [outage]}), replication)["traffic"]["fail_closed"].sum())


def _effective(trace: Trace) -> np.ndarray[Any, Any]:
    """Which commits within the measured window took a permission away."""
    commits = trace["commits"]
    state = np.zeros(int(commits["principal"].max()) + 1, bool)
    took = np.zeros(commits["time"].size, bool)
    rows = zip(commits["version"], commits["principal"], commits["allowed"], commits["time"], strict=True)
    for i, (version, who, allowed, time) in enumerate(rows):
        took[i] = bool(version and state[who] and not allowed and 0 <= time < trace.meta.t1)
        state[who] = allowed
    return took


def cached(replication: int, rate: float, **cache: str) -> float:
    """Wrong allows after one revocation at one point that each principal asks `rate` times a second."""
    # So many principals that each is decided about once in many days: nobody is revoked again meanwhile.
    scenario = enforced(
        pull("60s", "2s"), principals=4000, changes={"every": exp("60s")}, horizon="48h", cache=cache
    )
    scenario = scenario.with_({"workloads.web.traffic.rate": f"{rate * 20 * 4000}/s"})
    trace = run(scenario, replication)
    wrong = trace["traffic"]["stale_allow"].sum() + trace["traffic"]["cached_allow"].sum()
    return float(wrong / np.count_nonzero(_effective(trace)) / 20)


@known("O28 wrong allows after a revocation, pull and a fixed cache, .02/s", 0.7525)
def fixed_seldom(replication: int) -> float:
    return cached(replication, 0.02, kind="fixed", allow="30s")


@known("O28 wrong allows after a revocation, pull and a fixed cache, .1/s", 4.325)
def fixed_often(replication: int) -> float:
    return cached(replication, 0.1, kind="fixed", allow="30s")


@known("O28 wrong allows after a revocation, pull and a sliding cache, .05/s", 3.581689)
def sliding_seldom(replication: int) -> float:
    return cached(replication, 0.05, kind="sliding", allow="30s")


@known("O28 wrong allows after a revocation, pull and a sliding cache, .1/s", 19.285537)
def sliding_often(replication: int) -> float:
    return cached(replication, 0.1, kind="sliding", allow="30s")


# Each principal asks ten times a second, so that a decision of 30 s is held for all but 1/301 of the time.
@known("O28 window of over-trust at one point, pull and a busy fixed cache", 32.0 + 15.0 * 300.0 / 301.0)
def window_cached(replication: int) -> float:
    scenario = enforced(
        pull("60s", "2s"),
        replicas=1,
        principals=4000,
        changes={"every": exp("60s")},
        horizon="48h",
        cache={"kind": "fixed", "allow": "30s"},
    ).with_({"workloads.web.traffic.rate": "40000/s"})
    return of(run(scenario, replication), "overtrust.policy_window.mean")


def two_state(refresh: dict[str, Any]) -> Scenario:
    # One commit every 20 s among 100 principals, denying two times in three: each principal is denied
    # at rate 1/3,000 s while allowed and allowed at rate 1/6,000 s while denied.
    return enforced(refresh, principals=100, changes={"every": exp("20s"), "revoking": "2/3"}, horizon="24h")


@known("O29 two-state over-trust share, pull every 300 s", 0.016892886, power=0.02)
def two_state_over(replication: int) -> float:
    return of(run(two_state(pull("300s", "10s")), replication), "overtrust.mean_open") / 100


@known("O29 two-state over-trust share, pull every 3,000 s", 0.110531872, power=0.03)
def two_state_over_slow(replication: int) -> float:
    return of(run(two_state(pull("3000s", "60s")), replication), "overtrust.mean_open") / 100


def under_share(trace: Trace) -> float:
    """Mean number of principals denied wrongly, of 100."""
    found = gaps(trace)
    return float(found.seconds[found.side == Side.UNDER].sum() / (trace.meta.t1 - trace.meta.t0) / 100)


@known("O29 two-state under-trust share, pull every 300 s", 0.016892886, power=0.02)
def two_state_under(replication: int) -> float:
    return under_share(run(two_state(pull("300s", "10s")), replication))


@known("O29 two-state under-trust share, pull every 3,000 s", 0.110531872, power=0.03)
def two_state_under_slow(replication: int) -> float:
    return under_share(run(two_state(pull("3000s", "60s")), replication))


@known("O29 two-state over-trust share, Poisson pulls", 0.028985507, power=0.02)
def two_state_over_poisson(replication: int) -> float:
    return of(run(two_state(pull(exp("300s"))), replication), "overtrust.mean_open") / 100
