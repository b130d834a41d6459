"""Runs made on a real Dask cluster of this machine, whose workers and scheduler are killed."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import fake_world as fake
import local_cluster
import pytest

from churnsim.base.errors import UsageError
from churnsim.experiment import cluster as module
from churnsim.experiment.cluster import Cluster
from churnsim.experiment.conduct import by_processes, conduct
from churnsim.experiment.crew import EngineLost
from churnsim.experiment.outcome import Failed
from churnsim.experiment.store import Store

# One cluster serves most tests, so they share a worker of pytest-xdist.
pytestmark = pytest.mark.xdist_group("dask")


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[local_cluster.Processes]:
    with local_cluster.running(tmp_path_factory.mktemp("dask"), workers=2) as processes:
        yield processes


def work(simulate: Any, folder: Path, replications: int = 6) -> Any:
    scenario = fake.FakeScenario(values={"folder": str(folder)})
    return fake.work(simulate, scenario=scenario, replications=replications)


def test_a_cluster_gives_what_this_process_gives(processes: local_cluster.Processes, tmp_path: Path) -> None:
    """Every measurement equal, in the order of the plan, and stored."""
    task = work(fake.steady, tmp_path, replications=40)
    there = conduct(task, hire=processes.cluster.crew, out=tmp_path)
    here = conduct(task, hire=by_processes(1))
    assert list(there.measurements.items()) == list(here.measurements.items())
    assert len(Store(tmp_path, task.plan).load()) == 40


def test_a_run_that_raises_fails_alone(processes: local_cluster.Processes, tmp_path: Path) -> None:
    results = conduct(work(fake.fails_at_two, tmp_path), hire=processes.cluster.crew)
    (failed,) = results.failures
    assert (failed.error, failed.message) == ("ZeroDivisionError", "no, not two")
    assert len(results.measurements) == 5


def test_a_worker_that_is_killed_once_loses_no_run(
    processes: local_cluster.Processes, tmp_path: Path
) -> None:
    """The run kills its own process with SIGKILL; the cluster gives it to another."""
    results = conduct(work(fake.killed_once_at_two, tmp_path), hire=processes.cluster.crew)
    assert (tmp_path / "killed").exists()
    assert [run.replication for run in results.measurements] == list(range(6))


def test_a_run_that_always_kills_its_worker_is_named_and_the_others_go_on(
    processes: local_cluster.Processes, tmp_path: Path
) -> None:
    """Dask blames neighbours too; each suspect is made again alone, and the culprit kills again."""
    results = conduct(work(fake.killed_always_at_two, tmp_path), hire=processes.cluster.crew)
    (failed,) = results.failures
    assert (failed.run.replication, failed.error) == (2, "WorkerKilled")
    assert len(results.measurements) == 5


def test_workers_with_other_code_are_refused_before_anything_runs(
    processes: local_cluster.Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This process pretends to have other code; the workers are named with what they have."""
    here = module._here()
    monkeypatch.setattr(module, "_here", lambda: {**here, "churnsim": "0.0.1+other"})
    with pytest.raises(UsageError) as refused:
        conduct(work(fake.steady, tmp_path), hire=processes.cluster.crew)
    assert "here it is 0.0.1+other" in str(refused.value)
    assert "install the same on all of them" in str(refused.value)


def test_a_worker_that_joins_with_other_code_makes_no_run(
    processes: local_cluster.Processes, tmp_path: Path
) -> None:
    """The plan claims another version than the workers have: they refuse, whatever was compared before."""
    task = work(fake.steady, tmp_path)
    other = replace(task, plan=replace(task.plan, version="0.0.1+other"))
    results = conduct(other, hire=processes.cluster.crew)
    assert {failed.error for failed in results.failures} == {"VersionsDiffer"}


def test_a_scheduler_that_is_killed_keeps_what_is_stored_and_the_rest_is_made_here(tmp_path: Path) -> None:
    """Killed once four of six runs are done, the others take a minute; then resumed without a cluster."""
    task = work(fake.slow, tmp_path)
    with local_cluster.running(tmp_path, workers=2) as processes:

        def tell(done: int, total: int, elapsed: float) -> None:
            if done == 4:
                os.killpg(processes.scheduler.pid, signal.SIGKILL)

        with pytest.raises(
            EngineLost, match=r"is gone; .*; 4 of 6 runs are kept in .*; go on with: churnsim run"
        ):
            conduct(task, hire=processes.cluster.crew, out=tmp_path / "results", progress=tell)
    quick = fake.work(fake.steady, scenario=task.scenario)
    results = conduct(quick, hire=by_processes(1), out=tmp_path / "results")
    assert [run.replication for run in results.measurements] == list(range(6))
    assert not any(isinstance(each, Failed) for each in results.failures)


def test_a_cluster_without_workers_is_told(tmp_path: Path) -> None:
    """A scheduler alone."""
    with local_cluster.running(tmp_path, workers=0) as processes:
        cluster = replace(processes.cluster, max_wait=0.5)
        with pytest.raises(EngineLost, match="has had no worker for 0 s; start workers"):
            conduct(work(fake.steady, tmp_path), hire=cluster.crew)


@pytest.mark.nightly
def test_a_worker_that_joins_late_is_given_work(tmp_path: Path) -> None:
    """One worker at first, another after the first run: the work is brought to it, and both make runs."""
    task = work(fake.leaves_its_mark, tmp_path, replications=150)
    with local_cluster.running(tmp_path, workers=1) as processes:

        def tell(done: int, total: int, elapsed: float) -> None:
            if done == 1:
                processes.start_worker()

        results = conduct(task, hire=processes.cluster.crew, progress=tell)
    assert len(results.measurements) == 150
    assert len(list(tmp_path.glob("worker-*"))) == 2


@pytest.mark.nightly
def test_workers_that_are_all_gone_are_not_waited_for_for_ever(tmp_path: Path) -> None:
    """Both are killed with their nannies in the middle of runs of a minute; soon after, it is over."""
    task = work(fake.slow, tmp_path)
    with local_cluster.running(tmp_path, workers=2) as processes:

        def tell(done: int, total: int, elapsed: float) -> None:
            if done == 4:
                for worker in processes.workers:
                    os.killpg(worker.pid, signal.SIGKILL)

        cluster = replace(processes.cluster, max_wait=10.0)
        with pytest.raises(EngineLost, match="has had no worker for 10 s; start workers"):
            conduct(task, hire=cluster.crew, out=tmp_path / "results", progress=tell)
    assert len(Store(tmp_path / "results", task.plan).load()) == 4


def test_a_scheduler_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A port that was free a moment ago."""
    monkeypatch.setattr(module, "ANSWER_S", 0.5)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(EngineLost, match="no Dask scheduler answers at tcp:"):
        conduct(work(fake.steady, tmp_path), hire=Cluster(address).crew)


@pytest.mark.parametrize("where", [{}, {"address": "tcp://x:1", "scheduler_file": Path("x")}])
def test_a_cluster_is_reached_in_one_way(where: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="one of an address and a scheduler file"):
        Cluster(**where)
