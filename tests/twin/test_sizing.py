"""Node autoscalers: lazy scans on arrays against every scan made, and every unit put by itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import Family, NodeState, Trace
from tests.twin.sizing import Sizing

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
_POOL = st.fixed_dictionaries(
    {
        "zone": st.sampled_from(["a", "b"]),
        "count": st.integers(1, 3),
        "units": st.integers(1, 4),
        "cpu": st.sampled_from([None, 2]),
        "boot": st.sampled_from(["0s", "61s", {"kind": "exponential", "mean": "2m"}]),
        "lifetime": st.sampled_from([None, {"kind": "exponential", "mean": "40m"}]),
        "replacement": st.just("3m"),
        "grace": st.just("433s"),  # never a whole number of scans: what comes of one scan at another is a tie
        "autoscaler": st.fixed_dictionaries(
            {
                "kind": st.just("cluster"),
                "floor": st.integers(0, 1),
                "ceiling": st.integers(3, 6),
                "scan": st.sampled_from(["10s", "33s"]),
                "threshold": st.sampled_from(["0%", "50%", "80%", "100%"]),
                "unneeded": st.sampled_from(["0s", "1m", "4m"]),
                "after_add": st.sampled_from(["0s", "3m"]),
                "parallel": st.integers(1, 2),
            }
        ),
    }
)
_WEB = st.fixed_dictionaries(
    {
        "kind": st.just("service"),
        "startup": st.just("7s"),
        "drain": st.sampled_from(["0s", "41s"]),
        "lifetime": st.sampled_from([None, {"kind": "exponential", "mean": "9m"}]),
        "placement": st.fixed_dictionaries(
            {
                "kind": st.sampled_from(["spread", "bin-pack"]),
                "cpu": st.sampled_from([0, 0.5, 1.5]),
                "disruption": st.sampled_from(["0%", "40%", "100%"]),
                "pools": st.sampled_from([[], [], ["rack"]]),
            }
        ),
    }
)


@st.composite
def sized(draw: st.DrawFn) -> dict[str, Any]:
    """Plain data of an hour on pools that are sized, with workloads whose number of units changes."""
    workloads = {name: draw(_WEB) for name in draw(st.sampled_from([["web"], ["web", "batch"]]))}
    for workload in workloads.values():
        numbers = draw(st.lists(st.integers(1, 9), min_size=2, max_size=4))
        minutes = [f"{13 * k}m" for k in range(len(numbers))]
        steps = [{"at": at, "units": units} for at, units in zip(minutes, numbers, strict=True)]
        workload |= {"replicas": numbers[0], "capacity": "1/s"}
        workload["autoscaler"] = {"kind": "schedule", "steps": steps}
    pools = {name: draw(_POOL) for name in draw(st.sampled_from([["rack"], ["rack", "annex"]]))}
    losses = {"kind": "node-loss", "pool": "rack", "every": {"kind": "exponential", "mean": "20m"}}
    return {
        "name": "sized",
        "horizon": "1h",
        "start": "fresh",
        "nodes": pools,
        "control_plane": {"eviction_retry": "7300ms"},
        "workloads": workloads,
        "failures": draw(st.sampled_from([[], [losses], [losses | {"lasts": "4m", "nodes": 2}]])),
    }


def decided(trace: Trace, pool: int) -> list[tuple[float, str, int]]:
    """What the autoscaler of a pool did, in the terms of the slow way."""
    spells, owner = trace.intervals(Family.NODE), trace["nodes"]["pool"]
    found: dict[tuple[float, str, int], int] = {}
    columns = (spells[name].tolist() for name in ("entity", "start", "state", "cause"))
    for node, start, state, cause in zip(*columns, strict=True):
        if owner[node] != pool:
            continue
        why = trace.meta.causes[cause]
        if state == NodeState.BOOTING and why == "node-added":
            found[start, "added", -1] = found.get((start, "added", -1), 0) + 1
        if state == NodeState.DRAINING and why == "node-unneeded":
            found[start, "removed", node] = 1
    return sorted((when, what, n if what == "added" else which) for (when, what, which), n in found.items())


def hold(tree: dict[str, Any], seed: int) -> None:
    """Hold every pool's decisions to those of the slow way."""
    scenario = Scenario.model_validate(tree)
    trace = simulate(scenario, seed=seed)
    for number, name in enumerate(scenario.nodes):
        assert decided(trace, number) == sorted(Sizing(trace, scenario, name).run()), name


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=_SLOW)
@given(tree=sized(), seed=st.integers(0, 2**32))
def test_pools_are_sized_as_if_every_scan_were_made(tree: dict[str, Any], seed: int) -> None:
    """Instants of scans, nodes added, nodes removed: all as the slow way has them."""
    hold(tree, seed)


@pytest.mark.nightly
@settings(max_examples=200, deadline=None, derandomize=False, suppress_health_check=_SLOW)
@given(tree=sized(), seed=st.integers(0, 2**32))
def test_pools_are_sized_as_if_every_scan_were_made_in_many_worlds(tree: dict[str, Any], seed: int) -> None:
    """As above, in many more."""
    hold(tree, seed)
