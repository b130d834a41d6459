"""Stages: jobs that the outcomes of another workload bring, each time that these take effect."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from churnsim.base.errors import ScenarioError
from churnsim.metrics import evaluate
from churnsim.scenario import Scenario, load
from churnsim.simulate import simulate
from churnsim.trace import Trace
from churnsim.trace.digest import of_workload

EXTRACT = {"kind": "processor", "replicas": 1, "jobs": {"count": 3, "work": "1m"}}
LOAD = {"kind": "processor", "replicas": 9, "jobs": {"after": "extract", "each": 2, "work": "10s"}}
SPREAD = {"kind": "exponential", "mean": "1m"}


def lived(**workloads: dict[str, Any]) -> Trace:
    """One replication of an hour, everything born at 0."""
    tree = {"name": "stages", "horizon": "1h", "start": "fresh", "workloads": workloads}
    return simulate(Scenario.model_validate(tree))


def of(trace: Trace, workload: str, column: str = "arrived") -> list[float]:
    jobs = trace["jobs"]
    return jobs[column][jobs["workload"] == trace.code("workload", workload)].tolist()


def value(trace: Trace, name: str) -> float | None:
    return evaluate(trace, [name])[name].value


def test_each_outcome_brings_so_many_jobs_that_instant() -> None:
    """Three jobs of a minute, one after another; two come of each."""
    trace = lived(extract=EXTRACT, load=LOAD)
    assert of(trace, "load") == [60, 60, 120, 120, 180, 180]
    assert of(trace, "load", "source") == [0, 0, 1, 1, 2, 2]
    assert of(trace, "load", "ended") == [70, 70, 130, 130, 190, 190]


def test_the_time_of_a_pipeline_counts_from_its_first_stage() -> None:
    """All there at 0; a third stage takes 20 s more."""
    done = {"kind": "runner", "jobs": {"after": "load", "work": "20s"}}
    trace = lived(done=done, load=LOAD, extract=EXTRACT)
    assert of(trace, "done") == [70, 70, 130, 130, 190, 190]
    assert value(trace, "pipeline.time.mean") == 150
    assert value(trace, "pipeline.time.p99") == 210
    assert value(trace, "pipeline.repeated") == 0


def test_without_stages_there_is_no_pipeline() -> None:
    """A last stage is one that comes after another."""
    trace = lived(extract=EXTRACT)
    assert value(trace, "pipeline.time.mean") is None
    assert value(trace, "pipeline.repeated") is None


def test_what_takes_effect_again_brings_its_jobs_again() -> None:
    """A lease of 30 s that nobody extends: two units do the one job of a minute, and both commit."""
    hasty = {"queue": {"lease": "30s", "extended": False, "attempts": 2}, "replicas": 2}
    twice = EXTRACT | hasty | {"jobs": {"count": 1, "work": "1m"}}
    trace = lived(extract=twice, load=LOAD | {"commit": {"kind": "exactly-once"}})
    assert of(trace, "load") == [60, 60, 90, 90]
    assert of(trace, "load", "source_attempt") == [1, 1, 2, 2]
    assert value(trace, "outcomes.workload.duplicated.load") == 0
    assert value(trace, "pipeline.repeated") == 1
    once = lived(extract=twice | {"commit": {"kind": "exactly-once"}}, load=LOAD)
    assert of(once, "load") == [60, 60]
    assert value(once, "pipeline.repeated") == 0


def test_a_stage_that_follows_leaves_the_one_before_as_it_was() -> None:
    """Null: the same rows to the bit."""
    first = EXTRACT | {"jobs": {"every": SPREAD, "work": SPREAD}, "replicas": 3}
    alone, followed = lived(extract=first), lived(load=LOAD, extract=first)
    assert of_workload(alone, "extract") == of_workload(followed, "extract")


def test_the_work_of_a_job_does_not_hang_on_when_it_was_brought() -> None:
    """Three units hand jobs on in another order than one does; what comes of each is the same."""
    first = EXTRACT | {"jobs": {"count": 30, "work": SPREAD}}
    later = LOAD | {"jobs": {"after": "extract", "each": 2, "work": SPREAD}}
    one, three = lived(extract=first, load=later), lived(extract=first | {"replicas": 3}, load=later)
    works = [sorted(zip(of(t, "load", "source"), of(t, "load", "work"), strict=True)) for t in (one, three)]
    assert of(one, "load", "source") != of(three, "load", "source")
    np.testing.assert_array_equal(*works)


@pytest.mark.parametrize(
    ("jobs", "said"),
    [
        ({"after": "extrakt", "work": "1s"}, "there is no 'extrakt' among the workloads; did you mean"),
        (
            {"after": "web", "work": "1s"},
            "web has no jobs, so no outcome of it ever brings one to load; name",
        ),
        (
            {"after": "done", "work": "1s"},
            "these stages wait for each other, so that no job ever comes: load after done after load; let",
        ),
        ({"after": "load", "work": "1s"}, "so that no job ever comes: load after load; let the jobs of one"),
        ({"after": "extract", "count": 3, "work": "1s"}, "count and after are both given; keep either"),
        ({"work": "1s"}, "it is not said when jobs come; add either 'every: ...'"),
        ({"every": "1m", "each": 2, "work": "1s"}, "each counts jobs for an outcome of another workload"),
    ],
)
def test_what_never_comes_is_refused_with_its_place(tmp_path, jobs: dict[str, Any], said: str) -> None:
    """At the line of the file, with a remedy."""
    file = tmp_path / "stages.yaml"
    file.write_text(
        "churnsim: 1\nname: stages\nhorizon: 1h\nworkloads:\n"
        "  extract: {kind: processor, replicas: 1, jobs: {every: 1m, work: 1s}}\n"
        "  web: {kind: service, replicas: 1}\n"
        f"  load: {{kind: processor, replicas: 1, jobs: {jobs!r}}}\n"
        "  done: {kind: runner, jobs: {after: load, work: 1s}}\n"
    )
    with pytest.raises(ScenarioError) as caught:
        load(file)
    problem = next(each for each in caught.value.problems if said in str(each))
    assert "stages.yaml:7:" in str(problem)
