"""Pools that an autoscaler sizes: small worlds, worked out by hand."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np
import pytest

from churnsim.engine import Streams
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import Family, NodeState, Trace

SCAN_S = 10.0
SEED = 5


def steps(*numbers: int) -> dict[str, Any]:
    """So many units from the start, from 1 h on, from 2 h on."""
    return {
        "kind": "schedule",
        "steps": [{"at": f"{hour}h", "units": units} for hour, units in enumerate(numbers)],
    }


def run(numbers: tuple[int, ...], web: dict[str, Any] | None = None, **fields: Any) -> Trace:
    """A fresh world of 3 h with a service of so many units, hour by hour, on nodes of four places."""
    count = fields.pop("count", 1)
    scaler = {"kind": "cluster", "floor": 1, "ceiling": 8, **fields.pop("scaler", {})}
    pool = {"zone": "a", "count": count, "units": 4, "boot": "1m", "autoscaler": scaler, **fields}
    service = {"kind": "service", "replicas": numbers[0], "capacity": "1/s", "autoscaler": steps(*numbers)}
    web = service | {"startup": "5s", "placement": {"kind": "bin-pack"}} | (web or {})
    tree = {"name": "sized", "horizon": "3h", "start": "fresh"}
    return simulate(
        Scenario.model_validate(tree | {"nodes": {"rack": pool}, "workloads": {"web": web}}), seed=SEED
    )


def scan(after: float) -> float:
    """The first scan at or after an instant [s]."""
    stream = Streams(SEED, 0).named("nodes/rack/autoscaler")
    phase = float(stream.uniform(stream.lane(0), 0)) * SCAN_S
    return phase + SCAN_S * ceil((after - phase) / SCAN_S - 1e-9)


def times(trace: Trace, state: NodeState, cause: str) -> list[float]:
    """When nodes entered a state for a reason."""
    spells = trace.intervals(Family.NODE, state)
    return sorted(spells["start"][spells["cause"] == trace.code("cause", cause)].tolist())


def added(trace: Trace) -> list[float]:
    return times(trace, NodeState.BOOTING, "node-added")


def removed(trace: Trace) -> list[float]:
    return times(trace, NodeState.DRAINING, "node-unneeded")


@pytest.mark.parametrize(("units", "nodes"), [(4, 1), (5, 2), (8, 2), (13, 4), (32, 8), (40, 8)])
def test_a_pool_comes_to_rest_at_the_nodes_that_its_units_need(units: int, nodes: int) -> None:
    """First fit: units / 4, rounded up, and no more than the ceiling; all ordered at one scan."""
    trace = run((units,))
    assert added(trace) == pytest.approx([scan(0.0)] * (nodes - 1))
    assert removed(trace) == []


def test_a_burst_is_served_after_a_scan_a_boot_and_a_start_up() -> None:
    """Twelve units more at 1 h: three nodes, all units ready 65 s after the scan."""
    trace = run((4, 16))
    ready = trace["units"]["ready"]
    assert np.unique(ready[ready > 60.0]) == pytest.approx([scan(3600.0) + 60.0 + 5.0])
    assert added(trace) == pytest.approx([scan(3600.0)] * 3)


def test_empty_nodes_go_together_after_ten_minutes() -> None:
    """Twelve units less at 1 h: three nodes are empty from then on, and gone at once."""
    trace = run((16, 4))
    assert removed(trace) == pytest.approx([scan(3600.0) + 600.0] * 3)
    gone = trace["nodes"]["gone"]
    assert gone[~np.isnan(gone)] == pytest.approx([scan(3600.0) + 600.0] * 3)


def test_nobody_is_removed_within_ten_minutes_of_an_addition() -> None:
    """Nodes are unneeded at once, and may go at once: the last addition was a moment ago."""
    trace = run((4,), count=3, scaler={"unneeded": "0s"}, web={"replicas": 4})
    assert removed(trace) == pytest.approx([scan(0.0)] * 2)
    late = run((4, 16, 4), scaler={"unneeded": "0s", "after_add": "70m"})
    assert removed(late) == pytest.approx([scan(3600.0) + 4200.0] * 3)


def test_a_little_used_node_is_drained_if_its_units_fit_elsewhere() -> None:
    """Two nodes with one unit each and room for four: after ten minutes one moves to the other."""
    trace = run((2,), count=2, web={"placement": {"kind": "spread"}, "drain": "20s"})
    first = scan(0.0) + 600.0
    assert removed(trace) == pytest.approx([first])
    units = trace["units"]
    assert np.unique(units["stopped"][~np.isnan(units["stopped"])]) == pytest.approx([first])
    assert trace["placements"]["node"][units["incarnation"] == 2].tolist() == [1]
    assert trace["nodes"]["gone"][0] == pytest.approx(first + 20.0)


def test_nodes_with_units_go_one_at_a_time() -> None:
    """Four nodes with one unit each: the next is told to go at the first scan after the last is gone.

    Three units stand on the fourth node then, which is more than half.
    """
    trace = run((4,), count=4, web={"placement": {"kind": "spread"}, "drain": "25s"})
    first = scan(0.0) + 600.0
    assert removed(trace)[:2] == pytest.approx([first, first + 30.0])


def test_a_node_is_not_removed_whose_units_fit_nowhere_else() -> None:
    """Two nodes with one unit each that takes 3 of 4 cores, where less than 80 % of each is taken."""
    web = {"placement": {"kind": "spread", "cpu": 3.0}}
    trace = run((2,), count=2, cpu=4.0, web=web, scaler={"threshold": "80%"})
    assert removed(trace) == []


def test_a_slot_that_was_given_up_is_filled_again_first() -> None:
    """Three nodes more, three less, two more: slots 1 and 2 have their second node."""
    trace = run((16, 4, 12))
    nodes = trace["nodes"]
    assert nodes["slot"].tolist() == [0, 1, 2, 3, 1, 2]
    assert nodes["incarnation"].tolist() == [1, 1, 1, 1, 2, 2]


def test_a_drain_keeps_to_the_disruption_budget() -> None:
    """Of the two units of a node one may be missing at a time: the other is told when that is ready again."""
    web = {"placement": {"kind": "spread", "disruption": "25%"}, "startup": "12s"}
    trace = run((4,), count=2, web=web, units=8)
    first = scan(0.0) + 600.0
    stopped = trace["units"]["stopped"]
    assert np.sort(stopped[~np.isnan(stopped)]) == pytest.approx([first, first + 15.0])


def test_nothing_is_done_while_many_nodes_are_not_ready() -> None:
    """Five of eight are not ready (F201): those who wait for room wait until nodes are back."""
    tree = {
        "name": "unready",
        "horizon": "1h",
        "start": "fresh",
        "nodes": {
            "rack": {
                "zone": "a",
                "count": 8,
                "units": 1,
                "autoscaler": {"kind": "cluster", "floor": 1, "ceiling": 20},
            }
        },
        "workloads": {
            "web": {
                "kind": "service",
                "replicas": 8,
                "capacity": "1/s",
                "autoscaler": {
                    "kind": "schedule",
                    "steps": [{"at": "0s", "units": 8}, {"at": "15m", "units": 10}],
                },
            }
        },
        "failures": [{"kind": "node-loss", "pool": "rack", "at": ["10m"], "nodes": 5, "lasts": "10m"}],
    }
    assert added(simulate(Scenario.model_validate(tree), seed=SEED)) == pytest.approx([scan(1200.0)] * 2)


def test_an_autoscaler_that_may_change_nothing_changes_nothing() -> None:
    """The null test: floor = ceiling = count is a pool without autoscaler, to the bit."""
    tree: dict[str, Any] = {
        "name": "null",
        "horizon": "3h",
        "nodes": {"rack": {"zone": "a", "count": 2, "units": 4, "boot": "1m"}},
        "workloads": {
            "web": {"kind": "service", "replicas": 9, "lifetime": {"kind": "exponential", "mean": "20m"}}
        },
        "failures": [{"kind": "node-loss", "pool": "rack", "every": "1h", "lasts": "7m"}],
    }
    fixed = simulate(Scenario.model_validate(tree))
    tree["nodes"]["rack"]["autoscaler"] = {"kind": "cluster", "floor": 2, "ceiling": 2}
    bound = simulate(Scenario.model_validate(tree))
    assert bound.meta.causes == fixed.meta.causes
    for name, table in fixed.tables.items():
        for column, array in table.items():
            np.testing.assert_array_equal(bound[name][column], array, err_msg=f"{name}.{column}")
