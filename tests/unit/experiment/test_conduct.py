"""Carrying out a plan, broken off and taken up again."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import fake_world as fake
import pytest

from churnsim.base.errors import StoreError
from churnsim.experiment import conduct as module
from churnsim.experiment.conduct import by_processes, conduct
from churnsim.experiment.interrupted import Interrupted
from churnsim.experiment.plan import Run
from churnsim.experiment.store import Store

SWEEP = fake.FakeScenario(study=fake.Study(replications=3, sweep={"x": (1, 2)}))


def test_results_do_not_depend_on_the_number_of_workers(tmp_path: Path) -> None:
    alone = conduct(fake.work(scenario=SWEEP), hire=by_processes(1))
    many = conduct(fake.work(scenario=SWEEP), hire=by_processes(2), out=tmp_path)
    assert list(alone.measurements.items()) == list(many.measurements.items())


def test_points_share_seed_and_replication() -> None:
    """Common random numbers: the fake's value is 1000 x + 10 seed + replication."""
    results = conduct(fake.work(scenario=SWEEP), hire=by_processes(1))
    values = {
        (row.x, row.replication): row.value for row in results.runs.query("measure == 'level'").itertuples()
    }
    assert values == {(x, r): 1000.0 * x + 30.0 + r for x in (1, 2) for r in range(3)}


def test_running_again_makes_only_what_is_missing(tmp_path: Path) -> None:
    conduct(fake.work(replications=3), hire=by_processes(1), out=tmp_path)
    told: list[tuple[int, int]] = []
    results = conduct(
        fake.work(replications=5),
        hire=by_processes(1),
        out=tmp_path,
        progress=lambda done, total, _: told.append((done, total)),
    )
    assert told == [(3, 5), (4, 5), (5, 5)]
    assert [run.replication for run in results.measurements] == list(range(5))


def test_results_read_back_are_the_results_made(tmp_path: Path) -> None:
    made = conduct(fake.work(), hire=by_processes(1), out=tmp_path)
    read = conduct(fake.work(fake.killed_always), hire=by_processes(1), out=tmp_path)
    assert list(made.measurements.items()) == list(read.measurements.items())


def test_a_failed_run_leaves_the_others_and_says_how_to_repeat_it(tmp_path: Path) -> None:
    results = conduct(fake.work(fake.fails_at_two, scenario=SWEEP), hire=by_processes(1), out=tmp_path)
    assert results.exit_code == 3
    assert len(results.measurements) == 4
    first = results.failures[0]
    assert first.repeat == "churnsim run fake.yaml --set x=1 --seed 3 --replication 2"
    assert first.repeat in results.warnings[0]
    mended = conduct(fake.work(scenario=SWEEP), hire=by_processes(1), out=tmp_path)
    assert (mended.exit_code, len(mended.measurements)) == (0, 6)


def test_an_interrupt_keeps_what_is_finished_and_says_how_to_go_on(tmp_path: Path) -> None:
    with pytest.raises(Interrupted) as interrupted:
        conduct(fake.work(fake.interrupted_at_four), hire=by_processes(1), out=tmp_path)
    error = interrupted.value
    assert (error.exit_code, error.done, error.total) == (130, 4, 6)
    assert error.command == f"churnsim run fake.yaml --seed 3 --replications 6 --out {tmp_path}"
    assert error.command in str(error)
    assert Store(tmp_path, fake.work().plan).missing() == (Run("base", 4), Run("base", 5))


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupt_after_the_last_run_loses_nothing(tmp_path: Path, workers: int) -> None:
    """Swallowed on its way, it is raised once more, and what is finished is stored."""

    def strike(done: int, total: int, _: float) -> None:
        if done == total:
            with suppress(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)

    with pytest.raises(Interrupted) as interrupted:
        conduct(fake.work(), hire=by_processes(workers), out=tmp_path, progress=strike)
    assert interrupted.value.done == 6
    assert Store(tmp_path, fake.work().plan).missing() == ()


