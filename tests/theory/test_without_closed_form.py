"""Oracles that need no closed form: O43 to O49, on every shipped scenario."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

import churnsim
from churnsim.base.quantity import format_duration
from churnsim.engine import Streams
from churnsim.metrics import MEASURES, budget, evaluate, evidence, reliability, rotation
from churnsim.model.account import OUTCOMES
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import Family, Trace, UnitState
from churnsim.trace.law import check
from churnsim.trace.resident import disowned
from churnsim.trace.schema import SCHEMA
from tests.theory.compensator import compensator
from tests.theory.doubled import doubled
from tests.theory.oracle import exp, run, world
from tests.twin.generated import scenarios
from tests.twin.load import Load

ALPHA = 0.01
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)
SHIPPED = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"), key=lambda file: file.stem)
FACTOR = {"s": 2.0, "s2": 4.0, "pair s": 2.0, "unit h": 2.0, "1/s": 0.5, "1/h": 0.5}


BUSY = [file for file in SHIPPED if re.search("kind: service.*traffic:", file.read_text(), re.DOTALL)]
# Those of which a run takes a third of a second or more are counted one by one at night alone.
LONG = {"daily-load", "elastic-nodes", "five-kinds", "issuer-outage", "restart-herd"}


@pytest.fixture(scope="module", params=SHIPPED, ids=lambda file: file.stem)
def shipped(request: pytest.FixtureRequest) -> Scenario:
    return churnsim.load(request.param)


@pytest.fixture(scope="module", params=BUSY, ids=lambda file: file.stem)
def busy(request: pytest.FixtureRequest) -> Scenario:
    """A shipped scenario with requests to count; those that functions handle are there one by one anyway."""
    return churnsim.load(request.param)


def shortened(scenario: Scenario, horizon: float) -> Scenario:
    """The same world, watched for no longer than `horizon` [s]."""
    return scenario.with_(horizon=format_duration(min(scenario.horizon, horizon)))


def value(trace: Trace, measure: str) -> float:
    found = evaluate(trace, [measure])[measure].value
    assert found is not None, measure
    return float(found)


# --- O43: sampled requests against the compensator ---------------------------------------------------


def test_expected_requests_are_the_compensator_found_span_by_span(shipped: Scenario) -> None:
    """O43: ∫ r(t) O(t) dt for every outcome, by a slow loop that shares no code with the account."""
    trace = run(shortened(shipped, 86_400.0), 0)
    for workload, info in enumerate(trace.meta.workloads):
        traffic = shipped.workloads[info.name].requests
        # What becomes of calls is held in test_calls.py, what becomes of each request by the twin's clients.
        if traffic is None or info.calls or info.places:
            continue
        mine = trace["traffic"]["workload"] == workload
        stream = Streams(trace.meta.seed).named(f"workloads/{info.name}/traffic")
        slow = compensator(trace, workload, Load(traffic, stream, trace.meta.start))
        for outcome in OUTCOMES:
            fast = float(trace["traffic"][outcome][mine].sum())
            assert fast == pytest.approx(slow.get(outcome, 0.0), rel=1e-9, abs=1e-4), outcome


def integrated(trace: Trace) -> dict[str, Any]:
    """Traffic of all workloads but functions, whose requests are there one by one."""
    handled = [code for code, info in enumerate(trace.meta.workloads) if info.places]
    table = trace["traffic"]
    return {name: column[~np.isin(table["workload"], handled)] for name, column in table.items()}


@pytest.mark.parametrize("runs", [4, pytest.param(48, marks=pytest.mark.nightly)])
def test_sampled_requests_follow_the_compensator(busy: Scenario, runs: int) -> None:
    """O43: (N - Λ)/√Λ is standard normal for Λ >= 25, for each outcome of a run and of each bucket."""
    z, buckets = [], []
    for replication in range(runs):
        traces = run(busy, replication), run(busy.with_(requests="sampled"), replication)
        expected, counted = (integrated(trace) for trace in traces)
        for outcome in OUTCOMES:
            mean, number = expected[outcome].sum(), counted[outcome].sum()
            if mean >= 25:
                z.append((number - mean) / np.sqrt(mean))
            many = expected[outcome] >= 25
            buckets.append((counted[outcome] - expected[outcome])[many] / np.sqrt(expected[outcome][many]))
    for scores in (np.array(z), np.concatenate(buckets)):
        assert len(scores) >= runs
        assert stats.chi2.sf((scores**2).sum(), len(scores)) >= ALPHA / 8
        assert stats.chi2.cdf((scores**2).sum(), len(scores)) >= ALPHA / 8
        assert abs(scores.mean()) * np.sqrt(len(scores)) <= stats.norm.isf(ALPHA / 16)


def fates(trace: Trace) -> dict[tuple[int, ...], float]:
    """Number of artefacts by everything else that is known of them, to the bit."""
    table = trace["artefacts"]
    rest = [table[name].astype(float).view(np.int64).tolist() for name in table if name != "number"]
    return dict(zip(zip(*rest, strict=True), table["number"].tolist(), strict=True))


def test_requests_do_not_change_what_happens(shipped: Scenario) -> None:
    """Premise of O43: sampled or expected, all but traffic, its evidence and the bill is the same.

    Of artefacts the number alone is drawn; where it is none, nothing is said of them.
    """
    expected, sampled = run(shipped, 3), run(shipped.with_(requests="sampled"), 3)
    for table in set(expected) - {"traffic", "artefacts", "bill"}:
        for column, array in expected[table].items():
            np.testing.assert_array_equal(array, sampled[table][column], err_msg=f"{table}.{column}")
    mean, drawn = fates(expected), fates(sampled)
    assert len(mean) == expected.count("artefacts")
    assert set(drawn) <= set(mean)
    assert all(mean[fate] < 10 for fate in set(mean) - set(drawn))


# --- O44: balances, recomputed unit by unit -----------------------------------------------------------


def wanted_at_the_end(trace: Trace, workload: int) -> int:
    """Units wanted of a workload: what was decided last, or as many as it was given."""
    wanted = trace.meta.workloads[workload].replicas
    for whose, units in zip(trace["targets"]["workload"], trace["targets"]["units"], strict=True):
        wanted = int(units) if whose == workload else wanted
    return wanted


def test_what_began_has_ended_or_goes_on(shipped: Scenario) -> None:
    """O44: started = ended + alive; issued = expired + revoked + valid; one by one, in a loop."""
    trace = run(shipped, 0)
    check(trace)
    t1, units, credentials = trace.meta.t1, trace["units"], trace["credentials"]
    ends = list(zip(units["stopped"], units["gone"], strict=True))
    ended = sum(1 for _, gone in ends if gone < t1)
    alive = sum(1 for _, gone in ends if np.isnan(gone))
    draining = sum(1 for stopped, gone in ends if stopped < t1 and np.isnan(gone))
    assert len(ends) == ended + alive
    wanted = sum(wanted_at_the_end(trace, code) for code in range(len(trace.meta.workloads)))
    left_over = np.count_nonzero((disowned(trace) < t1) & np.isnan(units["gone"]))
    assert alive - draining == wanted + left_over
    expired = revoked = valid = 0
    for expires, recalled in zip(credentials["expires"], credentials["revoked"], strict=True):
        if not np.isnan(recalled):
            revoked += 1
        elif expires <= t1:
            expired += 1
        else:
            valid += 1
    assert len(credentials["unit"]) == expired + revoked + valid


def test_the_mean_number_in_a_state_is_rate_times_stay_with_edge_terms(shipped: Scenario) -> None:
    """O44: L = λW. The number is read off a timeline, the stays off the life of each unit."""
    trace = run(shipped, 0)
    t0, t1, units = trace.meta.t0, trace.meta.t1, trace["units"]
    lives = list(zip(units["placed"], units["ready"], units["stopped"], units["gone"], strict=True))
    stays = {UnitState.STARTING: 0.0, UnitState.READY: 0.0, UnitState.DRAINING: 0.0}
    for placed, ready, stopped, gone in lives:
        for state, start, ends in (
            (UnitState.STARTING, placed, (ready, stopped)),
            (UnitState.READY, ready, (stopped,)),
            (UnitState.DRAINING, stopped, (gone,)),
        ):
            end = min((e for e in ends if not np.isnan(e)), default=t1)
            if not np.isnan(start):
                stays[state] += max(min(end, t1) - max(start, t0), 0.0)
    for state, stay in stays.items():
        spans = trace.intervals(Family.UNIT, state)
        moves = sorted([(s, 1) for s in spans["start"]] + [(e, -1) for e in spans["end"]])
        area, number, last = 0.0, 0, t0
        for time, step in moves:
            now = min(max(time, t0), t1)
            area, last, number = area + number * (now - last), now, number + step
        assert area == pytest.approx(stay, rel=1e-9, abs=1e-6), state


def billed(trace: Trace, scenario: Scenario) -> dict[str, tuple[float, float]]:
    """Number and price of everything that can cost, counted from the tables and priced from the scenario."""
    t0, t1, units, points, prices = (
        trace.meta.t0,
        trace.meta.t1,
        trace["units"],
        trace["points"],
        scenario.prices,
    )

    def hours(begins: Any, ends: Any) -> list[float]:
        lives = zip(begins, ends, strict=True)
        return [max((t1 if np.isnan(end) else end) - max(begin, t0), 0.0) / 3600 for begin, end in lives]

    placed = ~np.isnan(units["placed"])
    started = sum(1 for instant in units["placed"] if t0 <= instant < t1)
    issued = sum(1 for instant in trace["credentials"]["issued"] if t0 <= instant < t1)
    sizes, made, handed = [each.size for each in scenario.artefacts.values()], trace["artefacts"], 0.0
    for sort, start, number, shipped in zip(
        made["artefact"], made["start"], made["number"], made["shipped"], strict=True
    ):
        handed += number * sizes[sort] if start >= t0 and not np.isnan(shipped) else 0.0
    lived = hours(units["placed"][placed], units["gone"][placed])
    whose = [list(scenario.workloads.values())[code] for code in units["workload"][placed]]
    due = [prices.unit_hour if each.price is None else each.price * (1 - each.discount) for each in whose]
    taken = trace["invocations"]
    began = ~np.isnan(taken["began"])
    costs = {
        "unit_hours": (sum(lived), np.average(due, weights=lived) if sum(lived) else 0.0),
        "starts": (started, prices.start),
        "issuances": (issued, prices.issuance),
        "policy_fetches": (trace["polls"]["polls"].sum(), prices.policy_fetch),
        "revocation_messages": (points["messages"].sum(), prices.revocation_message),
        "revocation_gigabytes": (points["bytes"].sum() / 1e9, prices.revocation_gigabyte),
        "evidence_gigabytes": (handed / 1e9, prices.evidence_gigabyte),
        "requests": (trace["traffic"]["offered"].sum(), prices.request),
        "invocations": (sum(1 for instant in taken["began"] if t0 <= instant < t1), prices.invocation),
        "busy_hours": (sum(hours(taken["began"][began], taken["ended"][began])), prices.busy_hour),
        "control_plane_hours": ((t1 - t0) / 3600, prices.control_plane_hour),
    }
    if scenario.nodes:
        pools = [
            (prices.node_hour if pool.price is None else pool.price) * (1 - pool.discount)
            for pool in scenario.nodes.values()
        ]
        stood = hours(trace["nodes"]["ordered"], trace["nodes"]["gone"])
        paid = sum(time * pools[pool] for time, pool in zip(stood, trace["nodes"]["pool"], strict=True))
        costs["node_hours"] = sum(stood), paid / sum(stood)
    return costs


def test_the_cost_is_the_sum_of_price_times_count(shipped: Scenario) -> None:
    """O44: item by item; where nothing has a price the total is unknown."""
    trace = run(shipped, 0)
    costs, bill = billed(trace, shipped), trace["bill"]
    assert set(bill["item"]) <= set(costs)
    for item, (number, _) in costs.items():
        assert bill["quantity"][bill["item"] == item].sum() == pytest.approx(number, rel=1e-9), item
    total = evaluate(trace, ["cost.total"])["cost.total"].value
    if any(price > 0 for _, price in costs.values()):
        assert total == pytest.approx(sum(number * price for number, price in costs.values()), rel=1e-9)
    else:
        assert total is None


# --- O45: time has no scale ---------------------------------------------------------------------------


def stretches(scenario: Scenario) -> None:
    """Assert that all instants double, and measures by what their unit says, to the bit."""
    fast, slow = simulate(scenario), simulate(doubled(scenario))
    assert slow.meta.start == 2 * fast.meta.start
    for table in set(SCHEMA) - {"bill"}:
        for column in SCHEMA[table].columns:
            array = fast[table][column.name]
            array = array * FACTOR.get(column.unit, 1.0) if array.dtype.kind == "f" else array
            np.testing.assert_array_equal(slow[table][column.name], array, err_msg=f"{table}.{column.name}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reliability, "WINDOW_S", 2 * reliability.WINDOW_S)
        patch.setattr(rotation, "BIN_S", 2 * rotation.BIN_S)
        patch.setattr(evidence, "PATIENCE_S", 2 * evidence.PATIENCE_S)
        patch.setattr(evidence, "AROUND_S", 2 * evidence.AROUND_S)
        longer = {name: (2 * long, 2 * short) for name, (long, short) in budget.WINDOWS.items()}
        patch.setattr(budget, "WINDOWS", longer)
        found = evaluate(slow)
    for name, measurement in evaluate(fast).items():
        factor = FACTOR.get(MEASURES.find(name).unit, 1.0)
        expected = None if measurement.value is None else factor * measurement.value
        assert found[name].value == expected, name


def test_twice_as_slow_a_world_is_the_same_world_to_the_bit(shipped: Scenario) -> None:
    """O45: powers of two are exact in floats; the only absolute times are the 5 min of the worst window, the
    10 s of the storm, the windows of a budget, and of evidence the 15 min to explain an outcome and the 5 min
    around an incident.
    """
    stretches(shipped)


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(scenarios())
def test_any_world_may_be_twice_as_slow(scenario: Scenario) -> None:
    """O45, in worlds that nobody thought of."""
    stretches(scenario)


@pytest.mark.nightly
@settings(max_examples=150, deadline=None, derandomize=False, suppress_health_check=SLOW)
@given(scenarios())
def test_any_of_many_worlds_may_be_twice_as_slow(scenario: Scenario) -> None:
    """As above, many more of them, and others every night."""
    stretches(scenario)


# --- O46: monotone under common random numbers --------------------------------------------------------


def one_path(**issuer: Any) -> Scenario:
    """One slot whose unit is renewed every 10 min, robbed, replaced, and without issuer for 50 min."""
    return world(
        horizon="12h",
        history="4h",
        issuers={"mesh": {"retry": {"kind": "immediate"}, **issuer}},
        workloads={"web": {"kind": "service", "replicas": 1, "issuer": "mesh", "lifetime": exp("2h")}},
        failures=[
            {"kind": "theft", "workload": "web", "every": exp("1h"), "detected": exp("6h")},
            {"kind": "issuer-outage", "issuer": "mesh", "at": ["3h", "8h"], "lasts": "50m"},
        ],
    )


@pytest.mark.parametrize("replication", range(12))
def test_a_longer_life_never_means_less_over_trust_nor_more_lockout(replication: int) -> None:
    """O46: raising the time to live while renewing as often; 10 min are the half, the quarter, the eighth."""
    traces = [
        run(one_path(ttl=ttl, renewal={"kind": "fixed", "at": at}), replication)
        for ttl, at in (("20m", "50%"), ("40m", "25%"), ("80m", "12.5%"))
    ]
    over = [value(trace, "overtrust.pair_seconds") for trace in traces]
    under = [value(trace, "undertrust.share") for trace in traces]
    assert over == sorted(over)
    assert under == sorted(under, reverse=True)
    assert over[0] < over[-1]


@pytest.mark.parametrize("replication", range(6))
def test_polling_a_whole_number_of_times_as_often_never_makes_copies_older(replication: int) -> None:
    """O46: everyone's clock begins when it is ready, so the slow polls are among the fast ones."""
    found = []
    for every in ("4m", "2m", "40s", "20s"):
        scenario = world(
            horizon="6h",
            start="fresh",
            policies={
                "authz": {"refresh": {"kind": "pull", "every": every}, "changes": {"every": exp("5m")}}
            },
            workloads={"web": {"kind": "service", "replicas": 5, "policy": "authz", "lifetime": exp("1h")}},
        )
        trace = run(scenario, replication)
        names = ("staleness.behind.mean", "staleness.share", "staleness.version_lag", "staleness.age.mean")
        found.append([value(trace, name) for name in names])
    assert (np.diff(np.array(found), axis=0) < 0).all()


