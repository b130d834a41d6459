"""Rollouts where theory knows exactly what they do, and where they must do nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.metrics import evaluate
from churnsim.scenario import Scenario
from churnsim.trace import Trace
from tests.theory.oracle import exp, run
from tests.theory.version import SLOTS, durations, rolled

TRAFFIC = {"kind": "constant", "rate": "10/s"}


def value(trace: Trace, measure: str) -> float:
    found = evaluate(trace, [measure])[measure].value
    assert found is not None
    return float(found)


@pytest.mark.parametrize(
    ("rollout", "seconds"),
    [
        (SLOTS, 150.0),  # O11: ⌈20/4⌉ start-ups of 30 s
        ({"kind": "batched", "batch": "20%"}, 150.0),
        ({"kind": "rolling", "max_surge": "0%", "max_unavailable": "20%"}, 150.0),
        ({"kind": "rolling", "max_surge": "20%", "max_unavailable": "20%"}, 90.0),  # eight at a time
        ({"kind": "rolling", "max_surge": "1%", "max_unavailable": "0%"}, 600.0),  # rounded up: one
        ({"kind": "recreate"}, 30.0),
        ({"kind": "blue-green"}, 30.0),
        # Two, and once they have baked eighteen more: ⌈18/4⌉ start-ups.
        (SLOTS | {"kind": "canary", "share": "10%", "bake": "10m"}, 30.0 + 600.0 + 150.0),
    ],
)
def test_a_rollout_takes_as_many_start_ups_as_its_bounds_ask_for(
    rollout: dict[str, Any], seconds: float
) -> None:
    """Twenty units whose start-up takes 30 s to the instant, forty times."""
    assert durations(run(rolled(rollout), 0)) == pytest.approx(np.full(40, seconds), rel=1e-9)


def test_recreation_waits_for_the_last_old_unit() -> None:
    """They drain for 50 s before the first new one is created: no ready unit for 80 s."""
    trace = run(rolled({"kind": "recreate"}, drain="50s"), 0)
    assert durations(trace) == pytest.approx(np.full(40, 80.0))
    assert value(trace, "intent.under") == pytest.approx(40 * 80 / (41 * 3600))


def test_bounds_are_never_left() -> None:
    """Five more at most and five fewer, of twenty (F195); the laws hold it too."""
    trace = run(rolled({"kind": "rolling", "at": ["1h"]}, exp("30s")), 0)
    spare = trace["targets"]["spare"]
    assert (spare.min(), spare.max(), spare[-1]) == (0, 5, 0)


def test_a_version_whose_units_never_start_is_taken_back_at_the_deadline() -> None:
    """Five units more begin in vain, five old ones make room; 10 min later (F195) those five come back."""
    bad = {"kind": "rolling", "at": ["1h"], "bad": "100%", "fault": {"kind": "unready"}}
    trace = run(rolled(bad), 0)
    table = trace["revisions"]
    assert (table["noticed"][0], table["restored"][0]) == (3600.0 + 600.0, 3600.0 + 600.0 + 30.0)
    assert trace.meta.causes[table["cause"][0]] == "no-progress"
    assert np.isnan(table["completed"][0])
    assert value(trace, "intent.under") == pytest.approx(5 * 630 / (20 * 41 * 3600))


def test_a_second_fleet_spares_callers_a_version_that_never_starts() -> None:
    """Nobody is ever sent there."""
    bad = {"kind": "blue-green", "bad": "100%", "fault": {"kind": "unready"}}
    trace = run(rolled(bad, traffic=TRAFFIC), 0)
    assert value(trace, "availability") == 1.0
    assert not np.isnan(trace["revisions"]["restored"]).any()


def test_callers_are_sent_back_to_the_fleet_that_was_kept() -> None:
    """Switched after 30 s, noticed 5 min later, switched back at once: a fifth of the requests of 5 min."""
    bad = {"kind": "blue-green", "at": ["1h"], "bad": "100%", "fault": {"kind": "errors", "share": "20%"}}
    trace = run(rolled(bad, traffic=TRAFFIC, endpoints={"removal": "0s"}), 0)
    assert value(trace, "unserved.share.bad_version") == pytest.approx(0.2 * 300 / (41 * 3600))
    assert value(trace, "availability") == pytest.approx(1 - 0.2 * 300 / (41 * 3600))
    assert trace["revisions"]["restored"][0] == 3600.0 + 30.0 + 300.0
    assert value(trace, "intent.over") == pytest.approx(300 / (41 * 3600))


def test_a_canary_exposes_its_share_alone() -> None:
    """Two of twenty units fail half of what they are sent, from ready until noticed 5 min later."""
    rollout = {
        "kind": "canary", "share": "10%", "at": ["1h"], "bad": "100%", "detected": "5m",
        "fault": {"kind": "errors", "share": "50%"},
    }  # fmt: skip
    trace = run(rolled(rollout, traffic=TRAFFIC, endpoints={"removal": "0s"}), 0)
    # While the two that were stopped start again, eighteen serve; the two new ones of them are gone.
    assert value(trace, "unserved.share.bad_version") == pytest.approx(0.1 * 0.5 * 300 / (41 * 3600))


def test_one_that_comes_while_another_is_under_way_waits_and_the_newest_goes_on() -> None:
    """Begun at 1 h, for 150 s; of the two that come meanwhile the second begins then."""
    rollout = SLOTS | {"at": ["1h", "3610s", "3620s"]}
    trace = run(rolled(rollout), 0)
    assert np.array_equal(trace["revisions"]["began"], [3600.0, np.nan, 3750.0], equal_nan=True)
    assert trace["revisions"]["completed"][2] == 3900.0


@pytest.mark.parametrize("kind", ["rolling", "batched", "blue-green", "canary"])
def test_a_rollout_of_units_that_start_in_no_time_changes_nothing_for_callers(kind: str) -> None:
    """O47: start-up, drain and lists take no time, so callers see one version for ever."""
    quick: dict[str, Any] = {"startup": "0s", "traffic": TRAFFIC, "endpoints": {"removal": "0s"}}
    trace = run(rolled({"kind": kind}, **quick), 0)
    assert value(trace, "availability") == 1.0
    assert value(trace, "intent.under") == 0.0
    assert value(trace, "capacity.availability") == 1.0
    assert durations(trace) == pytest.approx(np.full(40, 600.0 if kind == "canary" else 0.0))


def test_a_workload_whose_versions_never_come_is_as_one_without() -> None:
    """The same to the bit, but for the table that says how many units are wanted."""
    plain = rolled({"kind": "rolling", "at": []}, exp("30s"), lifetime=exp("1h"), traffic=TRAFFIC)
    tree = plain.canonical()
    tree["workloads"]["web"]["rollout"] = None
    none = run(Scenario.model_validate(tree), 0)
    held = run(plain, 0)
    for table in ("intervals", "units", "traffic", "bill"):
        for column, array in none[table].items():
            np.testing.assert_array_equal(array, held[table][column], err_msg=f"{table}.{column}")
