"""Versions that make units crash, and the herd that reads the policy again, where theory knows them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.trace import Trace
from tests.theory import policy
from tests.theory.oracle import exp, run

AT_ONCE = {"kind": "push", "delay": "0s"}


def crashing(refresh: dict[str, Any] = AT_ONCE, replicas: int = 60, **fields: Any) -> Trace:
    """Units that take 10 s to start, and a version that makes them crash, committed at 1 h."""
    failure = {"kind": "poison-policy", "policy": "authz", "at": ["1h"], "detected": "15m", "effect": "crash"}
    kept = {name: fields.pop(name) for name in ("detected", "kill_switch") if name in fields}
    scenario = policy.enforced(refresh, replicas=replicas, horizon="3h", changes=None, **fields)
    return run(scenario.with_({"failures": [failure | kept], "workloads.web.startup": "10s"}), 0)


def crashes(trace: Trace) -> list[np.ndarray[Any, Any]]:
    """Instants of crashes, by slot."""
    units = trace["units"]
    ended = ~np.isnan(units["gone"])
    assert {trace.meta.causes[code] for code in units["end_cause"][ended]} <= {"poison-policy"}
    slots = np.unique(units["slot"])
    return [units["gone"][ended & (units["slot"] == slot)] for slot in slots]


def test_units_crash_in_a_loop_until_they_are_given_another_version() -> None:
    """At 1 h and every 10 s from then on until 1 h 15 min, when the version is halted: 90 times each."""
    trace = crashing()
    assert np.array(crashes(trace)) == pytest.approx(np.tile(3600.0 + 10.0 * np.arange(90), (60, 1)))
    ready = trace["units"]["ready"]
    assert np.all(ready[~np.isnan(ready) & (ready > 0)] == 4500.0)
    assert trace.count("lapses") == 0


def test_a_unit_crashes_when_it_polls_the_version_for_the_first_time() -> None:
    """Polled every minute: the first crash within one of 1 h, at an instant of its own for each unit."""
    first = np.array([each[0] for each in crashes(crashing(policy.pull("60s"), detected="70s"))])
    assert np.all((first >= 3600.0) & (first < 3660.0))
    assert np.unique(first).size == 60


def test_a_kill_switch_spares_whoever_has_not_applied_the_version_yet() -> None:
    """Polled every hour, noticed after 15 min and ignored from 5 min later on, so two in three never crash.

    Who reads for the first time is given a version without it from 15 min on.
    """
    trace = crashing(policy.pull("1h"), kill_switch="5m", replicas=600)
    ends = np.concatenate(crashes(trace))
    assert ends.max() < 4800.0
    assert np.mean([each.size > 0 for each in crashes(trace)]) == pytest.approx(1 / 4, abs=4 * 0.018)


def test_waves_that_have_not_seen_it_never_crash() -> None:
    """Noticed after 15 min: the first wave of three has had it for that long, the second for 5 min."""
    trace = crashing(replicas=300, rollout={"waves": ["20%", "30%", "50%"], "bake": "10m"})
    units = trace["units"]
    born = np.bincount(units["slot"])
    assert set(born.tolist()) == {1, 31, 91}


def test_poison_noticed_before_anybody_reads_it_harms_nobody() -> None:
    """O47: noticed at once, no unit ever ends."""
    assert np.all(np.isnan(crashing(detected="0s")["units"]["gone"]))


def starting(replicas: int, horizon: str = "1h", **first_read: Any) -> np.ndarray[Any, Any]:
    """Instants at which units are ready that all start at once, of those that ever are."""
    scenario = policy.enforced(
        AT_ONCE, replicas=replicas, horizon=horizon, changes=None, first_read=first_read
    )
    ready = run(scenario.with_({"start": "fresh"}), 0)["units"]["ready"]
    return np.asarray(np.sort(ready[~np.isnan(ready)]))


def test_first_reads_are_answered_in_order_so_many_at_a_time() -> None:
    """Ten at once, 2 s each: the k-th of 95 has its policy after 2 s times k / 10, rounded up."""
    expected = 2.0 * np.ceil(np.arange(1, 96) / 10)
    assert starting(95, at_once=10, takes="2s") == pytest.approx(expected)


def test_reads_that_take_no_time_change_nothing() -> None:
    """Null, to the bit, though each comes to the desk."""
    fields: dict[str, Any] = {"replicas": 20, "horizon": "6h", "changes": {"every": exp("5m")}}
    crash = {"failures": [{"kind": "crash", "workload": "web", "every": exp("10m")}]}
    none, some = (
        run(policy.enforced(AT_ONCE, **fields, **more).with_(crash), 0)
        for more in ({}, {"first_read": {"takes": "0s"}})
    )
    for table in ("units", "adoptions", "polls", "traffic"):
        for column, array in none[table].items():
            np.testing.assert_array_equal(array, some[table][column], err_msg=f"{table}.{column}")


def test_a_herd_that_gives_up_and_asks_again_at_once_is_never_served() -> None:
    """One answer a second, patience of 10 s: 10 of 100 are in time, then 90 ask behind 90 in vain."""
    assert starting(100, takes="1s", timeout="10s").tolist() == [float(k) for k in range(1, 11)]


def test_a_herd_that_backs_off_is_served() -> None:
    """The same with randomised exponential back-off: the queue empties between attempts."""
    retry = {"kind": "exponential", "initial": "10s", "factor": 2, "cap": "10m", "jitter": "100%"}
    ready = starting(100, horizon="3h", takes="1s", timeout="10s", retry=retry)
    assert ready.size == 100
