"""What a plan will take."""

from __future__ import annotations

from pathlib import Path

import fake_world as fake
import pytest

from churnsim.experiment.conduct import by_processes, conduct
from churnsim.experiment.forecast import STORED_LEAST, forecast
from churnsim.experiment.store import Store

SWEEP = fake.FakeScenario(study=fake.Study(replications=50, sweep={"x": (1, 2)}))


def test_without_a_store_a_few_runs_are_made(tmp_path: Path) -> None:
    """Naps take 20 ms; the forecast of 100 on two workers is a second, and nothing is kept."""
    work = fake.work(fake.naps, scenario=SWEEP)
    found = forecast(work, Store(tmp_path, work.plan))
    assert (found.runs, found.missing, found.basis, found.is_stored) == (100, 100, 4, False)
    assert found.seconds_per_run >= 0.02
    assert found.seconds(2) == pytest.approx(50 * found.seconds_per_run)
    assert found.bytes_per_run > 0
    assert not list(tmp_path.iterdir())


def test_stored_runs_are_what_it_goes_by(tmp_path: Path) -> None:
    """Twelve stored: none is made, their files are measured, the rest is forecast."""
    conduct(fake.work(fake.naps, scenario=SWEEP, replications=6), hire=by_processes(1), out=tmp_path)
    work = fake.work(fake.killed_always, scenario=SWEEP)
    found = forecast(work, Store(tmp_path, work.plan))
    assert (found.runs, found.missing, found.basis, found.is_stored) == (100, 88, 12, True)
    assert found.basis >= STORED_LEAST
    assert found.seconds_per_run >= 0.02
    size = sum(path.stat().st_size for path in tmp_path.rglob("*.parquet"))
    assert found.size == pytest.approx(88 * size / 12)


def test_runs_that_fail_are_nothing_to_go_by() -> None:
    found = forecast(fake.work(fake.fails_always), None)
    assert (found.basis, found.seconds(1), found.size) == (0, 0.0, 0.0)


def test_nothing_missing_takes_nothing(tmp_path: Path) -> None:
    conduct(fake.work(), hire=by_processes(1), out=tmp_path)
    work = fake.work(fake.killed_always)
    found = forecast(work, Store(tmp_path, work.plan))
    assert (found.missing, found.seconds(2), found.size) == (0, 0.0, 0.0)
