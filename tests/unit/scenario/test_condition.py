"""Conditions on the points of a study, as files state them."""

from __future__ import annotations

import pytest
from small_scenario import SMALL, Write

from churnsim.base.errors import ScenarioError, UsageError
from churnsim.scenario import Scenario, load
from churnsim.scenario.candidate import candidates


def points(write: Write, study: str) -> list[dict[str, object]]:
    return list(candidates(loaded(write, study)).settings)


def loaded(write: Write, study: str) -> Scenario:
    return load(write(f"{SMALL}study: {study}\n"))


def test_a_condition_compares_a_swept_value_with_one_that_is_not(write: Write) -> None:
    """Startup is 4 s."""
    found = points(
        write, "{sweep: {issuers.mesh.ttl: [3s, 5s]}, where: issuers.mesh.ttl > workloads.web.startup}"
    )
    assert found == [{"issuers.mesh.ttl": "5s"}]


def test_a_law_stands_for_its_mean(write: Write) -> None:
    """Swept as a mapping: the mean of a uniform law from 0 to 10 s is 5 s; as a word: 20 s is 20 s."""
    laws = "[{kind: uniform, low: 0s, high: 10s}, 20s]"
    study = f"{{sweep: {{workloads.web.startup: {laws}}}, where: workloads.web.startup > 5.5s}}"
    assert points(write, study) == [{"workloads.web.startup": "20s"}]


def test_a_value_below_a_swept_part_is_that_of_the_point(write: Write) -> None:
    """The mean of the law that is swept as a whole."""
    laws = "[{kind: exponential, mean: 1s}, {kind: exponential, mean: 9s}]"
    study = f"{{sweep: {{workloads.web.startup: {laws}}}, where: workloads.web.startup.mean > 2s}}"
    (point,) = points(write, study)
    assert point["workloads.web.startup"]["mean"] == "9s"  # type: ignore[index]


def test_points_that_are_left_out_need_not_be_valid(write: Write) -> None:
    """A warm-up as long as the horizon is refused, unless a condition leaves it out."""
    sweep = "{warmup: [10m, 1h], horizon: [30m, 2h]}"
    with pytest.raises(ScenarioError, match="warmup must be shorter than horizon"):
        loaded(write, f"{{sweep: {sweep}}}")
    assert len(points(write, f"{{sweep: {sweep}, where: [warmup < horizon]}}")) == 3


def test_every_condition_must_hold(write: Write) -> None:
    study = "{sweep: {issuers.mesh.ttl: [1m, 2m, 3m]}, where: [issuers.mesh.ttl > 1m, issuers.mesh.ttl < 3m]}"
    assert points(write, study) == [{"issuers.mesh.ttl": "2m"}]


def test_conditions_that_leave_nothing_are_told(write: Write) -> None:
    study = "{sweep: {issuers.mesh.ttl: [1m, 2m]}, where: horizon < 1m}"
    with pytest.raises(
        UsageError, match=r"none of the 2 points of the study meets its conditions \(horizon < 1m\)"
    ):
        candidates(loaded(write, study))


@pytest.mark.parametrize(
    ("where", "column", "said"),
    [
        ("issuers.mesh.tll > 1m", 16, "there is no issuers.mesh.tll; did you mean 'issuers.mesh.ttl'?"),
        ("issuers.mesh > 1m", 16, "issuers.mesh is no single value"),
        ("issuers.mesh.ttl > 5", 16, "makes no sense between the duration 10m and the number 5"),
        ("history > 5m", 16, "history is not set"),
        ("issuers.mesh.ttl =< 5m", 16, "nothing more is due"),
        ("[horizon > 1m, horizon > x]", 31, "there is no x"),
    ],
)
def test_a_condition_that_means_nothing_is_told_at_its_place(
    write: Write, where: str, column: int, said: str
) -> None:
    """File, line and column of the condition, before anything runs."""
    with pytest.raises(ScenarioError) as refused:
        loaded(write, f"{{where: {where}}}")
    (problem,) = refused.value.problems
    assert (problem.line, problem.column) == (SMALL.count("\n") + 1, column)
    assert said in str(problem)
