"""Back-off of restarts, where theory and the kubelet's own table know exactly what it does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.trace import Trace
from tests.theory.oracle import run, world

BACKOFF = {"kind": "backoff"}


def looping(every: Any, horizon: str = "1h", startup: str = "0s", **restart: Any) -> Trace:
    """One unit that crashes again and again, from 0 on."""
    web = {"kind": "service", "replicas": 1, "startup": startup, "restart": BACKOFF | restart}
    crash = {"kind": "crash", "workload": "web", "every": every}
    scenario = world(horizon=horizon, start="fresh", workloads={"web": web}, failures=[crash])
    return run(scenario, 0)


def test_pauses_double_up_to_the_cap() -> None:
    """F179: 10, 20, 40, 80, 160, and then 300 s for ever, beside 10 s of running each."""
    units = looping("10s")["units"]
    pauses = np.diff(units["ready"][~np.isnan(units["ready"])]) - 10.0
    assert pauses[:8].tolist() == pytest.approx([10.0, 20.0, 40.0, 80.0, 160.0, 300.0, 300.0, 300.0])


def test_restarts_as_kubernetes_counts_them() -> None:
    """F180: a container that crashes every 10 s restarts 4 times in 5 min, about 10 times in 30 min."""
    ready = looping("10s")["units"]["ready"][1:]
    assert (np.count_nonzero(ready <= 300.0), np.count_nonzero(ready <= 1800.0)) == (4, 9)


def test_who_was_ready_for_long_begins_anew() -> None:
    """Ten minutes ready and a crash: 10 s each time; a second less, and pauses grow."""
    for every, pauses in (("10m", [10.0] * 4), ("599s", [10.0, 20.0, 40.0, 80.0])):
        ready = looping(every, "5h")["units"]["ready"]
        assert (np.diff(ready)[:4] - float(ready[0] + (600 if every == "10m" else 599))).tolist() == pauses


def test_a_unit_that_is_told_to_stop_ends_the_row() -> None:
    """Crashes at 10, 30 s and so on of its slot do not count for who follows a unit that has drained."""
    web = {"kind": "service", "replicas": 1, "lifetime": "25s", "restart": BACKOFF}
    crash = {"kind": "crash", "workload": "web", "every": {"kind": "empirical", "values": ["20s", "30s"]}}
    trace = run(world(horizon="2h", start="fresh", workloads={"web": web}, failures=[crash]), 0)
    units, causes = trace["units"], trace.meta.causes
    row = 0
    for i in range(len(units["unit"]) - 2):
        row = row + 1 if causes[units["end_cause"][i]] == "crash" else 0
        wait = min(10.0 * 2.0 ** (row - 1), 300.0) if row else 0.0
        assert units["placed"][i + 1] - units["stopped"][i] == pytest.approx(wait, abs=1e-9)


def test_a_back_off_that_is_never_needed_changes_nothing() -> None:
    """O47: no crashes, so the same to the bit."""
    web = {"kind": "service", "replicas": 9, "lifetime": {"kind": "exponential", "mean": "1h"}, "drain": "9s"}
    plain, careful = (
        run(world(history="2h", workloads={"web": web | more}), 0) for more in ({}, {"restart": BACKOFF})
    )
    for table in plain.tables:
        for column, array in plain[table].items():
            np.testing.assert_array_equal(array, careful[table][column], err_msg=f"{table}.{column}")
