"""Which runs a study asks for."""

from __future__ import annotations

from typing import Any

import pytest
from fake_world import FakeScenario, Study

from churnsim.base.errors import UsageError
from churnsim.experiment.plan import Plan, Point, Run, planned
from churnsim.scenario.candidate import candidates


def plan(**sweep: tuple[Any, ...]) -> Plan:
    scenario: Any = FakeScenario(study=Study(replications=2, sweep=sweep))
    return planned(scenario, map(Point.of, candidates(scenario).settings))


def test_a_grid_has_every_combination() -> None:
    found = plan(x=(1, 2), y=("5m", "1h"))
    assert [dict(point.settings) for point in found.points] == [
        {"x": 1, "y": "5m"},
        {"x": 1, "y": "1h"},
        {"x": 2, "y": "5m"},
        {"x": 2, "y": "1h"},
    ]
    assert found.axes == ("x", "y")


def test_runs_go_replication_by_replication() -> None:
    a, b = (point.id for point in plan(x=(1, 2)).points)
    assert plan(x=(1, 2)).runs == (Run(a, 0), Run(b, 0), Run(a, 1), Run(b, 1))


def test_equal_settings_have_one_id_in_every_plan() -> None:
    """A run stored for one sweep is not made again for another; the id is pinned: it is in stored rows."""
    assert Point.of({"a": 1, "b": "5m"}).id == Point.of({"b": "5m", "a": 1}).id == "c2d53553"
    assert Point.of({"a": 1}).id != Point.of({"a": 2}).id
    assert Point.of({}).id == "base"


def test_a_value_named_twice_is_one_point() -> None:
    assert len(plan(x=(1, 1, 2)).points) == 2


def test_without_a_sweep_the_grid_is_the_scenario_alone() -> None:
    assert [point.id for point in plan().points] == ["base"]


def test_a_single_plan_leaves_the_sweep_aside() -> None:
    scenario: Any = FakeScenario(study=Study(sweep={"x": (1, 2)}))
    assert [point.id for point in planned(scenario).points] == ["base"]


def test_a_seed_of_zero_is_a_seed() -> None:
    scenario: Any = FakeScenario()
    assert planned(scenario, seed=0).seed == 0
    assert planned(scenario).seed == 3


@pytest.mark.parametrize(("replications", "seed"), [(0, 1), (-1, 1), (1, -1)])
def test_numbers_without_sense_are_refused(replications: int, seed: int) -> None:
    scenario: Any = FakeScenario()
    with pytest.raises(UsageError):
        planned(scenario, replications=replications, seed=seed)
