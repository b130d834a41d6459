"""Functions: who takes a request, when units are started, and when they go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from churnsim.base.errors import ScenarioError
from churnsim.engine import Streams
from churnsim.metrics import evaluate
from churnsim.model.instants import instants
from churnsim.model.traffic.diurnal import DiurnalTraffic
from churnsim.scenario import Scenario
from churnsim.scenario.load import load
from churnsim.simulate import simulate
from churnsim.trace import InvocationOutcome, Trace

RARE = {"kind": "constant", "rate": "30/h"}
BUSY = {"kind": "constant", "rate": "1/s"}


def lived(
    failures: tuple[dict[str, Any], ...] = (), world: dict[str, Any] | None = None, **fields: Any
) -> Trace:
    """A run of a function for two hours."""
    function = {"kind": "function", "traffic": BUSY, "service": "2s", "keep_alive": "1m", **fields}
    tree = {"name": "small", "horizon": "2h", "workloads": {"fetch": function}, "failures": list(failures)}
    return simulate(Scenario.model_validate(tree | (world or {})))


def value(trace: Trace, name: str) -> float | None:
    return evaluate(trace, [name])[name].value


def test_every_unit_that_is_not_kept_was_started_for_a_request_and_goes_once_idle_for_long() -> None:
    """Flow balance: one at a time, cold starts are units started; all but those alive at t1 have expired."""
    trace = lived(startup="3s")
    units, taken = trace["units"], trace["invocations"]
    cold = ~(units["ready"][taken["unit"]] < taken["arrived"])
    assert np.count_nonzero(cold) == trace.count("units")
    last = np.full(trace.count("units"), -np.inf)
    np.fmax.at(last, taken["unit"], taken["ended"])
    over = ~np.isnan(units["stopped"])
    assert np.count_nonzero(over) > 5
    assert np.allclose(units["stopped"][over], last[over] + 60.0)


def test_who_is_kept_alive_for_ever_with_enough_provisioned_never_starts_cold() -> None:
    """Null test: nothing is ever started or stopped, and nobody waits."""
    trace = lived((), {"history": "1m"}, provisioned=30, limit=30, keep_alive="1000d")
    assert value(trace, "cold_start.share") == 0.0
    assert value(trace, "churn.rate") == 0.0
    assert (trace["invocations"]["began"] == trace["invocations"]["arrived"]).all()


def test_a_request_goes_to_a_kept_unit_first_and_else_to_the_newest() -> None:
    """So that old units run out of requests, and go."""
    trace = lived(provisioned=1, startup="3s")
    units, taken = trace["units"], trace["invocations"]
    for number in range(0, trace.count("invocations"), 7):
        now = taken["arrived"][number]
        with_one = (taken["arrived"] < now) & ~(taken["ended"] <= now)
        free = (units["ready"] < now) & ~(units["stopped"] <= now)
        free[taken["unit"][with_one]] = False
        if not free.any():
            continue
        found = np.flatnonzero(free)
        best = found[np.lexsort((-units["created"][found], units["slot"][found] > 0))[0]]
        assert taken["unit"][number] == best


def test_requests_that_come_meanwhile_wait_at_a_unit_that_is_about_to_be_ready() -> None:
    """With places for many, one start serves all who come while it lasts."""
    trace = lived(startup="20s", concurrency=1000)
    assert trace.count("units") == 1
    taken, ready = trace["invocations"], trace["units"]["ready"][0]
    early = taken["arrived"] < ready
    assert np.count_nonzero(early) > 5
    assert (taken["began"][early] == ready).all()


def test_as_many_units_as_there_may_be_turn_the_rest_away() -> None:
    """Never more at a time than the limit; turned away is neither served nor waiting."""
    trace = lived(limit=2)
    assert trace["targets"]["units"].max() == 2
    table = trace["traffic"]
    assert table["throttled"].sum() > 1000
    assert table["throttled"].sum() + table["served"].sum() == table["offered"].sum()


def test_who_waits_for_too_long_gives_up_and_leaves_its_place() -> None:
    """A start-up of 10 s, patience for 4 s: only who comes to a ready unit, or shortly before, is served."""
    trace = lived(startup="10s", patience="4s", keep_alive="20s", traffic=RARE)
    taken = trace["invocations"]
    gave_up = taken["outcome"] == InvocationOutcome.GAVE_UP
    assert gave_up.any()
    assert np.allclose((taken["ended"] - taken["arrived"])[gave_up], 4.0)
    waited = (taken["began"] - taken["arrived"])[~gave_up]
    assert waited[~np.isnan(waited)].max() <= 4.0
    assert trace["traffic"]["no_endpoint"].sum() > 0


def test_a_crash_cuts_short_what_its_unit_has_begun() -> None:
    """Whoever was being served gets no answer; nobody replaces the unit until somebody comes."""
    trace = lived(({"kind": "crash", "workload": "fetch", "every": {"kind": "exponential", "mean": "1m"}},))
    taken, units = trace["invocations"], trace["units"]
    cut = taken["outcome"] == InvocationOutcome.CUT_SHORT
    assert cut.any()
    assert (taken["ended"][cut] == units["gone"][taken["unit"][cut]]).all()
    assert trace["traffic"]["dead_endpoint"].sum() == np.count_nonzero(cut & (taken["arrived"] >= 0))


def test_a_unit_whose_lifetime_is_over_takes_no_more_and_goes_when_it_is_done() -> None:
    """No request is cut short by a lifetime, and none begins after it."""
    trace = lived(lifetime="5m", service={"kind": "exponential", "mean": "30s"}, provisioned=2)
    taken, units = trace["invocations"], trace["units"]
    assert not (taken["outcome"] == InvocationOutcome.CUT_SHORT).any()
    age = (taken["arrived"] - units["ready"][taken["unit"]])[units["created"][taken["unit"]] >= 0]
    assert age.max() <= 300.0
    over = units["stopped"] - units["ready"] > 300.0
    assert over.any()


def test_requests_meet_what_was_true_of_their_unit_when_it_began_with_them() -> None:
    """Credentials run out in an outage: who holds none is refused; shares add up to the requests."""
    outage = {"kind": "issuer-outage", "issuer": "mesh", "at": ["30m"], "lasts": "40m"}
    issuers = {"issuers": {"mesh": {"ttl": "20m", "retry": {"kind": "immediate"}}}}
    expected = lived((outage,), issuers, provisioned=5, limit=5, issuer="mesh")
    refused = expected["traffic"]["credential_rejected"]
    assert refused.sum() > 100
    assert value(expected, "unserved.share.credential_rejected") == pytest.approx(
        refused.sum() / expected["traffic"]["offered"].sum()
    )
    sampled = lived((outage,), issuers | {"requests": "sampled"}, provisioned=5, limit=5, issuer="mesh")
    assert (sampled["traffic"]["offered"] == expected["traffic"]["offered"]).all()
    # With one point a request is refused or not: nothing is left to chance.
    assert (sampled["traffic"]["credential_rejected"] == refused).all()


def test_a_cold_start_waits_for_its_credential_and_its_policy_too() -> None:
    """Phases add up to the wait."""
    trace = lived(
        (),
        {
            "issuers": {"mesh": {"ttl": "1h", "attestation": "3s"}},
            "policies": {
                "authz": {"refresh": {"kind": "pull", "every": "1m"}, "first_read": {"takes": "2s"}}
            },
        },
        pending="1s", startup="5s", issuer="mesh", policy="authz", traffic=RARE,
    )  # fmt: skip
    found = {
        phase: value(trace, f"cold_start.mean.{phase}")
        for phase in ("placement", "startup", "credential", "policy")
    }
    assert found == pytest.approx({"placement": 1.0, "startup": 5.0, "credential": 3.0, "policy": 2.0})
    assert value(trace, "cold_start.p95") == pytest.approx(11.0)


def test_requests_come_where_the_integrated_rate_says() -> None:
    """Between two instants it rises by the steps of a Poisson process of rate 1, whatever the shape."""
    traffic = DiurnalTraffic.model_validate(
        {"kind": "diurnal", "mean": "1/s", "swing": "90%", "period": "1h"}
    )
    stream = Streams(7).named("any")
    offered = traffic.load(stream, -1000.0, 9000.0)
    found = instants(offered, stream, stream.lane(0), -1000.0, 9000.0)
    assert (np.diff(found) > 0).all()
    levels = offered.between(np.full(found.size, -1000.0), found)
    steps = -np.log(stream.uniform(stream.lane(0), np.arange(found.size)))
    assert np.allclose(np.diff(levels, prepend=0.0), steps, atol=1e-9)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("provisioned: 5, limit: 3", "provisioned must not be more than limit (got 5, over 3)"),
        ("keep_alive: -1s", "keep_alive"),
        ("concurrency: 0", "concurrency"),
    ],
)
def test_bounds_that_contradict_each_other_are_refused_at_their_place(
    tmp_path: Path, fields: str, said: str
) -> None:
    text = f"""name: bad
