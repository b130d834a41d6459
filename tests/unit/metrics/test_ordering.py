"""Order by stamps, in worlds small enough to be worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from churnsim.metrics import evaluate
from churnsim.scenario import Scenario
from churnsim.simulate import simulate

NAME = "ordering.ambiguous_share"


def measured(workload: dict[str, Any], clock: Any, **more: Any) -> dict[str, float | None]:
    """Shares of two hours of one workload, by pair."""
    tree = {
        "name": "by-hand",
        "horizon": "2h",
        "start": "fresh",
        "workloads": {"web": {"replicas": 1, "clock": clock, **workload}},
        **more,
    }
    found = evaluate(simulate(Scenario.model_validate(tree)), [NAME])
    return {full.removeprefix(NAME).lstrip("."): each.value for full, each in found.items()}


def decided(clock: Any) -> dict[str, float | None]:
    """The same of a service with a credential every 10 min and a version every 20 min, a minute late."""
    service = {"kind": "service", "issuer": "mesh", "policy": "authz"}
    return measured(
        service | {"traffic": {"kind": "constant", "rate": "2/s"}},
        clock,
        issuers={"mesh": {"ttl": "20m", "renewal": {"kind": "fixed", "at": "50%"}}},
        policies={"authz": {"refresh": {"kind": "push", "delay": "1m"}, "changes": {"every": "20m"}}},
        sinks={"archive": {}},
        evidence={"answer": {"kind": "request", "workload": "web", "owes": ["log"]}},
        artefacts={
            "log": {"of": "answer", "sink": "archive", "shipping": {"kind": "periodic", "every": "1m"}}
        },
    )


JOBS = {"kind": "processor", "jobs": {"every": "1m", "work": "10s"}, "commit": {"kind": "at-least-once"}}


def test_where_clocks_are_right_nothing_is_defined() -> None:
    """Nobody asked."""
    assert set(measured({"kind": "service", "lifetime": "5m"}, None).values()) == {None}


def test_clocks_that_are_off_by_nothing_tell_every_order() -> None:
    """The null: all that can be paired is defined, and none of it unsure."""
    found = decided({})
    assert found["issuance"] == found["version"] == found[""] == 0.0
    assert measured(JOBS, {})["delivery"] == 0.0


def test_decisions_soon_after_an_issuance_are_stamped_before_it_by_a_slow_clock() -> None:
    """A minute slow: of every 10 min the first; a version in force a minute late is stamped in time."""
    found = decided({"error": "-1m"})
    assert found["issuance"] == pytest.approx(0.1)
    assert found["version"] == 0.0


def test_an_error_that_is_reckoned_with_leaves_as_much_unsure_as_one_that_is_made() -> None:
    """Two minutes: of every 10 min the first two, and of every 20 min the second after the commit."""
    found = decided({"bound": "2m"})
    assert found["issuance"] == pytest.approx(0.2)
    assert found["version"] == pytest.approx(5 / 120, abs=0.01)


def test_a_commit_is_stamped_before_its_delivery_by_a_clock_slower_than_the_work() -> None:
    """Work of 10 s: 9 s slow is not enough, 11 s are; the queue hears of it later on either clock."""
    assert measured(JOBS, {"error": "-9s"})["delivery"] == 0.0
    assert measured(JOBS, {"error": "-11s"})["delivery"] == 1.0


def test_an_acknowledgement_is_stamped_before_the_commit_by_a_clock_that_is_fast() -> None:
    """5 s after the commit, before it where the queue is told first."""
    late = JOBS | {"commit": {"kind": "at-least-once", "acknowledge": "5s"}}
    assert measured(late, {"error": "4s"})["acknowledgement"] == 0.0
    assert measured(late, {"error": "6s"})["acknowledgement"] == 1.0
    first = JOBS | {"commit": {"kind": "at-most-once", "acknowledge": "5s"}}
    assert measured(first, {"error": "6s"})["acknowledgement"] == 0.0
    assert measured(first, {"error": "-11s"})["acknowledgement"] == 1.0


def test_units_whose_clocks_are_off_alike_tell_who_followed_whom() -> None:
    """An error that all share cancels, the bound of both does not: they boot 10 s after the one before."""
    service = {"kind": "service", "lifetime": "5m", "startup": "10s"}
    assert measured(service, {"error": "-1h"})["succession"] == 0.0
    assert measured(service, {"bound": "4s"})["succession"] == 0.0
    assert measured(service, {"bound": "6s"})["succession"] == 1.0


def test_a_crash_leaves_no_stamp() -> None:
    """Who ends without notice says nothing, so there is nothing to put in order."""
    crash = {"kind": "crash", "workload": "web", "every": "5m"}
    found = measured({"kind": "service", "startup": "10s"}, {}, failures=[crash])
    assert found["succession"] is None
