"""Calls that nobody can answer, that never end, or that cannot be worked out are refused at their place."""

from __future__ import annotations

from typing import Any

import pytest

from churnsim.base.errors import ScenarioError
from churnsim.model.call import Call, reached
from churnsim.scenario import Scenario
from churnsim.simulate import simulate

SERVICE: dict[str, Any] = {"kind": "service", "replicas": 2}
WORLD: dict[str, Any] = {
    "name": "calling",
    "horizon": "1h",
    "workloads": {
        "web": SERVICE | {"traffic": {"kind": "constant", "rate": "10/s"}, "calls": {"cart": "60%"}},
        "cart": SERVICE | {"calls": {"stock": {"share": "100%", "retries": 2}}},
        "stock": SERVICE,
        "batch": {"kind": "processor", "replicas": 1, "jobs": {"every": "1m", "work": "1m"}},
    },
}
BLOCKING: dict[str, Any] = {
    "sinks": {"archive": {}},
    "evidence": {"answer": {"kind": "request", "workload": "web", "owes": ["log"]}},
    "artefacts": {
        "log": {
            "of": "answer",
            "sink": "archive",
            "shipping": {"kind": "periodic", "every": "1m"},
            "buffer": {"most": 9, "when_full": "block"},
        }
    },
}


def changed(**changes: Any) -> Scenario:
    return Scenario.model_validate(WORLD).with_(changes)


@pytest.mark.parametrize(
    ("changes", "path", "said"),
    [
        (
            {"workloads.web.calls": {"card": "60%"}},
            ("workloads", "web", "calls", "card"),
            "there is no 'card' among the workloads; did you mean 'cart'?",
        ),
        (
            {"workloads.web.calls": {"batch": "60%"}},
            ("workloads", "web", "calls", "batch"),
            "batch answers no calls: only services do; call a service",
        ),
        (
            {"workloads.stock.calls": {"cart": "50%"}},
            ("workloads", "cart", "calls", "stock"),
            "these calls come round without bound: cart -> stock -> cart, and with all retries every step "
            "makes 1.22 requests of one in the long run; lower a share, the retries or their budget",
        ),
        (
            {"workloads.stock.calls": {"stock": "100%"}},
            ("workloads", "stock", "calls", "stock"),
            "these calls come round without bound: stock -> stock",
        ),
        (
            {"workloads.web.calls": {"cart": {"share": "60%", "retries": -1}}},
            ("workloads", "web", "calls", "cart", "retries"),
            "must be at least 0 (got -1)",
        ),
        (
            {"workloads.web.calls": {"cart": "often"}},
            ("workloads", "web", "calls", "cart"),
            "not a share: 'often'; write 25%",
        ),
        (
            {"workloads.web.calls": {"cart": {"share": "60%", "timeout": "2s"}}},
            ("workloads", "web", "calls", "cart", "timeout"),
            "cart answers at once: without workers its requests take no time; write workers in cart, or",
        ),
        (
            {"workloads.web.calls": {"cart": {"share": "60%", "pause": "2s"}}},
            ("workloads", "web", "calls", "cart", "pause"),
            "a pause of 2s means nothing without retries; give retries, or leave pause out",
        ),
        (
            {"workloads.cart.workers": {"number": 4}},
            ("workloads", "cart", "workers"),
            "workers need the capacity of the unit",
        ),
        (
            {
                "sinks": BLOCKING["sinks"],
                "evidence": BLOCKING["evidence"],
                "artefacts": {"log": {"of": "answer", "sink": "archive", "shipping": {"kind": "sync"}}},
                "workloads.web.capacity": "9/s",
                "workloads.web.workers": {},
            },
            ("evidence", "answer", "workload"),
            "its requests queue for workers, and evidence follows only those that do not",
        ),
        (
            BLOCKING,
            ("artefacts", "log", "buffer"),
            "how full this buffer is depends on the calls of web, and these on whether it is full",
        ),
    ],
)
def test_what_calls_cannot_mean_is_told_at_its_place(changes: dict[str, Any], path: Any, said: str) -> None:
    """With what is wrong and what would be right."""
    with pytest.raises(ScenarioError) as caught:
        changed(**changes)
    (problem,) = caught.value.problems
    assert problem.path == path
    assert said in f"{problem.message}; {problem.remedy}"


def test_calls_may_come_round_if_they_become_fewer() -> None:
    """A third of the calls come back, each tried up to three times on the way: a little less every round."""
    scenario = changed(**{"workloads.stock.calls": {"cart": "33%"}})
    assert simulate(scenario).count("calls") > 0


def test_first_attempts_reach_whom_shares_lead_to() -> None:
    """60 % of web's requests reach cart and stock; of 20 % that come back, 1/(1 - 0.2) in all."""
    callees = {
        "web": {"cart": Call.model_validate({"share": "60%"})},
        "cart": {"stock": Call.model_validate({"share": "100%", "retries": 5})},
        "stock": {"cart": Call.model_validate({"share": "20%"})},
    }
    found = reached(callees)
    assert found["web"] == {"web": 1.0}
    assert found["cart"] == pytest.approx({"web": 0.75, "cart": 1.25, "stock": 0.25})
    assert found["stock"] == pytest.approx({"web": 0.75, "cart": 1.25, "stock": 1.25})


def test_an_autoscaler_goes_by_calls_too() -> None:
    """60 % of 10/s come to units of 1/s that are to be used by half: twelve of them."""
    scaled = {"capacity": "1/s", "autoscaler": {"kind": "hpa", "target": "50%", "ceiling": 30}}
    trace = simulate(changed(**{f"workloads.cart.{key}": value for key, value in scaled.items()}))
    targets = trace["targets"]
    assert targets["units"][targets["workload"] == 1][-1] == 12