@pytest.mark.parametrize(
    "retry", [{"kind": "immediate"}, {"kind": "fixed", "every": "37s"}, {"kind": "exponential"}]
)
def test_extending_the_last_outage_never_shortens_the_lockout(retry: dict[str, str]) -> None:
    """O46: whatever the retry rule, who is answered later is locked out no less."""
    for replication in range(6):
        shares = []
        for lasts in ("5m", "12m", "20m", "21m", "45m", "2h"):
            scenario = world(
                horizon="8h",
                issuers={"mesh": {"ttl": "20m", "retry": retry}},
                workloads={"web": {"kind": "service", "replicas": 4, "issuer": "mesh"}},
                failures=[
                    {"kind": "issuer-outage", "issuer": "mesh", "at": ["1h"], "lasts": "25m"},
                    {"kind": "issuer-outage", "issuer": "mesh", "at": ["3h"], "lasts": lasts},
                ],
            )
            shares.append(value(run(scenario, replication), "undertrust.share"))
        assert shares == sorted(shares)
        assert shares[0] < shares[-1]


# --- O47: nothing comes of nothing --------------------------------------------------------------------

WEB: dict[str, Any] = {"kind": "service", "replicas": 5, "traffic": {"kind": "constant", "rate": "10/s"}}
MESH = {"mesh": {"ttl": "1h"}}
AUTHZ = {"authz": {"refresh": {"kind": "pull", "every": "1m", "delay": "1s"}}}


