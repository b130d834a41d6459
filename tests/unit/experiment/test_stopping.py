"""Rounds of replications until results are precise enough."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fake_world as fake
import pytest

from churnsim.base.errors import UsageError
from churnsim.experiment import run, stopping
from churnsim.experiment.conduct import by_processes, conduct
from churnsim.experiment.plan import Plan
from churnsim.experiment.result import Results
from churnsim.experiment.shard import Shard
from churnsim.experiment.stopping import Goal, in_rounds
from churnsim.experiment.work import Work
from churnsim.scenario import Scenario
from churnsim.scenario.aim import Aim
from churnsim.statistics.precision import Precision

SWEEP = fake.FakeScenario(study=fake.Study(sweep={"x": (1, 5)}))


@pytest.fixture(autouse=True)
def _measure(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fake's measure is in no catalogue."""

    class Catalogue:
        @staticmethod
        def find(name: str) -> Any:
            from churnsim.metrics.registry import MEASURES

            return MEASURES.find("churn.rate")

    monkeypatch.setattr(stopping, "MEASURES", Catalogue)


def rounds(
    half_width: float, out: Path | None = None, most: int = 500, simulate: Any = fake.noisy
) -> Results:
    work = fake.work(simulate, scenario=SWEEP)

    def make(plan: Plan, known: Results | None) -> Results:
        asked.append(plan.replications)
        grown = Work(work.scenario, plan, work.simulate, work.evaluate)
        return conduct(grown, hire=by_processes(1), out=out, known=known)

    asked.clear()
    return in_rounds(work.plan, [Goal("level", Precision(half_width, first=8, most=most))], make)


asked: list[int] = []


def test_it_stops_when_the_least_precise_point_is_precise_enough() -> None:
    """Standard deviation 5 at the second point: half width 1.96 * 5 / sqrt(n) is 1 at about 96 runs."""
    results = rounds(1.0)
    assert results.look is not None
    assert results.look.state == "enough"
    assert results.look.half_width is not None
    assert results.look.half_width <= 1.0
    assert 60 <= results.plan.replications <= 200
    assert len(results.measurements) == 2 * results.plan.replications
    assert results.warnings == ()


def test_a_precision_that_is_not_reached_is_told() -> None:
    results = rounds(0.01, most=20)
    assert results.plan.replications == 20
    (warning,) = results.warnings
    assert warning.startswith("not as precise as study.until asks")


def test_it_stops_where_it_would_have_stopped_though_more_is_stored(tmp_path: Path) -> None:
    """Looks are at fixed numbers of runs: what is stored beyond a look does not count at it."""
    fresh = rounds(1.0)
    conduct(fake.work(fake.noisy, scenario=SWEEP, replications=300), hire=by_processes(1), out=tmp_path)
    again = rounds(1.0, out=tmp_path, simulate=fake.killed_always)
    assert again.plan.replications == fresh.plan.replications
    assert list(again.measurements.items()) == list(fresh.measurements.items())


def test_only_what_is_missing_is_made_in_each_round() -> None:
    """The rounds grow, and the runs of one are those of the one before and more."""
    results = rounds(1.0)
    assert asked == sorted(set(asked))
    assert len(asked) > 1
    assert asked[-1] == results.plan.replications


def test_runs_that_fail_do_not_keep_it_going_for_ever() -> None:
    """Without one run in every round the number looked at lags behind, and the rounds still end."""
    results = rounds(0.01, most=20, simulate=fake.fails_at_two)
    assert results.plan.replications == 20
    assert len(results.failures) == 2


SMALL = {
    "name": "small",
    "horizon": "1h",
    "workloads": {
        "web": {"kind": "service", "replicas": 3, "lifetime": {"kind": "exponential", "mean": "10m"}}
    },
}


def test_a_study_says_how_precise_it_is_to_be() -> None:
    """As a text, in the unit of the measure; the number of replications is set aside."""
    study = {"until": "churn.rate +- 10%", "replications": 3}
    results = run(Scenario.model_validate({**SMALL, "study": study}), workers=1)
    assert results.look is not None
    assert results.plan.replications >= 32


def test_a_number_of_replications_that_is_given_sets_it_aside() -> None:
    scenario = Scenario.model_validate({**SMALL, "study": {"until": "churn.rate +- 10%"}})
    assert run(scenario, replications=3, workers=1).look is None


def test_a_shard_cannot_tell_when_the_whole_is_precise() -> None:
    scenario = Scenario.model_validate({**SMALL, "study": {"until": "churn.rate +- 10%"}})
    with pytest.raises(UsageError, match="a shard cannot tell"):
        run(scenario, shard=Shard(1, 2), workers=1)


def test_goals_are_read_from_texts_and_mappings() -> None:
    study = {"until": ["availability +- 0.01%", {"measure": "cost.total", "half_width": "5%", "most": 64}]}
    first, second = Scenario.model_validate({**SMALL, "study": study}).study.until
    assert first == Aim(measure="availability", half_width="0.01%")
    assert (second.measure, second.most) == ("cost.total", 64)
