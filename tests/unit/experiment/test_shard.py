"""Shares of the runs of a plan."""

from __future__ import annotations

from dataclasses import replace

import fake_world as fake
import pytest

from churnsim.base.errors import UsageError
from churnsim.experiment.plan import Run
from churnsim.experiment.shard import Shard

PLAN = fake.work(scenario=fake.FakeScenario(study=fake.Study(replications=8, sweep={"x": (1, 2, 3, 4)}))).plan


def runs(number: int, count: int) -> tuple[Run, ...]:
    return replace(PLAN, shard=Shard(number, count)).runs


@pytest.mark.parametrize("count", [1, 3, 4, 5, 40])
def test_shards_together_make_every_run_once(count: int) -> None:
    every = [run for number in range(1, count + 1) for run in runs(number, count)]
    assert sorted(every) == sorted(PLAN.runs)


def test_each_shard_gets_runs_of_every_point() -> None:
    """As many shards as points: were points dealt out, one shard would get the costliest alone."""
    for number in range(1, 5):
        points = [run.point for run in runs(number, 4)]
        assert {point: points.count(point) for point in points} == {point.id: 2 for point in PLAN.points}


def test_a_shard_is_written_as_a_number_out_of_a_count() -> None:
    assert Shard.parse("2/8") == Shard(2, 8)
    assert str(Shard(2, 8)) == "2/8"


@pytest.mark.parametrize("text", ["", "2", "2/", "0/8", "9/8", "1/0", "-1/8", "a/b", "1/1000000", "1/8/2"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"such as 1/8"):
        Shard.parse(text)
