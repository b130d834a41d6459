"""Nodes that come, go and are lost, and what becomes of the units on them: small worlds, worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import Family, NodeState, Trace, UnitState

RACK = {"zone": "a", "count": 2, "units": 2}


def run(**fields: Any) -> Trace:
    """A fresh world of two hours with a service of two units that start in 5 s, on two nodes."""
    web = {"kind": "service", "replicas": 2, "startup": "5s", **fields.pop("web", {})}
    tree = {"name": "nodes", "horizon": "2h", "start": "fresh", "nodes": {"rack": RACK}}
    return simulate(Scenario.model_validate(tree | {"workloads": {"web": web}} | fields))


def loss(**fields: Any) -> dict[str, Any]:
    return {"kind": "node-loss", "pool": "rack", "at": ["10m"], **fields}


def births(trace: Trace, slot: int = 0) -> list[float]:
    units = trace["units"]
    return sorted(units["created"][units["slot"] == slot].tolist())


def delays(trace: Trace) -> list[float]:
    """From lost to replaced [s], one for each node that was lost with a wanted unit."""
    lost, gone = trace["losses"], trace["units"]["gone"]
    first = np.unique(lost["node"], return_index=True)[1]
    return sorted((lost["replaced"] - gone[lost["unit"]])[first].tolist())


def causes(trace: Trace, family: Family, state: int) -> set[str]:
    found = trace.intervals(family, state)["cause"]
    return {trace.meta.causes[code] for code in found.tolist()}


def test_units_keep_apart_by_spread_and_together_by_bin_packing() -> None:
    """Two units, two nodes of two places."""
    apart = run(web={"placement": {"kind": "spread"}})["placements"]["node"]
    together = run(web={"placement": {"kind": "bin-pack"}})["placements"]["node"]
    assert apart.tolist() == [0, 1]
    assert together.tolist() == [0, 0]


def test_units_spread_over_zones_before_nodes() -> None:
    """Three nodes here, one there: the second unit goes there, though nodes here are empty."""
    nodes = {"here": {"zone": "a", "count": 3}, "there": {"zone": "b", "count": 1}}
    assert run(nodes=nodes)["placements"]["node"].tolist() == [0, 3]


def test_a_unit_waits_for_room_with_the_cause_named() -> None:
    """Five units for four places, which drain for 30 s after 10 min: the fifth gets the first one free."""
    trace = run(web={"replicas": 5, "lifetime": "10m", "drain": "30s"})
    assert "no-room" in causes(trace, Family.UNIT, UnitState.PENDING)
    fifth = int(np.flatnonzero(trace["units"]["slot"] == 4)[0])
    assert trace["units"]["placed"][fifth] == 635.0


def test_what_a_unit_takes_counts_in_cores_too() -> None:
    """One core each: three units of 0.4 cores do not fit on one node, two do."""
    web = {"replicas": 4, "placement": {"kind": "bin-pack", "cpu": 0.4}}
    trace = run(web=web, nodes={"rack": {"zone": "a", "count": 2, "cpu": 1}})
    assert trace["placements"]["node"].tolist() == [0, 0, 1, 1]


def test_the_scheduler_places_one_unit_after_the_other() -> None:
    """Two a minute: four units are placed at 0, 30, 60 and 90 s."""
    trace = run(web={"replicas": 4}, control_plane={"scheduling": "2/min"})
    assert trace["units"]["placed"].tolist() == [0.0, 30.0, 60.0, 90.0]


def test_a_dead_node_s_unit_is_unlisted_after_the_grace_and_replaced_after_the_toleration() -> None:
    """Last sign of life up to 10 s before: not ready after 40 to 50 s, replaced 300 s later."""
    trace = run(failures=[loss()])
    gone = trace["units"]["gone"][trace["losses"]["unit"]]
    noticed, replaced = (float((trace["losses"][name] - gone)[0]) for name in ("noticed", "replaced"))
    assert 40.0 < noticed < 50.0
    assert replaced == pytest.approx(noticed + 300.0, abs=1e-9)
    unit = int(trace["losses"]["unit"][0])
    assert trace["units"]["unlisted"][unit] == pytest.approx(600.0 + noticed + 1.0, abs=1e-9)


def test_a_node_that_is_back_in_time_starts_its_units_where_they_stood() -> None:
    """Back after 4 min: noticed, and not yet evicted."""
    trace = run(failures=[loss(lasts="4m")])
    assert delays(trace) == [240.0]
    lost = int(trace["losses"]["unit"][0])
    assert trace["placements"]["node"][lost + 1] == trace["losses"]["node"][0]
    assert causes(trace, Family.UNIT, UnitState.STARTING) == {"scheduled", "restarted"}


def test_a_node_lost_for_good_is_given_up_and_another_is_ordered() -> None:
    """20 min after the loss; it boots for a minute."""
    trace = run(nodes={"rack": RACK | {"boot": "1m"}}, failures=[loss()])
    nodes = trace["nodes"]
    assert nodes["gone"][np.isfinite(nodes["gone"])].tolist() == [1800.0]
    assert (nodes["ordered"][2], nodes["up"][2]) == (1800.0, 1860.0)


@pytest.mark.parametrize(
    ("count", "lost", "control", "expected"),
    [
        # A tenth of a node a second, here one every 10 s, as long as few are lost.
        (10, 4, {}, [0.0, 10.0, 20.0, 30.0]),
        # More than 55 % of a small zone: nobody but the first who was missed, until given up after 20 min.
        (10, 6, {}, None),
        # Of a large zone, one every 100 s from when many are missed on.
        (10, 6, {"large": 9}, "slower"),
        # A zone that is lost as a whole is evicted at the full rate, if another is well.
        (3, 3, {}, [0.0, 10.0, 20.0]),
    ],
)
def test_evictions_are_limited_by_how_much_of_a_zone_is_lost(
    count: int, lost: int, control: dict[str, Any], expected: Any
) -> None:
    """Source: F187. Signs of life come every ns, so that all that is lost at once is missed at once."""
    nodes = {"rack": {"zone": "a", "count": count, "units": 1}, "more": {"zone": "b", "count": 1}}
    web = {"replicas": count, "placement": {"kind": "spread", "pools": ["rack"]}}
    control = {"heartbeat": "1ns", **control}
    found = delays(run(nodes=nodes, web=web, failures=[loss(nodes=lost)], control_plane=control))
    if expected is None:
        assert found == pytest.approx([350.0] + [1200.0] * (lost - 1), abs=1e-6)
    elif expected == "slower":
        # Marked at the full rate, one by one, until the third is missed: the rest come 100 s apart.
        assert np.diff(found)[-3:] == pytest.approx([100.0] * 3, abs=1e-6)
    else:
        assert found == pytest.approx([350.0 + each for each in expected], abs=1e-6)


def test_nobody_is_evicted_while_every_zone_is_lost() -> None:
    """It would rather be the control plane that hears nobody. They are given up after 20 min."""
    assert delays(run(failures=[loss(nodes=2)])) == [1200.0, 1200.0]


@pytest.mark.parametrize(("retry", "second"), [("5s", 1840.0), ("30s", 1860.0)])
def test_a_drain_waits_for_the_disruption_budget(retry: str, second: float) -> None:
    """Both nodes retire at 30 min; one unit may be missing at a time, and a start takes 40 s.

    Whether it is over is asked every 5 s, or every 30.
    """
    nodes = {"rack": RACK | {"lifetime": "30m"}}
    web = {"startup": "40s", "placement": {"kind": "spread", "disruption": "50%"}}
    units = run(nodes=nodes, web=web, control_plane={"eviction_retry": retry})["units"]
    assert sorted(units["stopped"][units["incarnation"] == 1].tolist()) == [1800.0, second]


def test_what_is_left_when_the_grace_is_over_is_killed() -> None:
    """No unit may be missing, so none is told to stop; the node ends after its grace all the same."""
    nodes = {"rack": RACK | {"lifetime": "30m", "grace": "2m"}}
    web = {"placement": {"kind": "spread", "disruption": "0%"}}
    trace = run(nodes=nodes, web=web)
    assert births(trace)[1] == 1920.0
    assert causes(trace, Family.NODE, NodeState.GONE) >= {"node-lifetime"}


@pytest.mark.parametrize(("drain", "gone"), [("30s", 630.0), ("10m", 720.0)])
def test_a_reclaimed_node_s_units_drain_until_the_notice_is_over(drain: str, gone: float) -> None:
    """Told at 10 min, all nodes at once; the notice is 2 min. Replacements are created when they are told."""
    reclaim = {"kind": "spot-reclaim", "pool": "rack", "at": ["10m"], "within": "0s"}
    trace = run(web={"drain": drain}, failures=[reclaim])
    assert births(trace)[1] == 600.0
    assert trace["units"]["gone"][0] == gone
    assert np.sort(trace["nodes"]["ordered"]).tolist() == [0.0, 0.0, 600.0, 600.0]


def test_no_node_boots_in_a_zone_that_is_down() -> None:
    """Reclaimed at 10 min, its successor would be up at 11; the zone is back at 20 min."""
    failures = [
        {"kind": "spot-reclaim", "pool": "rack", "at": ["10m"], "within": "0s", "notice": "0s"},
        {"kind": "zone-outage", "zone": "a", "at": ["10m30s"], "lasts": "9m30s"},
    ]
    trace = run(nodes={"rack": RACK | {"boot": "1m"}}, failures=failures)
    assert trace["nodes"]["up"][2:].tolist() == [1200.0, 1200.0]


def test_roomy_nodes_that_never_fail_change_nothing() -> None:
    """The null test: every unit lives the life it lives without nodes, to the bit."""
    tree: dict[str, Any] = {
        "name": "null", "horizon": "3h", "issuers": {"mesh": {"ttl": "20m"}},
        "workloads": {"web": {
            "kind": "service", "replicas": 20, "issuer": "mesh", "drain": "20s",
            "pending": {"kind": "exponential", "mean": "5s"},
            "startup": {"kind": "exponential", "mean": "30s"},
            "lifetime": {"kind": "exponential", "mean": "20m"},
        }},
        "failures": [{"kind": "crash", "workload": "web", "every": {"kind": "exponential", "mean": "1h"}}],
    }  # fmt: skip
    without = simulate(Scenario.model_validate(tree))
    within = simulate(Scenario.model_validate(tree | {"nodes": {"rack": {"zone": "a", "count": 3}}}))
    for table in ("units", "credentials"):
        for column, array in without[table].items():
            if column != "end_cause":
                assert np.array_equal(array, within[table][column], equal_nan=True), (table, column)


@pytest.mark.parametrize(("target", "births_late"), [(8, 6), (2, 0), (1, 0)])
def test_an_autoscaler_counts_the_lost_until_somebody_acts(target: int, births_late: int) -> None:
    """Two of four are lost at 10 min; 2 min later, before they are evicted, another number is wanted.

    The lost are counted until they are replaced, and are the first that are given up.
    """
    schedule = {"kind": "schedule", "steps": [{"at": "0s", "units": 4}, {"at": "12m", "units": target}]}
    web = {"replicas": 4, "capacity": "1/s", "autoscaler": schedule, "placement": {"kind": "spread"}}
    nodes = {"rack": RACK, "more": RACK | {"zone": "b", "count": 3}}
    trace = run(web=web, nodes=nodes, failures=[loss(nodes=2)])
    units = trace["units"]
    assert trace.count("losses") == 2
    assert np.count_nonzero(units["created"] > 0) == births_late
    assert np.count_nonzero(np.isnan(units["stopped"])) == target
