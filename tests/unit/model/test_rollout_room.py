"""Rollouts on nodes that have too little room for a surge: small worlds, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import Trace
from churnsim.trace.intervals import steps

AT_S = 600.0


def run(rollout: dict[str, Any], places: int = 8, web: dict[str, Any] | None = None, **fields: Any) -> Trace:
    """Eight units that start in 10 s on nodes of four places; a version comes at 10 min; 2 h."""
    service = {"kind": "service", "replicas": 8, "startup": "10s", "rollout": rollout | {"at": ["10m"]}}
    pool = {"zone": "a", "count": places // 4, "units": 4}
    tree = {"name": "room", "horizon": "2h", "start": "fresh", "nodes": {"rack": pool}}
    return simulate(Scenario.model_validate(tree | {"workloads": {"web": service | (web or {})}} | fields))


def lasted(trace: Trace) -> float:
    """From the commit to the end of the rollout [s]."""
    return float(trace["revisions"]["completed"][0]) - AT_S


def fewest(trace: Trace) -> float:
    """Fewest ready units from the first minute on."""
    units = trace["units"]
    ready = steps(units["ready"], np.fmin(units["stopped"], trace.meta.t1))
    return float(ready.within(60.0, trace.meta.t1).counts[:-1].min())


def rolling(surge: str, missing: str) -> dict[str, Any]:
    return {"kind": "rolling", "max_surge": surge, "max_unavailable": missing}


@pytest.mark.parametrize(("places", "seconds"), [(8, 40.0), (12, 20.0)])
def test_a_surge_without_room_goes_at_the_pace_of_those_who_may_be_missing(
    places: int, seconds: float
) -> None:
    """Two more and two fewer than eight may be there: four at a time where there is room, else two."""
    trace = run(rolling("25%", "25%"), places)
    assert lasted(trace) == seconds
    assert fewest(trace) == 6.0


@pytest.mark.parametrize(
    "rollout", [rolling("25%", "0%"), {"kind": "blue-green"}], ids=["rolling", "blue-green"]
)
def test_a_version_for_which_there_is_no_room_is_taken_back_at_the_deadline(rollout: dict[str, Any]) -> None:
    """Nobody may be missing, so nobody makes room: after 10 min all is as before, and nobody was missing."""
    trace = run(rollout)
    table = trace["revisions"]
    assert table["noticed"][0] == AT_S + 600.0
    assert trace.meta.causes[table["cause"][0]] == "no-progress"
    assert fewest(trace) == 8.0
    units = trace["units"]
    assert np.isnan(units["placed"][units["revision"] == 1]).all()
    assert (units["gone"][units["revision"] == 1] == AT_S + 600.0).all()


def test_a_version_for_which_there_is_room_in_time_is_not_taken_back() -> None:
    """Two nodes more are up after 5 min, for the units that wait for them."""
    pool = {"zone": "a", "count": 2, "units": 4, "boot": "5m"}
    pool["autoscaler"] = {"kind": "cluster", "floor": 2, "ceiling": 4}
    trace = run(rolling("25%", "0%"), nodes={"rack": pool})
    assert 310.0 < lasted(trace) < 360.0
    assert np.isnan(trace["revisions"]["noticed"][0])
    assert fewest(trace) == 8.0


def test_who_is_recreated_finds_the_room_of_who_was_there() -> None:
    """All drain for 20 s and start in 10 s, on the nodes that were full."""
    trace = run({"kind": "recreate"}, web={"drain": "20s"})
    assert lasted(trace) == 30.0


def test_a_drain_and_a_rollout_share_the_disruption_budget() -> None:
    """A node retires in the middle of a rollout: never are more than two of eight missing."""
    pool = {"zone": "a", "count": 3, "units": 4, "boot": "30s", "lifetime": "615s"}
    web = {"placement": {"kind": "spread", "disruption": "25%"}}
    trace = run(rolling("0%", "25%"), web=web, nodes={"rack": pool})
    assert trace["nodes"]["drained"][0] == 615.0
    assert AT_S + lasted(trace) > 615.0
    assert fewest(trace) == 6.0