def test_without_churn_theft_and_change_there_is_no_gap() -> None:
    """O47: credentials are renewed and copies refreshed all the same."""
    trace = run(
        world(issuers=MESH, policies=AUTHZ, workloads={"web": {**WEB, "issuer": "mesh", "policy": "authz"}}),
        0,
    )
    measured = evaluate(trace)
    for name, measurement in measured.items():
        if name.startswith(
            (
                "overtrust.pair",
                "overtrust.mean_open",
                "overtrust.request",
                "orphan",
                "undertrust.share",
                "undertrust.policy_share",
            )
        ):
            assert measurement.value in (0.0, None), name
    assert [measured[name].value for name in ("availability", "capacity.availability")] == [1.0, 1.0]
    for name in (
        "unserved.share",
        "overtrust.pair_seconds",
        "undertrust.share",
        "undertrust.policy_share",
        "staleness.share",
        "churn.rate",
    ):
        assert measured[name].value == 0.0, name
    assert trace.count("credentials") > 5


def test_an_outage_shorter_than_the_slack_expires_nobody() -> None:
    """O47: 29 min without issuer, 30 min of slack; units that start meanwhile wait, but none runs out."""
    outage = {"kind": "issuer-outage", "issuer": "mesh", "at": ["2h", "7h"], "lasts": "29m"}
    for replication in range(5):
        issuers = {"mesh": {"ttl": "1h", "retry": {"kind": "immediate"}}}
        web = {**WEB, "issuer": "mesh", "lifetime": exp("1h"), "replicas": 50}
        trace = run(world(issuers=issuers, workloads={"web": web}, failures=[outage]), replication)
        assert value(trace, "undertrust.share.expired_issuer_outage") == 0.0
        assert value(trace, "undertrust.share.expired_late_renewal") == 0.0
        assert value(trace, "undertrust.share.no_credential_at_start") > 0.0


