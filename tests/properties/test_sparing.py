"""Rollouts and drains on the same nodes never take more units away than each may by itself."""

from __future__ import annotations

from math import ceil, floor
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace.intervals import steps

UNITS = 8
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
_PERCENT = st.sampled_from([0, 13, 25, 50])


@st.composite
def crowded(draw: st.DrawFn) -> dict[str, Any]:
    """Plain data of eight units on little more than eight places, while nodes retire and versions come."""
    scaler = {"kind": "cluster", "floor": 2, "ceiling": 5, "unneeded": "2m", "after_add": "1m"}
    surge, missing = draw(st.tuples(_PERCENT, _PERCENT).filter(any))
    return {
        "name": "crowded",
        "horizon": "2h",
        "start": "fresh",
        "nodes": {
            "rack": {
                "zone": "a",
                "count": draw(st.integers(2, 4)),
                "units": draw(st.integers(4, 5)),
                "boot": draw(st.sampled_from(["0s", "2m"])),
                "lifetime": draw(st.sampled_from(["31m", {"kind": "exponential", "mean": "25m"}])),
                "grace": "5h",
                "autoscaler": draw(st.sampled_from([None, scaler])),
            }
        },
        "workloads": {
            "web": {
                "kind": "service",
                "replicas": UNITS,
                "startup": {"kind": "uniform", "low": "3s", "high": "40s"},
                "image": draw(st.sampled_from([None, {"pull": "17s", "fails": "20%"}])),
                "drain": draw(st.sampled_from(["0s", "25s"])),
                "placement": {
                    "kind": draw(st.sampled_from(["spread", "bin-pack"])),
                    "disruption": f"{draw(_PERCENT)}%",
                },
                "rollout": {
                    "kind": "rolling",
                    "max_surge": f"{surge}%",
                    "max_unavailable": f"{missing}%",
                    "at": ["15m", "30m", "55m"],
                    "deadline": draw(st.sampled_from(["2m", "10m"])),
                },
            }
        },
    }


def hold(tree: dict[str, Any], seed: int) -> None:
    """Simulate, laws checked on the way, and count who is missing; no drain is cut short."""
    scenario = Scenario.model_validate(tree)
    trace = simulate(scenario, seed=seed)
    web = scenario.workloads["web"]
    assert web.releases is not None
    budget = ceil(web.placement.disruption * UNITS - 1e-9)
    allowed = floor(float(tree["workloads"]["web"]["rollout"]["max_unavailable"][:-1]) / 100 * UNITS + 1e-9)
    units = trace["units"]
    ready = steps(units["ready"], np.fmin(units["stopped"], trace.meta.t1)).within(600.0, trace.meta.t1)
    assert ready.counts[:-1].min() >= UNITS - max(budget, allowed)


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=_SLOW)
@given(tree=crowded(), seed=st.integers(0, 2**32))
def test_a_rollout_and_drains_together_spare_as_many_as_each_alone(tree: dict[str, Any], seed: int) -> None:
    """Of N units at most the larger of the budget and what the rollout may miss are not ready."""
    hold(tree, seed)


@pytest.mark.nightly
@settings(max_examples=200, deadline=None, derandomize=False, suppress_health_check=_SLOW)
@given(tree=crowded(), seed=st.integers(0, 2**32))
def test_a_rollout_and_drains_together_spare_as_many_in_many_worlds(tree: dict[str, Any], seed: int) -> None:
    """As above, in many more."""
    hold(tree, seed)