horizon: 1h
workloads:
  fetch: {{kind: function, traffic: {{kind: constant, rate: 1/s}}, service: 1s, keep_alive: 1m, {fields}}}
"""
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(ScenarioError) as refused:
        load(file)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("policy", "rate", "said"),
    [
        ("{refresh: {kind: pull, every: 1m}, cache: {kind: fixed, allow: 1m}}", "1/s", "decision cache"),
        ("{refresh: {kind: pull, every: 1m}}", "10000/s", "handled one by one"),
    ],
)
def test_what_no_function_can_have_is_refused_with_a_remedy(
    tmp_path: Path, policy: str, rate: str, said: str
) -> None:
    text = f"""name: bad
horizon: 1h
policies: {{authz: {policy}}}
workloads:
  fetch:
    kind: function
    traffic: {{kind: constant, rate: {rate}}}
    service: 1s
    keep_alive: 1m
    policy: authz
"""
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(ScenarioError) as refused:
        load(file)
    assert said in str(refused.value)


def test_a_request_that_takes_no_time_is_served_by_the_unit_that_goes_with_it() -> None:
    """Half of the requests are their unit's last, at the instant at which it goes."""
    parts = [{"weight": "50%", "law": "0s"}, {"weight": "50%", "law": "1h"}]
    trace = lived(service="0s", keep_alive={"kind": "mixture", "parts": parts})
    taken, units = trace["invocations"], trace["units"]
    with_it = taken["began"] == units["gone"][taken["unit"]]
    assert np.count_nonzero(with_it & (units["ready"][taken["unit"]] < taken["began"])) > 100
    assert trace["traffic"]["served"].sum() == trace["traffic"]["offered"].sum()
    assert value(trace, "availability") == 1.0