def test_pushed_at_once_nobody_is_trusted_too_long() -> None:
    """O47: no delay, no cache; what is revoked is refused from its own instant."""
    policy = {"refresh": {"kind": "push", "delay": "0s"}, "changes": {"every": exp("1m")}}
    trace = run(
        world(
            policies={"authz": policy}, workloads={"web": {**WEB, "policy": "authz", "lifetime": exp("1h")}}
        ),
        0,
    )
    assert trace.count("commits") > 1000
    for name in (
        "overtrust.pair_seconds",
        "undertrust.policy_share",
        "staleness.share",
        "staleness.version_lag",
    ):
        assert value(trace, name) == 0.0, name
    assert trace["traffic"]["stale_allow"].sum() == 0.0


def test_a_cache_adds_to_a_copy_and_changes_nothing_else() -> None:
    """O47, O28: without changes it holds nothing against anybody; with them no window exceeds R + d + C.

    What copies adopt is the same to the bit, and without a cache no row of it is there.
    """
    web = {**WEB, "policy": "authz", "lifetime": exp("2h"), "traffic": {"kind": "constant", "rate": "200/s"}}
    pull = {"refresh": {"kind": "pull", "every": "1m", "delay": "2s"}, "changes": {"every": exp("1m")}}
    cache = {"kind": "fixed", "allow": "30s", "deny": "30s"}
    calm = run(
        world(policies={"authz": {**pull, "changes": None, "cache": cache}}, workloads={"web": web}), 0
    )
    assert calm.count("cached") == 0
    assert value(calm, "overtrust.pair_seconds") == value(calm, "undertrust.policy_share") == 0.0
    plain = world(policies={"authz": pull}, workloads={"web": web}, history="5m")
    held = run(plain.with_({"policies.authz.cache": cache}), 0)
    for column, array in run(plain, 0)["adoptions"].items():
        np.testing.assert_array_equal(array, held["adoptions"][column])
    assert run(plain, 0).count("cached") == 0
    assert held.count("cached") > 1000
    assert 62.0 < value(held, "overtrust.policy_window.max") <= 92.0
    assert value(held, "undertrust.policy_window.max") <= 92.0


