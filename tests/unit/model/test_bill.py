"""The bill: whose units cost what, and what rounding their time up adds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.metrics import evaluate
from churnsim.model.price import Prices
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import Trace

HOUR = 3600.0


def lived(prices: dict[str, Any], horizon: str = "1h", **workloads: dict[str, Any]) -> Trace:
    """A run of services that start fresh."""
    world = {
        "name": "billed",
        "horizon": horizon,
        "start": "fresh",
        "prices": prices,
        "workloads": {
            name: {"kind": "service", "replicas": 1} | written for name, written in workloads.items()
        },
    }
    return simulate(Scenario.model_validate(world), seed=1)


def quantity(trace: Trace, item: str, workload: str | None = None) -> float:
    """How many of an item, of one workload or of all."""
    bill = trace["bill"]
    chosen = bill["item"] == item
    if workload is not None:
        chosen &= bill["workload"] == [info.name for info in trace.meta.workloads].index(workload)
    return float(bill["quantity"][chosen].sum())


@pytest.mark.parametrize(
    ("minimum", "increment", "seconds", "billed"),
    [
        ("0s", "0s", 10.5, 10.5),
        ("0s", "1s", 10.5, 11.0),
        ("0s", "1s", 11.0, 11.0),
        ("0s", "100ms", 0.3, 0.3),  # three steps, though 0.3/0.1 is rounded to more than 3
        ("1m", "1s", 10.5, 60.0),
        ("1m", "1s", 60.2, 61.0),
    ],
)
def test_time_is_billed_in_steps_and_for_a_shortest_time(
    minimum: str, increment: str, seconds: float, billed: float
) -> None:
    prices = Prices.model_validate({"minimum": minimum, "increment": increment})
    assert prices.billed(np.array([seconds])) == pytest.approx([billed], rel=1e-12)


def test_units_of_forty_seconds_are_billed_for_a_minute() -> None:
    """90 of them end in an hour, each with 20 s more; the first begins with it, and one ends with it."""
    trace = lived({"unit_hour": "$1", "minimum": "1m"}, web={"lifetime": "40s"})
    assert quantity(trace, "unit_hours") == pytest.approx(1.0, rel=1e-9)
    assert quantity(trace, "rounded_hours") == pytest.approx(89 * 20 / HOUR, rel=1e-9)
    total = evaluate(trace, ["cost.total"])["cost.total"].value
    assert total == pytest.approx(1.0 + 89 * 20 / HOUR, rel=1e-9)


def test_what_nobody_rounds_adds_nothing() -> None:
    """Null: without minimum or steps there is no such item."""
    assert "rounded_hours" not in lived({"unit_hour": "$1"}, web={"lifetime": "40s"})["bill"]["item"]


def test_a_workload_has_its_own_price_and_discount() -> None:
    """One at the list's 1 USD, two at 3 USD with 70 % let off, one free: 1 + 1.80 USD."""
    trace = lived(
        {"unit_hour": "$1"},
        web={},
        spot={"replicas": 2, "price": "$3", "discount": "70%", "tenant": "batch"},
        spare={"price": "$0", "tenant": "batch"},
    )
    found = {name: each.value for name, each in evaluate(trace, ["cost.workload", "cost.tenant"]).items()}
    assert found == pytest.approx(
        {
            "cost.workload": 2.8, "cost.workload.web": 1.0, "cost.workload.spot": 1.8,
            "cost.workload.spare": 0.0,
            "cost.tenant": 2.8, "cost.tenant.default": 1.0, "cost.tenant.batch": 1.8,
        }
    )  # fmt: skip


def test_a_function_is_billed_while_it_handles_requests() -> None:
    """One request after the other: so many taken, and as many times as long as each takes."""
    function = {
        "kind": "function",
        "traffic": {"kind": "constant", "rate": "10/m"},
        "service": "2s",
        "keep_alive": "5m",
        "price": "$0",
    }
    world = {
        "name": "billed",
        "horizon": "1h",
        "prices": {"busy_hour": "$0.06", "invocation": "$0.0000002", "control_plane_hour": "$0.10"},
        "workloads": {"resize": function},
    }
    trace = simulate(Scenario.model_validate(world), seed=1)
    taken = trace["invocations"]
    began = int(((taken["began"] >= 0) & (taken["began"] < HOUR)).sum())
    assert began > 500
    assert quantity(trace, "invocations", "resize") == began
    assert quantity(trace, "busy_hours") == pytest.approx(began * 2 / HOUR, abs=2 * 2 / HOUR)
    assert quantity(trace, "control_plane_hours") == 1.0
    total = evaluate(trace, ["cost.total"])["cost.total"].value
    assert total == pytest.approx(0.06 * quantity(trace, "busy_hours") + 2e-7 * began + 0.1, rel=1e-9)
