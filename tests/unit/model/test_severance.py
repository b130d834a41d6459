"""Units that are cut off from issuers and policies: worked by hand, and held against outages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from churnsim.metrics import evaluate
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import Family, Trace

LIFE = {"kind": "exponential", "mean": "9m"}
WEB = {
    "kind": "service",
    "replicas": 6,
    "startup": "5s",
    "lifetime": LIFE,
    "issuer": "mesh",
    "policy": "authz",
    "traffic": {"kind": "constant", "rate": "9/s"},
}
RETRIES = ({"kind": "exponential"}, {"kind": "immediate"}, {"kind": "none"})
REFRESHES: tuple[dict[str, Any], ...] = (
    {"kind": "pull", "every": "1m", "delay": "1s"},
    {"kind": "push", "delay": {"kind": "exponential", "mean": "6s"}},
    {"kind": "query"},
    {"kind": "long-poll", "timeout": "1m"},
)


def build(*failures: dict[str, Any], **more: Any) -> Scenario:
    tree = {
        "name": "cut",
        "horizon": "1h",
        "issuers": {"mesh": {"ttl": "5m"} | more.pop("mesh", {})},
        "policies": {
            "authz": {
                "refresh": {"kind": "pull", "every": "1m"},
                "changes": {"every": {"kind": "exponential", "mean": "2m"}},
            }
            | more.pop("authz", {})
        },
        "workloads": {"web": WEB | more.pop("web", {})},
        "failures": failures,
    }
    return Scenario.model_validate(tree | more)


def cut(*what: str, **more: Any) -> dict[str, Any]:
    return {"kind": "partition", "workload": "web", "from": what, "at": ["20m"], "lasts": "10m"} | more


def value(trace: Trace, measure: str) -> float:
    found = evaluate(trace, [measure])[measure].value
    assert found is not None
    return float(found)


def same(one: Trace, other: Trace, but: tuple[str, ...] = ()) -> bool:
    """Whether two traces are equal to the bit, causes and some tables aside."""
    return all(
        np.array_equal(values, other[name][column], equal_nan=values.dtype.kind == "f")
        for name, table in one.tables.items()
        if name not in but
        for column, values in table.items()
        if column not in ("cause", "end_cause")
    )


@pytest.mark.parametrize("retry", RETRIES, ids=lambda retry: retry["kind"])
def test_to_be_cut_off_from_an_issuer_is_an_outage_of_it(retry: dict[str, Any]) -> None:
    """All units are, and nobody else is there: every table but those of the services is the same."""
    mesh, outage = (
        {"retry": retry},
        {"kind": "issuer-outage", "issuer": "mesh", "at": ["20m"], "lasts": "10m"},
    )
    one, other = simulate(build(cut("mesh"), mesh=mesh)), simulate(build(outage, mesh=mesh))
    assert other["credentials"]["issued"].size
    assert same(one, other, but=("intervals", "cuts"))
    for measure in ("undertrust.share", "undertrust.necessity", "undertrust.request_share"):
        names = [f"{measure}.expired_{cause}" for cause in ("partition", "issuer_outage")]
        assert value(one, names[0]) == value(other, names[1]) > 0.0
        assert value(one, names[1]) == value(other, names[0]) == 0.0


@pytest.mark.parametrize("refresh", REFRESHES, ids=lambda refresh: refresh["kind"])
def test_to_be_cut_off_from_a_policy_is_an_outage_of_it(refresh: dict[str, Any]) -> None:
    """As above, with whatever decides by rote when its copy is too old."""
    outage = {"kind": "policy-outage", "policy": "authz", "at": ["20m"], "lasts": "10m"}
    authz = {"refresh": refresh, "when_stale": {"after": "2m", "then": "deny"}}
    one, other = simulate(build(cut("authz"), authz=authz)), simulate(build(outage, authz=authz))
    assert other["lapses"]["start"].size
    assert same(one, other, but=("intervals", "cuts"))


def test_a_cut_of_nobody_changes_nothing() -> None:
    """The same tables to the bit."""
    assert same(simulate(build()), simulate(build(cut("mesh", "authz", share="0%"))))


def test_a_unit_that_is_cut_off_holds_what_it_has_until_it_expires() -> None:
    """Issued at 0 s for 5 min, due at 150 s; cut off from 100 s to 1,000 s: renewed then, and not before."""
    web = {"replicas": 1, "startup": "0s", "lifetime": None}
    spell = {"at": ["100s"], "lasts": "900s"}
    mesh = {"retry": {"kind": "immediate"}}
    trace = simulate(build(cut("mesh", **spell), web=web, mesh=mesh, start="fresh"))
    assert trace["credentials"]["issued"][:3].tolist() == [0.0, 1000.0, 1150.0]
    cuts = trace["cuts"]
    assert list(zip(cuts["family"], cuts["start"], cuts["end"], strict=True)) == [
        (Family.ISSUER, 100.0, 1000.0)
    ]


def test_whoever_fills_a_slot_that_is_cut_off_is_cut_off() -> None:
    """A unit that starts in the cut waits for its first credential until it is over."""
    web = {"replicas": 1, "startup": "0s", "lifetime": "400s"}
    spell = {"at": ["300s"], "lasts": "900s"}
    mesh = {"retry": {"kind": "immediate"}}
    trace = simulate(build(cut("mesh", **spell), web=web, mesh=mesh, start="fresh"))
    assert trace["units"]["booted"][1] == 400.0
    assert trace["units"]["ready"][1] == 1200.0


def test_nodes_are_cut_off_from_an_issuer_and_heard_by_the_control_plane() -> None:
    """One of two nodes is: its unit alone cannot renew, and nobody is evicted."""
    nodes = {"here": {"zone": "a", "count": 1, "units": 1}, "there": {"zone": "b", "count": 1, "units": 1}}
    failure = {"kind": "partition", "zone": "a", "from": ["mesh"], "at": ["20m"], "lasts": "10m"}
    web = {"replicas": 2, "lifetime": None, "policy": None}
    trace = simulate(build(failure, web=web, nodes=nodes))
    assert trace.count("units") == 2
    lonely = trace["placements"]["unit"][trace["placements"]["node"] == 0]
    assert trace["cuts"]["unit"].tolist() == lonely.tolist()
    issued = [trace["credentials"]["issued"][trace["credentials"]["unit"] == unit] for unit in (0, 1)]
    within = [int(np.count_nonzero((at >= 1200.0) & (at < 1800.0))) for at in issued]
    assert within[int(lonely[0])] == 0
    assert within[1 - int(lonely[0])] == 4


@pytest.mark.parametrize(
    ("at", "refresh", "gone"),
    [
        ("1190s", {"kind": "push", "delay": "30s"}, 1220.0),
        ("1210s", {"kind": "push", "delay": "30s"}, 1830.0),
        ("1190s", {"kind": "pull", "every": "10m"}, 1805.0),
    ],
    ids=["sent-before", "sent-after", "read-after"],
)
def test_a_poisoned_version_reaches_who_is_cut_off_only_afterwards(
    at: str, refresh: dict[str, Any], gone: float
) -> None:
    """Cut off from 1,200 s to 1,800 s: what was sent before arrives, a poll at 1,205 s does not."""
    nodes = {"here": {"zone": "a", "count": 1, "units": 1}}
    failure = {"kind": "partition", "zone": "a", "from": ["authz"], "at": ["20m"], "lasts": "10m"}
    poison = {"kind": "poison-policy", "policy": "authz", "at": [at], "effect": "crash", "detected": "20m"}
    web, authz = {"replicas": 1, "lifetime": None, "issuer": None}, {"refresh": refresh, "changes": None}
    trace = simulate(build(failure, poison, web=web, nodes=nodes, authz=authz, start="fresh"))
    assert trace["units"]["gone"][0] == gone


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"from": ["control-plane"]}, "nodes alone are heard"),
        ({"zone": "a"}, "a zone or a workload"),
        ({"workload": None}, "a zone or a workload"),
        ({"from": []}, "at least 1 item"),
    ],
)
def test_a_partition_of_nothing_or_of_two_things_is_refused(more: dict[str, Any], says: str) -> None:
    """With what is wrong, and what would do."""
    with pytest.raises(ValidationError, match=says):
        build(cut("mesh", **more))
