"""Measures of nodes in small worlds, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from churnsim.metrics import evaluate
from churnsim.scenario import Scenario
from churnsim.simulate import simulate

RACK = {"zone": "a", "count": 2, "units": 2}
LOSS = {"kind": "node-loss", "pool": "rack", "at": ["10m"], "lasts": "4m"}


def measured(**fields: Any) -> dict[str, float | None]:
    """A fresh world of 100 min, with a service of two units that start in 6 s, on two nodes of two places."""
    web = {"kind": "service", "replicas": 2, "startup": "6s", **fields.pop("web", {})}
    tree = {"name": "nodes", "horizon": "100m", "start": "fresh", "nodes": {"rack": RACK}}
    trace = simulate(Scenario.model_validate(tree | {"workloads": {"web": web}} | fields))
    return {name: found.value for name, found in evaluate(trace).items()}


def test_a_unit_recovers_when_its_slot_is_ready_again() -> None:
    """Its node is back after 240 s, and it starts in 6 s."""
    found = measured(failures=[LOSS])
    assert found["recovery.mean"] == found["recovery.mean.node_loss"] == 246.0


def test_the_blast_radius_is_what_went_down_at_one_instant() -> None:
    """One node of two has one unit of two; its zone has both, and so has a failure of both."""
    one, both = measured(failures=[LOSS]), measured(failures=[LOSS | {"nodes": 2}])
    names = ("blast_radius.max", "blast_radius.max.node", "blast_radius.max.zone")
    assert [one[name] for name in names] == [0.5, 0.5, 0.5]
    assert [both[name] for name in names] == [1.0, 0.5, 1.0]


def test_a_reclaim_with_notice_has_no_blast() -> None:
    """Units drain for 30 s within a notice of 2 min: nobody ends without notice, and starts take 6 s."""
    reclaim = {"kind": "spot-reclaim", "pool": "rack", "at": ["10m"], "within": "0s"}
    found = measured(web={"drain": "30s"}, failures=[reclaim])
    assert found["blast_radius.max"] == 0.0
    assert found["recovery.mean.spot_reclaim"] == 6.0


def test_units_that_crash_on_a_policy_are_struck_as_by_any_failure() -> None:
    """Both read it when it is pushed; those that follow crash in starting, for the 4 min that it is out."""
    poison = {"kind": "poison-policy", "policy": "rights", "at": ["10m"], "effect": "crash", "detected": "4m"}
    found = measured(
        nodes={},
        policies={"rights": {"refresh": {"kind": "push", "delay": "0s"}}},
        web={"policy": "rights"},
        failures=[poison],
    )
    assert found["blast_radius.max"] == 1.0
    assert found["recovery.mean"] == found["recovery.mean.poison_policy"] == 240.0


def test_nothing_that_can_fail_has_no_blast_radius() -> None:
    found = measured()
    assert found["blast_radius.max"] is None
    assert found["recovery.mean"] is None


def test_the_worst_zone_lacks_units_of_its_even_share() -> None:
    """Two zones, a unit each; the one in a is missing for 6 s at the start, and for 246 s of 6,000 s."""
    nodes = {"rack": RACK | {"count": 1}, "annex": {"zone": "b", "count": 1}}
    found = measured(nodes=nodes, failures=[LOSS])
    assert found["intent.zone_under"] == pytest.approx(252.0 / 6000.0)


def test_a_unit_that_never_finds_room_waits_to_the_end() -> None:
    """Five units for four places: one of them waits for all 6,000 s; the places are all taken."""
    found = measured(web={"replicas": 5})
    assert found["placement.wait"] == pytest.approx(6000.0 / 5)
    assert found["node.utilisation"] == pytest.approx(1.0)


def test_nodes_are_billed_at_the_price_of_their_pool() -> None:
    """Two nodes for 100 min at $0.3 an hour, whatever the price list says."""
    pool = RACK | {"price": "$0.3"}
    assert measured(nodes={"rack": pool}, prices={"node_hour": "$9"})["cost.total"] == pytest.approx(1.0)
    assert measured(prices={"node_hour": "$0.6"})["cost.total"] == pytest.approx(2.0)


def test_nodes_that_an_autoscaler_adds_and_removes_are_counted() -> None:
    """One node for two units, two more for six from 20 to 60 min: 2 added and 2 removed in 100 min.

    The two stand from a scan after 20 min to one ten minutes after 60 min.
    """
    steps = [{"at": at, "units": units} for at, units in (("0s", 2), ("20m", 6), ("1h", 2))]
    web = {"capacity": "1/s", "autoscaler": {"kind": "schedule", "steps": steps}}
    rack = RACK | {"count": 1, "autoscaler": {"kind": "cluster", "floor": 1, "ceiling": 5}}
    found = measured(web=web | {"placement": {"kind": "bin-pack"}}, nodes={"rack": rack})
    assert found["node.added"] == found["node.removed"] == pytest.approx(2 / (100 / 60))
    assert found["node.count"] == pytest.approx(1 + 2 * 50 / 100, abs=1e-6)
    assert measured()["node.added"] == 0.0
    assert measured()["node.count"] == 2.0
