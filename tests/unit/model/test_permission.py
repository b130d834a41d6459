"""Permissions: what principals may do with several resources, decided apart or together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.metrics import evaluate
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import Trace

MEASURES = ("overtrust.pair_seconds", "overtrust.request_share", "undertrust.policy_share", "availability")


def run(**policy: Any) -> Trace:
    changes = {"every": {"kind": "exponential", "mean": "1m"}} | policy.pop("changes", {})
    authz = {"refresh": {"kind": "pull", "every": "2m"}, "changes": changes, **policy}
    web = {
        "kind": "service", "replicas": 5, "policy": "authz",
        "traffic": {"kind": "constant", "rate": "10/s"},
    }  # fmt: skip
    return simulate(
        Scenario.model_validate(
            {"name": "small", "horizon": "4h", "policies": {"authz": authz}, "workloads": {"web": web}}
        )
    )


def measured(trace: Trace) -> list[float | None]:
    return [evaluate(trace, [name])[name].value for name in MEASURES]


def test_permissions_decided_apart_are_as_many_principals() -> None:
    """Two principals with three resources each change as six principals do, bit for bit."""
    apart, alone = run(principals=2, resources=3), run(principals=6)
    for table in ("commits", "adoptions", "traffic"):
        for name, column in alone[table].items():
            np.testing.assert_array_equal(apart[table][name], column)
    assert measured(apart) == measured(alone)


def test_permissions_decided_together_weigh_as_many_as_they_are() -> None:
    """Four resources whose rights come and go with the principal: four times the pairs, the same shares."""
    one, four = run(principals=20), run(principals=20, resources=4, changes={"about": "principal"})
    assert four.count("commits") == 4 * one.count("commits")
    for name in ("unit", "version", "applied"):
        np.testing.assert_array_equal(four["adoptions"][name], one["adoptions"][name])
    (pairs, *shares), (fourfold, *same) = measured(one), measured(four)
    assert pairs is not None
    assert fourfold == pytest.approx(4 * pairs, rel=1e-9)
    assert same == pytest.approx(shares, rel=1e-9)


def test_who_is_meant_is_told_with_the_resource() -> None:
    """Principal 1 of 2, resource 2 of 3, is number 5; with one resource it is a principal alone."""
    apart, alone = run(principals=2, resources=3).meta.policies[0], run(principals=6).meta.policies[0]
    assert apart.whom(5) == "principal 1 for resource 2"
    assert alone.whom(5) == "principal 5"
