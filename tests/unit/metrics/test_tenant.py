"""Over- and under-trust by tenant."""

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


def test_without_anybody_to_trust_it_is_undefined():
    """No issuer and no policy."""
    found = evaluate(b.trace(units=[b.unit(0)]), ["tenant.overtrust"])
    assert {each.value for each in found.values()} == {None}
