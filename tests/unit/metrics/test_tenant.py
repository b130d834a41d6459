"""Over- and under-trust, and requests served, by tenant."""

from __future__ import annotations

from dataclasses import replace

import builder as b
import pytest
from test_orphan import value

from churnsim.metrics import evaluate


def two_tenants():
    """Two workloads of two tenants with a policy in common, a unit each: blue hears of version 1 late."""
    return b.trace(
        policies=(b.policy(1),),
        workloads=(
            replace(b.workload("a", policy=0), tenant="red"),
            replace(b.workload("b", policy=0), tenant="blue"),
        ),
        units=[b.unit(0), b.unit(1) | {"workload": 1}],
        commits=[*b.permissions(1), b.commit(1, 10.0, 0), b.commit(2, 50.0, 1)],
        adoptions=[
            b.adoption(0, 0, 0.0), b.adoption(0, 1, 15.0), b.adoption(0, 2, 52.0),
            b.adoption(1, 0, 0.0), b.adoption(1, 1, 40.0), b.adoption(1, 2, 57.0),
        ],
    )  # fmt: skip


def test_each_tenant_has_the_pair_seconds_of_its_workloads():
    """Revoked at 10: 5 s at red's only unit, 30 s at blue's. Granted again at 50: 2 s and 7 s."""
    trace = two_tenants()
    for side, red, blue in (("over", 5.0, 30.0), ("under", 2.0, 7.0)):
        assert value(trace, f"tenant.{side}trust.red") == pytest.approx(red)
        assert value(trace, f"tenant.{side}trust.blue") == pytest.approx(blue)
        assert value(trace, f"tenant.{side}trust") == pytest.approx(red + blue)
    assert value(trace, "tenant.overtrust") == pytest.approx(value(trace, "overtrust.pair_seconds"))


def test_each_tenant_has_the_availability_of_its_workloads():
    """90 of 100 served for red in two workloads, 190 of 200 for blue; green is asked nothing."""
    names = {"a": "red", "b": "blue", "c": "red", "d": "green"}
    requests = ((0, 60.0, 50.0), (1, 200.0, 190.0), (2, 40.0, 40.0))
    trace = b.trace(
        workloads=tuple(replace(b.workload(name), tenant=tenant) for name, tenant in names.items()),
        traffic=[
            {"workload": code, "start": 0.0, "end": 100.0, "load": many, "offered": many, "intended": many,
             "served": served, "no_endpoint": many - served}
            for code, many, served in requests
        ],
    )  # fmt: skip
    assert value(trace, "tenant.availability.red") == 0.9
    assert value(trace, "tenant.availability.blue") == 0.95
    assert value(trace, "tenant.availability.green") is None
    assert value(trace, "tenant.availability") == value(trace, "availability") == pytest.approx(280 / 300)
    assert value(trace, "availability.tenant_min") == 0.9


def test_without_anybody_to_trust_it_is_undefined():
    """No issuer and no policy."""
    found = evaluate(b.trace(units=[b.unit(0)]), ["tenant.overtrust"])
    assert {each.value for each in found.values()} == {None}
