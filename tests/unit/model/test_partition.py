"""Nodes that are cut off from the control plane, and units that nobody has told to stop: worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.metrics import evaluate
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import EndpointState, Family, NodeState, Trace, UnitState


def run(*failures: dict[str, Any], **fields: Any) -> Trace:
    """A fresh world of two hours: a node here, a node there, a service with a unit on each."""
    nodes = {"here": {"zone": "a", "count": 1, "units": 2}, "there": {"zone": "b", "count": 1, "units": 2}}
    web = {"kind": "service", "replicas": 2, "startup": "5s", **fields.pop("web", {})}
    tree = {"name": "cut", "horizon": "2h", "start": "fresh", "nodes": nodes, "workloads": {"web": web}}
    control = {"heartbeat": "1ns", "grace": "50s", "toleration": "5m"}
    return simulate(Scenario.model_validate(tree | {"control_plane": control, "failures": failures} | fields))


def cut(lasts: str, at: str = "10m", **more: Any) -> dict[str, Any]:
    return {"kind": "partition", "zone": "a", "at": [at], "lasts": lasts, **more}


def zombies(trace: Trace) -> float:
    found = evaluate(trace, ["zombie.seconds"])["zombie.seconds"].value
    assert found is not None
    return float(found)


def test_nothing_happens_to_units_that_are_heard_of_again_in_time() -> None:
    """Back after 5 min, before the 50 s and 5 min are over: the same two units all along."""
    trace = run(cut("5m"))
    assert trace.count("units") == 2
    assert zombies(trace) == 0.0
    states = trace.intervals(Family.NODE, NodeState.ISOLATED)
    assert list(zip(states["start"], states["end"], strict=True)) == [(600.0, 900.0)]


def test_a_unit_that_is_given_up_runs_on_beside_its_replacement() -> None:
    """Cut off at 600 s, evicted at 950 s, replaced there, killed when it is heard of again at 1,800 s."""
    trace = run(cut("20m"))
    units = trace["units"]
    slot = int(units["slot"][trace["placements"]["node"] == 0][0])
    old, new = np.flatnonzero(units["slot"] == slot).tolist()
    assert units["stopped"][old] == pytest.approx(950.0, abs=1e-6)
    assert units["gone"][old] == 1800.0
    assert units["created"][new] == units["stopped"][old]
    assert trace["placements"]["node"].tolist()[new] == 1
    assert zombies(trace) == pytest.approx(850.0, abs=1e-6)
    causes = trace.intervals(Family.UNIT, UnitState.GONE)["cause"]
    assert {trace.meta.causes[code] for code in causes.tolist()} == {"partition"}


def test_a_zombie_is_execution_that_nobody_wants_and_stands_in_for_nobody() -> None:
    """850 s beside a replacement that is ready, but for its 5 s to start: of 2 units for 2 h, over and under.

    What the cut unit's node lacked until it was evicted is not missing: it was there, and thought to be.
    """
    found = evaluate(run(cut("20m")), ["intent.over", "intent.under"])
    assert found["intent.over"].value == pytest.approx(850.0 / (2 * 7200.0), abs=1e-9)
    assert found["intent.under"].value == pytest.approx((5.0 + 2 * 5.0) / (2 * 7200.0), abs=1e-9)


def test_a_zombie_that_was_never_ready_is_no_surplus() -> None:
    """Cut off while it starts for two hours: it runs on, and serves nobody."""
    trace = run(cut("20m"), web={"startup": "2h"})
    assert zombies(trace) == pytest.approx(850.0, abs=1e-6)
    assert evaluate(trace, ["intent.over"])["intent.over"].value == 0.0


def test_a_node_that_is_never_heard_of_again_keeps_its_zombies() -> None:
    """From 950 s to the end of the run."""
    trace = run(cut("3h"))
    assert zombies(trace) == pytest.approx(7200.0 - 950.0, abs=1e-6)


def test_a_cut_off_node_takes_no_units() -> None:
    """The unit there is told to stop at 700 s: its successor has to stand on the node that is heard."""
    trace = run(cut("20m"), web={"lifetime": "695s", "placement": {"kind": "bin-pack", "pools": ["here"]}})
    placed = trace["placements"]
    late = placed["time"][(placed["time"] > 600.0)]
    assert late.min() >= 1800.0


def listed(trace: Trace, unit: int) -> list[tuple[float, float]]:
    spells = trace.intervals(Family.ENDPOINT, EndpointState.LISTED)
    mine = spells["entity"] == unit
    return list(zip(spells["start"][mine].tolist(), spells["end"][mine].tolist(), strict=True))


def test_a_unit_whose_node_is_found_not_ready_is_unlisted_until_it_is_heard() -> None:
    """Cut off from 600 s to 900 s, missed at 650 s, removed 1 s later; listed again when it is heard."""
    trace = run(cut("5m"))
    here = int(trace["placements"]["unit"][trace["placements"]["node"] == 0][0])
    assert listed(trace, here) == [(5.0, pytest.approx(651.0, abs=1e-6)), (900.0, 7200.0)]
    assert listed(trace, 1 - here) == [(5.0, 7200.0)]


def test_a_cut_that_nobody_notices_leaves_the_list_alone() -> None:
    """Heard again after 40 s, before the 50 s are over."""
    trace = run(cut("40s"))
    assert [listed(trace, unit) for unit in (0, 1)] == [[(5.0, 7200.0)]] * 2


def test_a_unit_that_is_ready_while_nobody_hears_of_it_is_listed_afterwards() -> None:
    """Starting from 0 s to 100 s on a node that is cut off from 90 s to 130 s."""
    trace = run(cut("40s", at="90s"), web={"startup": "100s"})
    here = int(trace["placements"]["unit"][trace["placements"]["node"] == 0][0])
    assert trace["units"]["ready"][here] == 100.0
    assert listed(trace, here) == [(130.0, 7200.0)]
    assert listed(trace, 1 - here) == [(100.0, 7200.0)]


def test_zombies_fall_with_their_node() -> None:
    """Evicted at 950 s; the machine dies at 1,000 s, is back at 1,100 s, still cut off, and heard again."""
    loss = {"kind": "node-loss", "pool": "here", "at": ["1000s"], "lasts": "100s"}
    trace = run(cut("20m"), loss)
    assert zombies(trace) == pytest.approx(50.0, abs=1e-6)
    states = trace.intervals(Family.NODE, NodeState.ISOLATED)
    assert list(zip(states["start"], states["end"], strict=True)) == [(600.0, 1000.0), (1100.0, 1800.0)]


def test_while_every_zone_is_cut_off_nobody_is_evicted() -> None:
    """The control plane takes itself for deaf (F187)."""
    trace = run(cut("30m"), {**cut("30m"), "zone": "b"})
    assert trace.count("units") == 2


def test_a_partition_of_nobody_changes_nothing() -> None:
    """A share of nothing cuts nobody off: the same tables to the bit."""
    web = {"lifetime": {"kind": "exponential", "mean": "9m"}}
    one, other = run(web=web), run(cut("20m", share="0%"), web=web)
    for name, table in one.tables.items():
        for column, values in table.items():
            if column not in ("cause", "end_cause"):  # codes count one cause more
                assert np.array_equal(values, other[name][column], equal_nan=values.dtype.kind == "f")
