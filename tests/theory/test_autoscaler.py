"""O40: where autoscalers come to rest, and how they get there, exactly."""

from __future__ import annotations

from math import ceil
from typing import Any

import pytest

from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from tests.theory.oracle import world

LOAD, TARGET, TOLERANCE = 10.0, 0.7, 0.1  # in units of what one unit can serve


def scaled(replicas: int, startup: str = "0s", **autoscaler: Any) -> Scenario:
    service = {
        "kind": "service",
        "replicas": replicas,
        "capacity": "1/s",
        "startup": startup,
        "traffic": {"kind": "constant", "rate": f"{LOAD:g}/s"},
        "autoscaler": {"kind": "hpa", "target": f"{TARGET:.0%}", "ceiling": 200, **autoscaler},
    }
    return world(horizon="15m", start="fresh", workloads={"web": service})


def path(scenario: Scenario) -> list[int]:
    """Units wanted, one number after the other."""
    return [int(units) for units in simulate(scenario)["targets"]["units"]]


@pytest.mark.parametrize(
    ("begin", "units"),
    [
        (1, [1, 5, 10, 15]),
        (2, [2, 6, 12, 15]),
        (12, [12, 15]),
        (13, [13]),
        (14, [14]),
        (15, [15]),
        (16, [16, 15]),
        (100, [100, 15]),
    ],
)
def test_it_doubles_or_adds_four_until_it_rests(begin: int, units: list[int]) -> None:
    """O40: up by at most max(2n, n + 4) in 15 s to ⌈10/.7⌉ = 15; from 13 on within 10 % of the target."""
    assert path(scaled(begin)) == units


@pytest.mark.parametrize("begin", range(1, 40))
def test_it_rests_where_theory_says(begin: int) -> None:
    """O40: rest points are n within [Λ/(1.1 u), Λ/(0.9 u)], and ⌈Λ/u⌉; the end depends on the beginning.

    Whoever begins at a rest point stays there; on its way, doubling may meet another, as 7 meets 14.
    """
    low, high = LOAD / ((1 + TOLERANCE) * TARGET), LOAD / ((1 - TOLERANCE) * TARGET)
    end = path(scaled(begin))[-1]
    if low <= begin <= high:
        assert end == begin
    else:
        assert end == (14 if begin in (3, 7) else ceil(LOAD / TARGET))


def test_it_scales_down_only_when_every_wish_of_five_minutes_agrees() -> None:
    """The number it began with is among the wishes until 300 s after the first look."""
    targets = simulate(scaled(100))["targets"]
    first = simulate(scaled(12))["targets"]["time"][1]
    assert targets["time"][1] == first + 300.0


def test_units_that_start_slowly_hold_it_up_and_do_not_lead_it_too_far() -> None:
    """40 s from created to ready and 15 s to the first sample: four looks pass before the next step.

    Units that are not ready count as idle when scaling up, so that the wish is never above ⌈Λ/u⌉ = 15.
    """
    targets = simulate(scaled(1, "40s"))["targets"]
    assert targets["units"].tolist() == [1, 5, 10, 15]
    first = targets["time"][1]
    assert (targets["time"][1:] - first).tolist() == pytest.approx([0.0, 15.0, 30.0])


def test_without_an_autoscaler_there_is_nothing_to_decide() -> None:
    """Null: no row of wishes, and a floor that is a ceiling is as good as none."""
    fixed = scaled(12, floor=12, ceiling=12)
    tree = fixed.canonical()
    tree["workloads"]["web"]["autoscaler"] = None
    plain, held = simulate(Scenario.model_validate(tree)), simulate(fixed)
    assert plain.count("targets") == 0
    assert held["targets"]["units"].tolist() == [12]
    for table in ("units", "traffic"):
        for column, values in plain[table].items():
            assert values.tolist() == pytest.approx(held[table][column].tolist(), nan_ok=True)


def queued(jobs: int, replicas: int = 1, **autoscaler: Any) -> Scenario:
    """So many jobs from 5 min on that take an hour each, and an autoscaler that goes by them."""
    batch = {
        "kind": "processor",
        "replicas": replicas,
        "jobs": {"count": jobs, "at": "5m", "work": "1h"},
        "autoscaler": {"kind": "queue-length", **autoscaler},
    }
    return world(horizon="3h", start="fresh", workloads={"batch": batch})


def decided(jobs: int, **autoscaler: Any) -> list[tuple[float, int]]:
    """Times after the first look [s] at which it changed its mind, and the number of units from then on."""
    targets = simulate(queued(jobs, **autoscaler))["targets"]
    first = simulate(queued(jobs, cooldown="0s"))["targets"]["time"][1]  # nothing to do, no patience
    return [
        (round(float(when - first), 6), int(units))
        for when, units in zip(targets["time"][1:], targets["units"][1:], strict=True)
    ]


@pytest.mark.parametrize(("jobs", "units"), [(5, 1), (6, 2), (50, 10), (51, 11), (600, 100)])
def test_as_many_units_as_the_queue_wants(jobs: int, units: int) -> None:
    """⌈jobs/5⌉ from the first look at which they are there, at most 100, as long as none is done: 1 h."""
    before = [each for each in decided(jobs, cooldown="1h") if each[0] < 3600.0]
    assert before == ([] if units == 1 else [(300.0, units)])


def test_the_last_unit_goes_once_the_cooldown_is_over() -> None:
    """No job comes for the first 5 min, which is a cooldown counted from the first look: then they are there.

    One unit does both, one after the other, until 5 min + 2 h; the last look at which there is something is
    the one before, at 7500 s or less, and 5 min later there is none.
    """
    ((when, units),) = decided(2)
    assert (units, when) == (0, 7770.0)


def test_a_floor_and_jobs_for_ever_are_as_good_as_no_autoscaler() -> None:
    """Null: a ceiling that is the floor changes nothing but the row of wishes."""
    fixed = queued(40, replicas=3, floor=3, ceiling=3)
    tree = fixed.canonical()
    tree["workloads"]["batch"]["autoscaler"] = None
    plain, held = simulate(Scenario.model_validate(tree)), simulate(fixed)
    assert held["targets"]["units"].tolist() == [3]
    for table in ("units", "jobs", "deliveries", "outcomes"):
        for column, values in plain[table].items():
            assert values.tolist() == pytest.approx(held[table][column].tolist(), nan_ok=True)