def test_only_tokens_leave_no_new_enemy() -> None:
    """O47: a quarter of the requests with tokens, three quarters of the wrong allows; all of them, none.

    What copies hold, and what they would answer if asked without a token, is the same to the bit.
    """
    web = {**WEB, "policy": "authz", "traffic": {"kind": "constant", "rate": "200/s"}}
    pull = {"refresh": {"kind": "pull", "every": "1m"}, "changes": {"every": exp("1m")}}
    plain = world(policies={"authz": pull}, workloads={"web": web})
    none, some, all_ = (
        run(plain.with_({"policies.authz.tokens": share}), 0) for share in ("0%", "25%", "100%")
    )
    assert value(some, "new_enemy.rate") == pytest.approx(0.75 * value(none, "new_enemy.rate"), rel=1e-9)
    assert value(all_, "new_enemy.rate") == 0.0 < value(none, "new_enemy.rate")
    for measure in ("overtrust.pair_seconds", "staleness.share"):
        assert value(none, measure) == value(all_, measure) > 0.0
    assert value(all_, "undertrust.request_share") == 0.0 < value(none, "undertrust.request_share")


def test_every_end_revoked_nobody_is_trusted_longer_than_a_pull() -> None:
    """O47 for a list, which cannot be pulled without any gap: G₊ is at most gap + delay for each end."""
    revocation = {"kind": "list", "every": "10s", "delay": "1s", "on_end": "0s"}
    web = {**WEB, "issuer": "mesh", "lifetime": exp("1h"), "replicas": 50}
    trace = run(world(issuers={"mesh": {"ttl": "1h", "revocation": revocation}}, workloads={"web": web}), 0)
    dead = trace["units"]["gone"] > -11.0
    assert 0 < value(trace, "overtrust.pair_seconds") <= 11.0 * dead.sum()
    assert value(trace, "overtrust.window.max") <= 11.0


