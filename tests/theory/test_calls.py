"""What theory knows exactly of calls that are made again."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from churnsim.metrics import evaluate
from churnsim.model.call import Call
from churnsim.scenario import Scenario
from tests.theory.oracle import run, world

TRAFFIC = {"kind": "constant", "rate": "1000/s"}


def chain(*names: str, last: dict[str, Any], **call: Any) -> Scenario:
    """Each workload calls the next with all of its requests."""
    workloads: dict[str, Any] = {name: {"kind": "service", "replicas": 4} for name in names}
    for caller, callee in pairwise(names):
        workloads[caller]["calls"] = {callee: {"share": "100%", **call}}
    workloads[names[0]]["traffic"] = TRAFFIC
    workloads[names[-1]] |= last
    return world(horizon="30m", start="fresh", workloads=workloads)


def measured(scenario: Scenario, *names: str) -> list[float]:
    found = evaluate(run(scenario, 0), names)
    return [float(found[name].value or 0.0) for name in names]


def test_attempts_and_final_failures_of_calls_that_fail_by_chance() -> None:
    """O38: (1 - p^(k+1))/(1 - p) and p^(k+1) at p = 0.3, k = 3."""
    call, p = Call.model_validate({"share": "100%", "retries": 3}), np.array([0.3])
    assert call.attempts(p) == pytest.approx([1.417], rel=1e-12)
    assert call.lost(p) == pytest.approx([0.0081], rel=1e-12)


def test_overload_settles_where_what_is_turned_away_and_tried_again_agree() -> None:
    """O38 by a callee with capacity for 0.9919 of its calls: it turns away 0.3 of 1.417 times as many."""
    scenario = chain("web", "cart", last={"capacity": f"{991.9 / 4}/s"}, retries=3)
    retried, failed, available = measured(
        scenario, "amplification.retry", "calls.failed.share", "availability"
    )
    assert retried == pytest.approx(1.417, rel=1e-9)
    assert failed == pytest.approx(0.0081, rel=1e-9)
    assert available == pytest.approx(0.9919, rel=1e-9)


def test_retries_multiply_from_layer_to_layer_in_a_full_outage() -> None:
    """O38: (k + 1)^L = 27 at k = 2 and three layers; each layer by itself makes 3."""
    scenario = chain("a", "b", "c", "d", last={"startup": "2h"}, retries=2)
    loads = measured(scenario, *(f"amplification.load.{name}" for name in "bcd"), "amplification.retry")
    assert loads == pytest.approx([3.0, 9.0, 27.0, 3.0], rel=1e-12)
    assert measured(scenario, "availability", "unserved.share.dependency") == [0.0, 1.0]


def test_a_budget_bounds_what_an_outage_is_asked() -> None:
    """With 20 % of the calls for retries, three layers ask 1.2^3 times as often, however many are allowed."""
    scenario = chain("a", "b", "c", "d", last={"startup": "2h"}, retries=50, budget="20%")
    assert measured(scenario, "amplification.load.d") == pytest.approx([1.2**3], rel=1e-12)


@pytest.mark.parametrize("p", [0.0, 0.02, 0.1, 0.3, 0.9, 1.0])
def test_a_call_succeeds_once_whatever_its_budget_pays_for(p: float) -> None:
    """Each retry that is wished is granted with one chance q such that the budget is spent: attempts follow
    1 + pq + (pq)^2 + ..., of which the share 1 - p succeeds; found here by bisection in q."""
    call = Call.model_validate({"share": "100%", "retries": 4, "budget": "10%"})
    low, high = 0.0, 1.0
    for _ in range(60):
        q = (low + high) / 2
        low, high = (q, high) if sum((p * q) ** i for i in range(1, 5)) <= 0.1 else (low, q)
    attempts = sum((p * low) ** i for i in range(5))
    assert call.attempts(np.array([p])) == pytest.approx([attempts], rel=1e-9)
    assert call.lost(np.array([p])) == pytest.approx([1 - attempts * (1 - p)], abs=1e-9)


def test_of_two_states_that_agree_with_themselves_the_lesser_is_taken() -> None:
    """At 0.9 of their capacity two callees serve everything, or, once both turn away as much as retries of
    whole requests bring, x = 0.9 (1 - (1 - s)^4)/s with s = x^-2, about 3.4 times as much comes for good.

    The second is what a storm could leave behind; between two changes the first is taken.
    """
    x = 3.0
    for _ in range(200):
        s = x**-2
        x = 0.9 * (1 - (1 - s) ** 4) / s
    assert x > 2.5  # it exists
    workloads = {
        "edge": {"kind": "service", "replicas": 1, "traffic": TRAFFIC,
                 "calls": {"web": {"share": "100%", "retries": 3}}},
        "web": {"kind": "service", "replicas": 1, "calls": {"cart": "100%", "stock": "100%"}},
        **{name: {"kind": "service", "replicas": 9, "capacity": f"{1000 / 0.9 / 9}/s"}
           for name in ("cart", "stock")},
    }  # fmt: skip
    calm = world(horizon="30m", workloads=workloads)
    assert measured(calm, "availability", "amplification.load") == pytest.approx([1.0, 1.0], rel=1e-12)
    # Beyond their capacity there is no other: s = (1/x)^2, x = 1.01 (1 - (1 - s)^4)/s.
    over = calm.with_({"workloads.edge.traffic.rate": f"{1010 / 0.9}/s"})
    for _ in range(2000):
        x = 1.01 * (1 - (1 - x**-2) ** 4) * x**2
    load, available = measured(over, "amplification.load.cart", "availability")
    assert load == pytest.approx(x / 1.01, rel=1e-6)
    assert available == pytest.approx(1 - (1 - x**-2) ** 4, rel=1e-6)


def test_calls_that_are_never_made_change_nothing() -> None:
    """With a share of nothing the same tables come out as without calls, and calls of nothing."""
    units: dict[str, Any] = {"kind": "service", "replicas": 5, "lifetime": "20m", "traffic": TRAFFIC}
    alone = world(horizon="2h", workloads={"web": units, "cart": units | {"capacity": "150/s"}})
    calling = world(
        horizon="2h",
        workloads={"web": units | {"calls": {"cart": "0%"}}, "cart": units | {"capacity": "150/s"}},
    )
    one, other = run(alone, 0), run(calling, 0)
    assert not other["calls"]["attempts"].any()
    for name, table in one.tables.items():
        if name != "calls":
            for column, values in table.items():
                same = other[name][column]
                if values.dtype.kind == "f":
                    assert np.allclose(values, same, rtol=1e-12, atol=1e-9, equal_nan=True), (name, column)
                else:
                    assert (values == same).all()


def test_what_is_called_alone_is_used_too() -> None:
    """All requests of half an hour are calls: 500/s for 4 units of 250/s each."""
    workloads = {
        "web": {"kind": "service", "replicas": 1, "traffic": TRAFFIC, "calls": {"cart": "50%"}},
        "cart": {"kind": "service", "replicas": 4, "capacity": "250/s"},
    }
    assert measured(world(horizon="30m", workloads=workloads), "capacity.utilisation") == [0.5]


def test_nothing_is_used_where_nothing_comes() -> None:
    """A capacity without requests or calls is not used at all."""
    scenario = world(workloads={"web": {"kind": "service", "replicas": 1, "capacity": "9/s"}})
    assert measured(scenario, "capacity.utilisation") == [0.0]