def test_an_interrupt_while_the_store_is_opened_says_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conduct(fake.work(replications=2), hire=by_processes(1), out=tmp_path)
    opened = Store.open

    def strike(store: Store, scenario: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        opened(store, scenario)

    monkeypatch.setattr(Store, "open", strike)
    with pytest.raises(Interrupted) as interrupted:
        conduct(fake.work(), hire=by_processes(1), out=tmp_path)
    assert (interrupted.value.done, interrupted.value.total) == (2, 6)


def test_an_interrupt_without_a_folder_says_that_nothing_is_kept() -> None:
    with pytest.raises(Interrupted, match="none are kept"):
        conduct(fake.work(fake.interrupted_at_four), hire=by_processes(1))


def test_a_disk_that_fills_up_ends_the_experiment_with_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = fake.work()
    Store(tmp_path, work.plan).open(work.scenario)
    monkeypatch.setattr(module, "BATCH_RUNS", 2)
    real, calls = os.replace, []

    def full_at_the_second(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) > 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(source, target)

    with monkeypatch.context() as disk:
        disk.setattr(os, "replace", full_at_the_second)
        with pytest.raises(StoreError, match="No space left"):
            conduct(work, hire=by_processes(1), out=tmp_path)
    assert len(Store(tmp_path, work.plan).load()) == 2


def test_what_is_finished_is_stored_before_a_long_run_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two come at once, too soon after each other to be stored both; nothing new comes, and they are."""
    monkeypatch.setattr(module, "BATCH_S", 2.0)
    scenario = fake.FakeScenario(values={"folder": str(tmp_path)})
    work = fake.work(fake.counts_stored_at_two, scenario=scenario, replications=3)
    conduct(work, hire=by_processes(2), out=tmp_path)
    assert (tmp_path / "stored-2").exists()


SCRIPT = """
import sys
from pathlib import Path
import fake_world as fake
from churnsim.experiment.conduct import by_processes, conduct
from churnsim.experiment.interrupted import Interrupted

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    scenario = fake.FakeScenario(values={"folder": str(folder)})
    def tell(done, total, elapsed):
        print(done, flush=True)
    try:
        work = fake.work(fake.slow, scenario=scenario)
        conduct(work, hire=by_processes(2), out=folder / "results", progress=tell)
    except Interrupted as error:
        print(error, file=sys.stderr)
        raise SystemExit(error.exit_code)
"""


def start(folder: Path) -> subprocess.Popen[str]:
    """The slow world with two workers in a process group of its own; returns when four runs are done."""
    script = folder / "script.py"
    script.write_text(SCRIPT)
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    process = subprocess.Popen(
        [sys.executable, str(script), str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == "4":
            return process
    raise AssertionError(process.communicate())


def workers_left(folder: Path) -> list[int]:
    """Workers that are still running ten seconds later."""
    ids = [int(mark.name.removeprefix("worker-")) for mark in folder.glob("worker-*")]
    assert len(ids) == 2
    end = time.monotonic() + 10.0
    while (left := [id for id in ids if is_running(id)]) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def is_running(id: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{id}/status").read_text()
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
class TestSignals:
    def test_ctrl_c_stops_workers_at_once_and_keeps_what_is_finished(self, tmp_path: Path) -> None:
        """The signal goes to the whole group, as a terminal sends it; the runs at work take a minute."""
        process = start(tmp_path)
        os.killpg(process.pid, signal.SIGINT)
        _, error = process.communicate(timeout=20)
        assert process.returncode == 130
        assert "interrupted: 4 of 6 runs are kept" in error
        assert "Traceback" not in error
        assert workers_left(tmp_path) == []
        assert len(Store(tmp_path / "results", fake.work().plan).load()) == 4

    def test_workers_leave_when_their_parent_is_killed(self, tmp_path: Path) -> None:
        process = start(tmp_path)
        process.kill()
        process.communicate(timeout=20)
        assert workers_left(tmp_path) == []