def test_every_end_told_at_once_nobody_is_trusted_too_long() -> None:
    """O47: every termination revoked, push without delay, no connections: G₊ = 0; nobody is locked out."""
    issuer = {"ttl": "1h", "revocation": {"kind": "push", "on_end": "0s"}, "verification": {"points": 5}}
    web = {**WEB, "issuer": "mesh", "lifetime": exp("1h"), "replicas": 50}
    trace = run(world(issuers={"mesh": issuer}, workloads={"web": web}), 0)
    assert trace.count("learned") > 1000
    for name in ("overtrust.pair_seconds", "undertrust.share", "orphan.mean", "orphan.all.mean"):
        assert value(trace, name) == 0.0, name


def test_what_is_switched_off_leaves_no_trace() -> None:
    """O47: clocks that do not drift are never set, a decision at once takes no time: the same to the bit."""
    theft = {"kind": "theft", "workload": "web", "every": exp("20m"), "detected": exp("20m")}
    checks = {"points": 3, "skew": {"kind": "normal", "sd": "2s"}}
    revocation = {"kind": "list", "every": "1m", "delay": "1s"}
    web = {**WEB, "issuer": "mesh", "lifetime": exp("1h")}

    def digest(issuer: dict[str, Any], checks: dict[str, Any], theft: dict[str, Any]) -> str:
        mesh = {"ttl": "1h", "revocation": revocation, "verification": checks, **issuer}
        return run(world(issuers={"mesh": mesh}, workloads={"web": web}, failures=[theft]), 0).digest(
            workload="web"
        )

    off = {"drift": {"kind": "uniform", "low": "0s", "high": "0s"}, "sync": "1h", "connections": None}
    explicit = digest({"backdate": "0s"}, checks | off, theft | {"response": "0s"})
    assert explicit == digest({}, checks, theft)


@pytest.mark.parametrize("replication", range(5))
def test_who_is_let_in_longer_is_trusted_no_less(replication: int) -> None:
    """O46, on every replication: leeway, open connections and soft failure add trust and take none away.

    The same random numbers, and lives that do not depend on what a point decides.
    """
    outages = {"kind": "issuer-outage", "issuer": "mesh", "every": exp("2h"), "lasts": exp("30m")}
    theft = {"kind": "theft", "workload": "web", "every": exp("20m"), "detected": exp("20m")}
    mesh = {
        "ttl": "30m",
        "revocation": {"kind": "status", "cache": "2m", "fail": "hard", "on_end": "1m"},
        "verification": {"points": 3, "skew": {"kind": "normal", "sd": "20s"}},
    }
    strict = world(
        issuers={"mesh": mesh},
        workloads={"web": {**WEB, "issuer": "mesh", "lifetime": exp("1h")}},
        failures=[outages, theft],
        history="3h",
    )
    base = run(strict, replication)
    for change in (
        {"issuers.mesh.verification.leeway": "15s"},
        {"issuers.mesh.verification.connections": {"lifetime": exp("5m")}},
        {"issuers.mesh.revocation.fail": "soft"},
        {"issuers.mesh.backdate": "30s"},
    ):
        lenient = run(strict.with_(change), replication)
        assert value(lenient, "overtrust.pair_seconds") >= value(base, "overtrust.pair_seconds") - 1e-6
        assert value(lenient, "undertrust.share") <= value(base, "undertrust.share") + 1e-12
        assert value(lenient, "availability") >= value(base, "availability") - 1e-12


