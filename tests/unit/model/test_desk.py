"""An issuer with a desk, and one that needs another: small worlds worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.base.errors import ScenarioError
from churnsim.metrics import evaluate
from churnsim.model.limiter import Limiter
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import Family, ServiceState, Trace


def lived(issuers: dict[str, Any], *, replicas: int = 3, **more: Any) -> Trace:
    """Units of one fleet that all come to mesh at 0, seen for ten minutes unless told otherwise."""
    web = {"kind": "service", "replicas": replicas, "issuer": "mesh"}
    tree = {"name": "desk", "horizon": "10m", "start": "fresh", "workloads": {"web": web}, **more}
    return simulate(Scenario.model_validate(tree | {"issuers": issuers}))


def desk(capacity: dict[str, Any], **more: Any) -> dict[str, Any]:
    retry = {"kind": "fixed", "every": "10s"}
    return {"mesh": {"ttl": "1h", "retry": retry, "capacity": capacity, **more}}


def value(trace: Trace, measure: str) -> float | None:
    return evaluate(trace, [measure])[measure].value


def outcomes(trace: Trace) -> list[str]:
    return [trace.names("outcome")[code] for code in trace["signings"]["outcome"].tolist()]


def test_units_that_come_at_once_are_signed_one_after_the_other_by_slot():
    """Three at 0 s, 2 s each: signed at 2, 4 and 6 s."""
    trace = lived(desk({"service": "2s"}))
    assert trace["credentials"]["issued"].tolist() == [2.0, 4.0, 6.0]
    assert trace["credentials"]["unit"].tolist() == [0, 1, 2]
    assert value(trace, "issuer.wait.mean") == 2.0
    assert value(trace, "issuer.queue.max") == 2.0
    assert value(trace, "issuer.utilisation") == pytest.approx(6 / 600)


def test_a_bucket_of_two_refuses_the_third_who_comes_again():
    """Two tokens at 0 s; a third after 60 s at 1/min, met by the sixth retry at the latest."""
    trace = lived(desk({"rate": "1/min", "burst": 2}))
    assert trace["credentials"]["issued"].tolist() == [0.0, 0.0, 60.0]
    assert outcomes(trace) == ["signed", "signed", *["limited"] * 6, "signed"]
    assert value(trace, "issuer.refused.share.limited") == pytest.approx(6 / 9)


def test_a_full_queue_refuses_at_once():
    """One is served, one waits, the third is refused and comes back 10 s later."""
    trace = lived(desk({"service": "4s", "queue": {"most": 1}}))
    assert trace["credentials"]["issued"].tolist() == [4.0, 8.0, 14.0]
    assert outcomes(trace) == ["signed", "signed", "full", "signed"]


@pytest.mark.parametrize(("abandoned", "wasted"), [("dropped", 8 / 20), ("signed", 12 / 24)])
def test_a_holder_that_gave_up_comes_again(abandoned: str, wasted: float):
    """Three at 0 s, 4 s each, patient for 5 s: the second is being signed at 5 s, the third still waits.

    Both give up and come again at 15 s; then the third is being signed at 20 s, gives up, comes at 30 s. What
    is being signed is finished in vain (4 to 8 s, 19 to 23 s); what waited is dropped, or signed from 8 s on.
    """
    trace = lived(desk({"service": "4s", "timeout": "5s", "abandoned": abandoned}))
    assert trace["credentials"]["issued"].tolist() == [4.0, 19.0, 34.0]
    assert trace["credentials"]["tries"].tolist() == [0, 1, 2]
    assert value(trace, "issuer.wasted.share") == pytest.approx(wasted)


def test_an_outage_fails_what_is_there_at_once():
    """Signed from 0 s on, 10 s each; the outage at 5 s ends both, and they come back 10 s later."""
    failure = {"kind": "issuer-outage", "issuer": "mesh", "at": ["5s"], "lasts": "5s"}
    trace = lived(desk({"service": "10s"}), replicas=2, failures=[failure])
    assert outcomes(trace)[:2] == ["failed", "failed"]
    assert trace["signings"]["ended"].tolist()[:2] == [5.0, 5.0]
    assert trace["credentials"]["issued"].tolist() == [25.0, 35.0]
    assert trace["credentials"]["tries"].tolist() == [1, 1]


def test_who_leaves_the_queue_makes_room_for_who_waits_at_the_door():
    """20 s each, room for one: the third is at the door until the second is withdrawn, from 5 to 305 s."""
    web = {"kind": "service", "replicas": 3, "issuer": "mesh", "owner": {"kind": "agent", "units": 1}}
    failure = {"kind": "owner-outage", "workload": "web", "owner": 1, "at": ["5s"], "lasts": "5m"}
    issuer = desk({"service": "20s", "queue": {"most": 1}}, retry={"kind": "immediate"})
    trace = lived(issuer, workloads={"web": web}, failures=[failure])
    assert outcomes(trace)[:4] == ["signed", "withdrawn", "full", "signed"]
    assert trace["signings"]["arrived"].tolist()[:4] == [0.0, 0.0, 0.0, 5.0]
    assert trace["credentials"]["issued"].tolist() == [20.0, 325.0, 40.0]


def test_a_brown_out_slows_what_begins_within_it():
    """2 s each; from 3 s on five times as long, until 13 s: signed at 2, 4 (begun before), 14 and 16 s."""
    failure = {"kind": "issuer-brownout", "issuer": "mesh", "at": ["3s"], "lasts": "10s", "factor": 5}
    trace = lived(desk({"service": "2s"}), replicas=4, failures=[failure])
    assert trace["credentials"]["issued"].tolist() == [2.0, 4.0, 14.0, 16.0]


def test_the_newest_unit_goes_before_renewals():
    """Newest first, whoever booted last is taken first."""
    issuer = desk({"service": "20s", "queue": {"kind": "newest-first"}})
    startup = {"kind": "uniform", "low": "0s", "high": "19s"}
    web = {"kind": "service", "replicas": 6, "issuer": "mesh", "startup": startup}
    trace = lived(issuer, workloads={"web": web})
    table, booted = trace["signings"], trace["units"]["booted"]
    order = np.argsort(table["began"])
    by_boot = booted[table["unit"][order]]
    assert (np.diff(by_boot[1:]) < 0).all()  # the first came to a free signer


def test_attestation_delays_the_first_request_and_no_other():
    """Asked 30 s after the boot, then at every half of the hour."""
    trace = lived({"mesh": {"ttl": "1h", "attestation": "30s"}}, replicas=1, horizon="2h")
    assert trace["credentials"]["asked"].tolist() == [30.0, 1830.0, 3630.0, 5430.0]
    assert value(trace, "first_credential.p95") == 30.0


NEEDY = {"mesh": {"ttl": "1h", "needs": {"issuer": "root"}}, "root": {"ttl": "1h"}}


def outage(issuer: str, at: str, lasts: str) -> dict[str, Any]:
    return {"kind": "issuer-outage", "issuer": issuer, "at": [at], "lasts": lasts}


def states(trace: Trace, issuer: str) -> list[tuple[str, float, float]]:
    table = trace.intervals(Family.ISSUER)
    rows = np.flatnonzero(table["entity"] == trace.code("issuer", issuer))
    return [
        (trace.state_name(Family.ISSUER, int(table["state"][i])), table["start"][i], table["end"][i])
        for i in rows
    ]


def test_an_issuer_is_blocked_until_what_it_needs_is_up():
    """Down from 60 to 120 s, root from 90 to 180 s: blocked from 120 to 180 s."""
    trace = lived(NEEDY, failures=[outage("mesh", "1m", "1m"), outage("root", "90s", "90s")])
    assert states(trace, "mesh")[-4:] == [
        ("up", 0.0, 60.0), ("down", 60.0, 120.0), ("blocked", 120.0, 180.0), ("up", 180.0, 600.0),
    ]  # fmt: skip
    assert value(trace, "issuer.blocked") == pytest.approx(60 / 600)


def test_what_is_up_stays_up_when_what_it_needs_goes_down():
    """A need is a need to start."""
    trace = lived(NEEDY, failures=[outage("root", "1m", "1m")])
    assert states(trace, "mesh")[-1] == ("up", 0.0, 600.0)


def test_a_loop_that_goes_down_together_never_comes_up_again():
    """Both down at 60 s; from 120 s on both are blocked, and the run ends all the same."""
    loop = {**NEEDY, "root": {"ttl": "1h", "needs": {"issuer": "mesh"}}}
    both = [outage("mesh", "1m", "1m"), outage("root", "1m", "1m")]
    trace = lived(loop, failures=both, start="stationary")
    for issuer in loop:
        assert states(trace, issuer)[-1] == ("blocked", 120.0, 600.0)
    assert value(trace, "issuer.blocked") == pytest.approx(480 / 600)
    fresh = lived(loop)
    assert states(fresh, "mesh") == [("blocked", 0.0, 600.0)]
    assert fresh.count("credentials") == 0


def test_a_limiter_is_a_token_bucket():
    """Against counting tokens, at instants of any spacing; a burst of 3, a token every 2 s."""
    random, limiter = np.random.default_rng(3), Limiter(0.5, 3)
    tokens, last = 3.0, 0.0
    for now in np.cumsum(random.exponential(1.0, 2000)).tolist():
        tokens, last = min(tokens + (now - last) * 0.5, 3.0), now
        admitted = tokens >= 1
        assert limiter.admits(now) == admitted
        tokens -= admitted


@pytest.mark.parametrize(
    ("capacity", "said"),
    [
        ({"burst": 3}, "burst"),
        ({"rate": "0/s"}, "admits nobody"),
        ({"signers": 0}, "at least 1"),
        ({"timeout": "0s"}, "timeout"),
        ({"queue": {"kind": "lifoo"}}, "did you mean 'lifo'"),
        ({"queue": {"most": -1}}, "most"),
        ("50/s", "mapping"),
    ],
)
def test_a_capacity_that_makes_no_sense_is_told_where_it_stands(capacity: Any, said: str):
    """Place, value and remedy; never a traceback."""
    scenario = Scenario.model_validate({
        "name": "good", "horizon": "1h", "issuers": {"mesh": {"ttl": "1h"}},
        "workloads": {"web": {"kind": "service", "replicas": 1, "issuer": "mesh"}},
    })  # fmt: skip
    with pytest.raises(ScenarioError, match=r"issuers\.mesh\.capacity") as caught:
        scenario.with_({"issuers.mesh.capacity": capacity})
    assert said in str(caught.value)


def test_a_need_that_is_not_there_is_told_with_the_nearest():
    """A name is checked wherever it stands."""
    with pytest.raises(ScenarioError, match="did you mean 'mesh'"):
        Scenario.model_validate({
            "name": "good", "horizon": "1h", "issuers": {"mesh": {"ttl": "1h"}},
            "workloads": {"web": {"kind": "service", "replicas": 1, "issuer": "mesh"}},
        }).with_({"issuers.mesh.needs": {"issuer": "mest"}})  # fmt: skip


def test_somebody_who_is_down_in_the_trace_is_not_up():
    """Down and blocked alike."""
    trace = lived(NEEDY, failures=[outage("mesh", "1m", "1m"), outage("root", "90s", "90s")])
    off = trace.unavailable(Family.ISSUER)
    mesh = trace.code("issuer", "mesh")
    assert off.contains(150.0, mesh)
    assert not off.contains(180.0, mesh)
    assert ServiceState.BLOCKED in trace.intervals(Family.ISSUER)["state"]
