"""Making runs with workers that fail, hang and die."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fake_world as fake
import pytest

from churnsim.base.errors import UsageError
from churnsim.experiment.execute import WorkersDie, execute
from churnsim.experiment.local import InProcess, LocalProcesses, local_crew
from churnsim.experiment.outcome import Failed, Finished, Outcome
from churnsim.experiment.plan import Run


def made(simulate: Any, workers: int, *, folder: Path | None = None, replications: int = 6) -> list[Outcome]:
    scenario = fake.FakeScenario(values={"folder": str(folder)})
    work = fake.work(simulate, scenario=scenario, replications=replications)
    crew = InProcess(work) if workers == 1 else LocalProcesses(work, workers)
    return sorted(execute(work.plan.runs, crew), key=lambda outcome: outcome.run)


@pytest.mark.parametrize("workers", [1, 2])
def test_every_run_is_made_once(workers: int) -> None:
    outcomes = made(fake.steady, workers)
    assert [outcome.run for outcome in outcomes] == [Run("base", r) for r in range(6)]
    assert all(isinstance(outcome, Finished) for outcome in outcomes)


def test_processes_give_what_this_process_gives() -> None:
    assert made(fake.steady, 2) == made(fake.steady, 1)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_that_raises_fails_alone(workers: int) -> None:
    outcomes = made(fake.fails_at_two, workers)
    (failed,) = [outcome for outcome in outcomes if isinstance(outcome, Failed)]
    assert (failed.run, failed.error, failed.message) == (Run("base", 2), "ZeroDivisionError", "no, not two")
    assert "fails_at_two" in failed.trace
    assert len(outcomes) == 6


def test_an_interrupt_that_a_run_swallows_ends_with_that_run_which_is_not_believed() -> None:
    work = fake.work(fake.swallows_an_interrupt, scenario=fake.FakeScenario(), replications=6)
    with pytest.raises(KeyboardInterrupt):
        next(execute(work.plan.runs, InProcess(work)))


def test_a_result_that_cannot_travel_fails_alone() -> None:
    outcomes = made(fake.cannot_travel, 2)
    assert [type(outcome) for outcome in outcomes] == [Finished] * 2 + [Failed] + [Finished] * 3


def test_a_worker_that_is_killed_once_loses_no_run(tmp_path: Path) -> None:
    outcomes = made(fake.killed_once_at_two, 2, folder=tmp_path)
    assert (tmp_path / "killed").exists()
    assert [outcome.run.replication for outcome in outcomes] == list(range(6))
    assert all(isinstance(outcome, Finished) for outcome in outcomes)


def test_a_run_that_always_kills_its_worker_is_named_and_the_others_go_on() -> None:
    outcomes = made(fake.killed_always_at_two, 2)
    (failed,) = [outcome for outcome in outcomes if isinstance(outcome, Failed)]
    assert (failed.run, failed.error) == (Run("base", 2), "WorkerKilled")
    assert len(outcomes) == 6


def test_workers_that_never_finish_a_run_are_given_up() -> None:
    with pytest.raises(WorkersDie, match="__main__"):
        made(fake.killed_always, 2)


def test_one_run_or_one_worker_needs_no_process() -> None:
    work = fake.work()
    assert local_crew(work, 1, 6).window == 1
    assert local_crew(work, 8, 1).window == 1
    assert local_crew(work, 3, 6).window == 6


def test_no_workers_are_refused() -> None:
    with pytest.raises(UsageError, match="workers"):
        local_crew(fake.work(), 0, 6)