def test_a_life_beyond_the_horizon_never_runs_out() -> None:
    """O47: fresh world, two days to live, one day to run, most of it without issuer."""
    outage = {"kind": "issuer-outage", "issuer": "mesh", "at": ["1h"], "lasts": "22h"}
    trace = run(
        world(
            issuers={"mesh": {"ttl": "2d"}},
            workloads={"web": {**WEB, "issuer": "mesh"}},
            failures=[outage],
            start="fresh",
        ),
        0,
    )
    assert (trace["credentials"]["expires"] >= trace.meta.t1).all()
    assert value(trace, "undertrust.share") == 0.0
    assert value(trace, "availability") == 1.0


def test_without_traffic_no_request_has_an_outcome() -> None:
    """Undefined is not 0 and not 1."""
    trace = run(
        world(issuers=MESH, workloads={"web": {"kind": "service", "replicas": 5, "issuer": "mesh"}}), 0
    )
    measured = evaluate(trace)
    assert trace.count("traffic") == 0
    for name in ("availability", "unserved.share", "overtrust.request_share", "undertrust.request_share"):
        assert measured[name].value is None, name
    assert measured["cost.per_million_served"].value is None


def test_without_an_issuer_there_is_no_credential_to_hold_or_steal() -> None:
    """A thief comes in vain, and nobody is refused for want of a credential."""
    theft = {"kind": "theft", "workload": "web", "every": exp("10m"), "detected": "1h"}
    trace = run(world(workloads={"web": {**WEB, "lifetime": exp("1h")}}, failures=[theft]), 0)
    assert [trace.count(table) for table in ("credentials", "thefts", "points", "learned")] == [0, 0, 0, 0]
    assert trace["traffic"]["credential_rejected"].sum() == 0.0
    assert evaluate(trace, ["orphan.mean"])["orphan.mean"].value is None


def test_without_a_policy_everything_offered_is_intended() -> None:
    """Nobody is denied, and no copy has an age."""
    trace = run(world(workloads={"web": {**WEB, "lifetime": exp("1h")}}), 0)
    assert [trace.count(table) for table in ("commits", "adoptions", "polls", "lapses")] == [0, 0, 0, 0]
    np.testing.assert_array_equal(trace["traffic"]["intended"], trace["traffic"]["offered"])
    assert evaluate(trace, ["staleness.age.mean"])["staleness.age.mean"].value is None


# --- O48: whoever has nothing to do with it does not notice --------------------------------------------


STRANGERS: dict[str, Any] = {
    "issuers": {
        "other-mesh": {
            "ttl": "17m",
            "revocation": {"kind": "list", "every": "1m"},
            "capacity": {"service": "1s"},
            "keys": {"every": exp("40m"), "bundle": {"kind": "push", "delay": exp("1m")}},
        }
    },
    "policies": {
        "other-authz": {"refresh": {"kind": "push", "delay": exp("3s")}, "changes": {"every": exp("30m")}}
    },
    "workloads": {
        "other": {
            **WEB,
            "issuer": "other-mesh",
            "policy": "other-authz",
            "owner": {"kind": "agent", "units": 2},
            "lifetime": exp("9m"),
            "drain": "5s",
            "tenant": "b",
        }
    },
    "failures": [
        {"kind": "theft", "workload": "other", "every": exp("4m"), "detected": exp("5m"), "can_renew": True},
        {"kind": "crash", "workload": "other", "every": exp("10m")},
        {"kind": "owner-outage", "workload": "other", "every": exp("1h"), "lasts": exp("5m")},
        {"kind": "issuer-outage", "issuer": "other-mesh", "every": exp("3h"), "lasts": exp("10m")},
        {"kind": "key-removal", "issuer": "other-mesh", "every": exp("1h"), "lasts": exp("5m")},
        {"kind": "key-theft", "issuer": "other-mesh", "every": exp("1h"), "detected": exp("5m")},
        {"kind": "policy-outage", "policy": "other-authz", "every": exp("3h"), "lasts": exp("10m")},
    ],
}


