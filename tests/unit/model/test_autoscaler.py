"""Autoscalers decide by what they see, and say what makes no sense."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from churnsim.base.errors import ScenarioError
from churnsim.model.autoscaler import AUTOSCALERS, Sight
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from churnsim.trace import Trace
from churnsim.trace.law import LAWS


def read(**written: Any) -> Any:
    return TypeAdapter(AUTOSCALERS.annotation()).validate_python(written)


def sight(now: float, rate: float, wanted: int, ready: list[float] | None = None) -> Sight:
    ages = [900.0] * wanted if ready is None else ready
    return Sight(now, wanted, tuple(ages), wanted - len(ages), 10.0, lambda window: rate)


@pytest.mark.parametrize(
    ("rate", "ready", "units"),
    [
        (80.0, [900.0] * 10, 10),  # at the target
        (87.9, [900.0] * 10, 10),  # within the tolerance
        (88.1, [900.0] * 10, 12),  # ⌈88.1/8⌉
        (160.0, [900.0] * 8, 20),  # 2.5 times the target on eight, two to come count as idle: 8 · 2.5
        (160.0, [900.0] * 5 + [3.0] * 5, 10),  # twice the target on five, idle five without a sample: 1.0
        (16.0, [900.0] * 5 + [3.0] * 5, 6),  # a fifth of it on five, the others taken for busy: ⌈5 · .2 + 5⌉
        (800.0, [3.0] * 10, 10),  # no sample at all
        (800.0, [], 10),
    ],
)
def test_hpa_counts_units_without_samples_against_the_change(
    rate: float, ready: list[float], units: int
) -> None:
    """Ten units of 10/s with a target of 80 %, at rest until now, without a window for scaling down."""
    decider = read(kind="hpa", ceiling=100, down_window="0s").decider()
    assert decider.decide(sight(-15.0, 80.0, 10)) == 10
    assert decider.decide(sight(0.0, rate, 10, ready)) == units


def test_hpa_adds_no_more_in_a_period_than_it_may() -> None:
    """Looks every 5 s, but max(2n, n + 4) in 15 s, counted from the number before the period."""
    decider = read(kind="hpa", ceiling=100, sync="5s").decider()
    wanted, found = 3, []
    for look in range(7):
        wanted = decider.decide(sight(5.0 * look, 1e4, wanted))
        found.append(wanted)
    assert found == [7, 7, 7, 14, 14, 14, 28]


def test_kpa_panics_by_the_short_window_and_does_not_scale_down_meanwhile() -> None:
    """Target 7/s a unit. 30/s wants ⌈30/7⌉ = 5 units: 5 of 2 are above 200 %, and hold for a minute more."""
    decider = read(kind="kpa", ceiling=100).decider()

    def look(now: float, stable: float, panic: float, ready: int) -> int:
        rates = {60.0: stable, 6.0: panic}
        return int(decider.decide(Sight(now, ready, (99.0,) * ready, 0, 10.0, rates.__getitem__)))

    assert look(0.0, 10.0, 10.0, 2) == 2
    assert look(2.0, 11.0, 30.0, 2) == 5
    assert look(4.0, 12.0, 9.0, 5) == 5
    assert look(62.0, 9.0, 9.0, 5) == 5
    assert look(64.0, 9.0, 9.0, 5) == 2


def test_kpa_goes_down_by_halves_and_keeps_the_last_unit_for_a_grace() -> None:
    """At most divided by two in one look; nothing at all only after 30 s of nothing."""
    decider = read(kind="kpa", ceiling=100).decider()
    wanted, found = 8, []
    for number in range(20):
        wanted = decider.decide(sight(2.0 * number, 0.0, wanted))
        found.append(wanted)
    assert found[:4] == [4, 2, 1, 1]
    assert found[14:16] == [1, 0]


def test_a_schedule_is_a_circle() -> None:
    recipe = read(kind="schedule", every="1h", steps=[{"at": "0s", "units": 2}, {"at": "20m", "units": 7}])
    assert [recipe.units(60.0 * minute) for minute in (-50, -30, 0, 19, 20, 59, 60, 81)] == [
        2,
        7,
        2,
        2,
        7,
        7,
        2,
        7,
    ]
    assert [recipe.following(60.0 * minute) for minute in (-50, 0, 20)] == [-2400.0, 1200.0, 3600.0]


def test_the_queue_decides_job_by_job_and_the_last_unit_stays_for_the_cooldown() -> None:
    """A unit for 2.5 jobs, at most 4; the last look at any is at 90 s, so that none is left at 150 s."""
    decider = read(kind="queue-length", target=2.5, ceiling=4, cooldown="1m").decider()
    jobs = (0, 1, 3, 5, 6, 99, 0, 0, 0, 1, 0)
    found = [decider.decide(Sight(10.0 * look, 1, (), 1, 0.0, float, n)) for look, n in enumerate(jobs)]
    assert found == [1, 1, 2, 2, 3, 4, 1, 1, 1, 1, 1]
    assert [decider.decide(Sight(when, 1, (), 1, 0.0, float, 0)) for when in (140.0, 150.0)] == [1, 0]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"kind": "hpa", "floor": 5, "ceiling": 3}, "the floor must not lie above the ceiling (got 5 > 3)"),
        (
            {"kind": "schedule", "steps": [{"at": "5m", "units": 1}]},
            "the first step must begin at 0s (got 5m)",
        ),
        (
            {
                "kind": "schedule",
                "every": "5m",
                "steps": [{"at": "0s", "units": 1}, {"at": "5m", "units": 2}],
            },
            "steps must be in order of time, within every (5m after 5m)",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(written: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read(**written)
    assert said in str(caught.value)


TREE: dict[str, Any] = {
    "name": "scaled",
    "horizon": "1h",
    "workloads": {
        "web": {
            "kind": "service",
            "replicas": 2,
            "startup": "20s",
            "drain": "10s",
            "lifetime": "9m",
            "capacity": "10/s",
            "traffic": {
                "kind": "steps",
                "steps": [{"at": "0s", "rate": "15/s"}, {"at": "20m", "rate": "90/s"}],
            },
            "autoscaler": {"kind": "hpa", "ceiling": 40},
        }
    },
}


BATCH: dict[str, Any] = {"kind": "processor", "replicas": 2, "jobs": {"every": "1m", "work": "5m"}}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"workloads.web.replicas": 50},
            "replicas must lie within what the autoscaler wants (got 50, not 1 to 40)",
        ),
        ({"workloads.web.capacity": None}, "this autoscaler needs the capacity of the workload"),
        ({"workloads.web.traffic": None}, "this autoscaler needs the traffic of the workload"),
        (
            {"workloads.web.autoscaler": {"kind": "queue-length"}},
            "this autoscaler needs the jobs of the workload; let a processor have it",
        ),
        (
            {"workloads.web": BATCH | {"autoscaler": {"kind": "hpa", "ceiling": 9}}},
            "this autoscaler needs the traffic of the workload; let a service have it",
        ),
    ],
)
def test_a_workload_that_it_cannot_scale_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        Scenario.model_validate(TREE).with_(change)
    assert said in str(caught.value)


def scaled() -> Trace:
    return simulate(Scenario.model_validate(TREE))


@pytest.mark.parametrize(("table", "column", "by"), [("targets", "units", 1), ("targets", "time", 5.0)])
def test_a_number_of_units_that_nobody_wanted_breaks_the_law(table: str, column: str, by: float) -> None:
    """L01, where the number of units changes."""
    trace = scaled()
    assert LAWS["L01"].broken_by(trace) is None
    changed = trace[table][column].copy()
    changed[-1] += by
    broken = Trace(trace.meta, {**trace.tables, table: {**trace[table], column: changed}})
    violation = LAWS["L01"].broken_by(broken)
    assert violation is not None
    assert "are wanted" in violation.message


def test_what_is_more_than_units_can_serve_is_shed() -> None:
    """Two units of 10/s, offered 90/s, until others are ready: 70 of 90 are turned away."""
    tree = TREE["workloads"]["web"] | {"autoscaler": None, "lifetime": None}
    trace = simulate(Scenario.model_validate(TREE | {"workloads": {"web": tree}}))
    traffic = trace["traffic"]
    late = traffic["start"] >= 1200.0
    assert traffic["shed"][late] == pytest.approx(70.0 * 60.0)
    assert not traffic["shed"][~late].any()
    assert traffic["served"] + traffic["shed"] == pytest.approx(traffic["offered"])


@pytest.mark.parametrize(
    ("rollout", "later"),
    [
        ({"kind": "rolling", "max_surge": "50%", "max_unavailable": "0%"}, {(4, 0), (4, 2)}),
        ({"kind": "blue-green"}, {(4, 0), (4, 4), (8, 0)}),
    ],
)
def test_units_that_a_rollout_has_beyond_those_wanted_come_or_are_ready_too(
    rollout: dict[str, Any], later: set[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Units that come are those that are there and not ready, whosever they are: never fewer than none.

    Two new units at a time start for a minute beside four old ones; or four, which are ready beside the old
    ones while these are kept.
    """
    seen: list[Sight] = []

    def remembered(**fields: Any) -> Sight:
        seen.append(Sight(**fields))
        return seen[-1]

    monkeypatch.setattr("churnsim.model.regulator.Sight", remembered)
    web = {
        "kind": "service", "replicas": 4, "capacity": "10/s", "startup": "1m", "drain": "1m",
        "rollout": rollout | {"at": ["30m"]}, "traffic": {"kind": "constant", "rate": "28/s"},
        "autoscaler": {"kind": "hpa", "target": "70%", "floor": 4, "ceiling": 9},
    }  # fmt: skip
    simulate(
        Scenario.model_validate(
            {"name": "roll", "horizon": "1h", "start": "fresh", "workloads": {"web": web}}
        )
    )
    assert {sight.wanted for sight in seen} == {4}
    assert {(len(sight.ready), sight.coming) for sight in seen if sight.now < 60.0} == {(0, 4)}
    assert {(len(sight.ready), sight.coming) for sight in seen if sight.now > 120.0} == later
