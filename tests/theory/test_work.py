"""Jobs: what holds in every run, and what makes no difference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.trace import Trace
from tests.theory.oracle import exp, run, world
from tests.theory.work import saved_mean

CRASH = {"kind": "crash", "workload": "batch", "every": exp("20m")}
JOBS = {"every": exp("4m"), "work": exp("8m")}


def lived(*failures: dict[str, Any], **fields: Any) -> Trace:
    workload = {"kind": "processor", "replicas": 4, "startup": "30s", "jobs": JOBS, **fields}
    return run(world(workloads={"batch": workload}, failures=failures, history="2h"), 0)


def same(one: Trace, other: Trace, but: tuple[str, ...] = ()) -> None:
    for table in ("jobs", "deliveries", "outcomes", "units", "intervals"):
        for column in set(one[table]) - set(but):
            values = one[table][column]
            np.testing.assert_array_equal(values, other[table][column], err_msg=f"{table}.{column}")


def test_checkpoints_that_cost_nothing_and_that_nobody_needs_make_no_difference() -> None:
    """Null test: nobody crashes, so nobody goes on from one; at t1 more is kept of what is not done yet."""
    same(lived(), lived(checkpoints={"every": "1m"}), but=("kept",))


def test_a_lease_that_outlasts_everything_need_not_be_extended() -> None:
    """Null test: nobody crashes, and every job is done within its lease."""
    same(lived(), lived(queue={"lease": "40h", "extended": False}))


def test_keys_that_nobody_asks_for_make_no_difference() -> None:
    """Null test: nothing is ever delivered again."""
    same(lived(), lived(commit={"kind": "exactly-once"}))


def test_keys_that_are_forgotten_at_once_are_none() -> None:
    """Null test: kept for a nanosecond, they are as good as at-least-once, but for the name of the cause."""
    late = {"acknowledge": "1m"}
    one = lived(CRASH, commit={"kind": "at-least-once", **late})
    other = lived(CRASH, commit={"kind": "exactly-once", "retention": "1ns", **late})
    assert one.count("outcomes") > len(np.unique(one["outcomes"]["job"]))
    same(one, other, but=("cause",))


RUNNER: dict[str, Any] = {"kind": "runner", "startup": "30s", "jobs": JOBS}


def run_through(**fields: Any) -> Trace:
    crash = CRASH | {"workload": "ci"}
    return run(world(workloads={"ci": RUNNER | fields}, failures=[crash], history="2h"), 0)


@pytest.mark.parametrize("field", [{"limit": 1000}, {"time_limit": None}, {"time_limit": "200h"}])
def test_a_limit_that_nobody_reaches_makes_no_difference(field: dict[str, Any]) -> None:
    """Null test: of units at once, or of the time that a job takes."""
    same(run_through(limit=999), run_through(**{"limit": 999, **field}))


def test_nobody_waits_where_enough_units_are_spare() -> None:
    """Null test: forty are ready before the first job of the window, and far fewer come in 30 s."""
    for trace, least in ((run_through(spare=40, limit=999), 0.0), (run_through(), 30.0)):
        arrived, table = trace["jobs"]["arrived"], trace["deliveries"]
        first = (table["attempt"] == 1) & (arrived[table["job"]] >= 0)
        waited = table["began"][first] - arrived[table["job"][first]]
        assert waited == pytest.approx(least, abs=1e-6)


def test_more_units_bring_the_same_jobs() -> None:
    """Common random numbers: jobs come at the same instants with the same work, whoever does them."""
    few, many = lived(CRASH), lived(CRASH, replicas=9, commit={"kind": "at-most-once"})
    for column in ("arrived", "work"):
        np.testing.assert_array_equal(few["jobs"][column], many["jobs"][column])


@pytest.mark.parametrize("every", [120, 2400])
def test_the_best_time_between_checkpoints_is_that_of_young(every: float) -> None:
    """√(2cm) = 465 s for c = 30 s, m = 1 h: by the formula that the simulation is held to."""
    assert saved_mean(480) < saved_mean(every)