RACK = {"other-rack": {"zone": "other", "count": 2, "units": 2, "boot": "1m", "lifetime": exp("2h")}}


def part(tree: dict[str, Any]) -> dict[str, Any]:
    """Let workloads keep to the nodes they have, and be placed at once; return the sections of strangers.

    Who shares nodes shares their room, and who shares a scheduler waits for its turn: no strangers are those.
    """
    if not tree["nodes"]:
        return STRANGERS
    for workload in tree["workloads"].values():
        workload["placement"]["pools"] = workload["placement"]["pools"] or list(tree["nodes"])
    tree["control_plane"]["scheduling"] = None
    other = {**STRANGERS["workloads"]["other"], "placement": {"kind": "spread", "pools": list(RACK)}}
    return {**STRANGERS, "nodes": RACK, "workloads": {"other": other}}


def crowds(scenario: Scenario, is_first: bool) -> None:
    """Assert that strangers with all of their own leave the digest of every workload as it was."""
    tree = scenario.canonical()
    strangers = part(tree)
    if scenario.start == "stationary":
        # How far back the world begins follows from all that is in it; here it is said.
        tree["history"] = format_duration(-simulate(scenario).meta.start + 7 * 3600.0)
    alone = run(Scenario.model_validate(tree), 2)
    for section, theirs in strangers.items():
        ours = tree[section]
        if isinstance(theirs, list):
            tree[section] = [*theirs, *ours] if is_first else [*ours, *theirs]
        else:
            tree[section] = {**theirs, **ours} if is_first else {**ours, **theirs}
    crowded = run(Scenario.model_validate(tree), 2)
    assert crowded.count("credentials") > alone.count("credentials")
    for name in scenario.workloads:
        assert crowded.digest(workload=name) == alone.digest(workload=name), name


@pytest.mark.parametrize("is_first", [True, False], ids=["first", "last"])
def test_a_tenant_that_nobody_knows_changes_nobody(shipped: Scenario, is_first: bool) -> None:
    """O48: a stranger with issuer, policy, failures and traffic of its own leaves every digest as it was."""
    crowds(shortened(shipped, 86_400.0), is_first)


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(scenarios(), st.booleans())
def test_a_tenant_that_nobody_knows_changes_nobody_in_any_world(scenario: Scenario, is_first: bool) -> None:
    """O48, in worlds that nobody thought of."""
    crowds(scenario, is_first)


@pytest.mark.nightly
@settings(max_examples=100, deadline=None, derandomize=False, suppress_health_check=SLOW)
@given(scenarios(), st.booleans())
def test_a_tenant_that_nobody_knows_changes_nobody_in_many_worlds(scenario: Scenario, is_first: bool) -> None:
    """As above, many more of them, and others every night."""
    crowds(scenario, is_first)


# --- O49: expected = sampled ---------------------------------------------------------------------------

COUNTED = (
    "availability",
    "unserved.share",
    "overtrust.request_share",
    "undertrust.request_share",
    "overtrust.false_accept_rate",
)


@pytest.mark.parametrize(
    ("file", "runs"),
    [pytest.param(file, 24, id=f"{file.stem}-24") for file in BUSY if file.stem not in LONG]
    + [pytest.param(file, 96, marks=pytest.mark.nightly, id=f"{file.stem}-96") for file in BUSY],
)
def test_counting_and_integrating_agree(file: Path, runs: int) -> None:
    """O49: paired by run; the mean difference is within its t interval, which is narrow."""
    busy, pairs = churnsim.load(file), {name: list[tuple[float, float]]() for name in COUNTED}
    busy = shortened(busy, 86_400.0)
    for replication in range(runs):
        expected = evaluate(run(busy, replication, check=False), COUNTED)
        counted = evaluate(run(busy.with_(requests="sampled"), replication, check=False), COUNTED)
        for name in COUNTED:
            a, b = expected[name].value, counted[name].value
            assert (a is None) == (b is None)
            if a is not None and b is not None:
                pairs[name].append((a, b))
    compared = 0
    for name, both in pairs.items():
        if len(both) < runs or not np.ptp(np.subtract(*np.array(both).T)):
            continue
        compared += 1
        difference = np.array([b - a for a, b in both])
        error = difference.std(ddof=1) / np.sqrt(runs)
        assert abs(difference.mean()) <= stats.t.isf(ALPHA / (4 * len(COUNTED)), runs - 1) * error, name
        assert stats.t.isf(0.025, runs - 1) * error <= 0.02 * np.mean([a for a, _ in both]), name
    assert compared >= 2
