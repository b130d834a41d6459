"""Keeping runs whole whatever happens."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import fake_world as fake
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from churnsim.base.errors import StoreError
from churnsim.experiment.outcome import Failed, Finished
from churnsim.experiment.plan import Run
from churnsim.experiment.store import Store
from churnsim.experiment.work import Work


@pytest.fixture
def work() -> Work:
    return fake.work()


@pytest.fixture
def store(tmp_path: Path, work: Work) -> Store:
    """Runs 0 and 1 in one batch, run 2 in another."""
    store = Store(tmp_path, work.plan)
    store.open(work.scenario)
    store.keep([finished(work, 1), finished(work, 0)])
    store.keep([finished(work, 2)])
    return store


def finished(work: Work, replication: int) -> Finished:
    outcome = work(Run("base", replication))
    assert isinstance(outcome, Finished)
    return replace(outcome, seconds=0.0)  # how long it took is stored too, and differs from time to time


def batches(store: Store) -> list[Path]:
    """In the order in which they were written."""
    lines = (store.folder / "status.jsonl").read_text().splitlines()
    return [store.folder / json.loads(line)["file"] for line in lines]


def test_what_was_kept_is_read_back(store: Store, work: Work) -> None:
    assert store.load() == {Run("base", r): finished(work, r).measurements for r in range(3)}
    assert store.missing() == (Run("base", 3), Run("base", 4), Run("base", 5))


def test_a_batch_can_be_read_without_churnsim(store: Store) -> None:
    rows = pq.read_table(batches(store)[1]).to_pylist()
    level, nothing, share, _, life = rows
    assert level == {
        "point": "base", "replication": 2, "measure": "level", "type": "scalar", "value": 32.0,
        "numerator": None, "denominator": None, "durations": None, "censored": None, "probability": None,
    }  # fmt: skip
    assert nothing["value"] is None
    assert (share["value"], share["numerator"], share["denominator"]) == (0.5, 32.0, 64.0)
    assert (life["durations"], life["censored"], life["probability"]) == ([32.0, 64.0], [False, True], 0.5)


def test_the_manifest_says_what_the_folder_is_about(store: Store, work: Work) -> None:
    manifest = json.loads((store.folder / "manifest.json").read_text())
    assert (manifest["schema"], manifest["hash"]) == (1, work.plan.scenario_hash)
    assert manifest["scenario"]["name"] == "fake"
    (plan,) = manifest["plans"]
    assert (plan["seed"], plan["replications"], plan["points"]) == (3, 6, {"base": {}})
    assert {"churnsim", "python", "numpy", "platform"} <= set(plan["versions"])


def test_a_second_plan_is_added_once(store: Store, work: Work) -> None:
    for _ in range(2):
        Store(store.folder.parent.parent, replace(work.plan, seed=4)).open(work.scenario)
    plans = json.loads((store.folder / "manifest.json").read_text())["plans"]
    assert [plan["seed"] for plan in plans] == [3, 4]


@pytest.mark.parametrize("change", [{"seed": 4}, {"version": "9.9.9"}])
def test_runs_of_another_seed_or_version_do_not_count(
    store: Store, work: Work, change: dict[str, Any]
) -> None:
    assert Store(store.folder.parent.parent, replace(work.plan, **change)).load() == {}


def test_fewer_replications_read_fewer_runs(store: Store, work: Work) -> None:
    assert len(Store(store.folder.parent.parent, replace(work.plan, replications=2)).load()) == 2


def test_a_run_that_was_stored_twice_counts_once_and_the_first_wins(store: Store, work: Work) -> None:
    store.keep([Finished(Run("base", 0), finished(work, 5).measurements)])
    found = store.load()
    assert len(found) == 3
    assert found[Run("base", 0)] == finished(work, 0).measurements


def test_a_line_that_was_cut_off_does_not_count_and_is_mended(store: Store, work: Work) -> None:
    """A process died while it wrote the last line: its batch is made again, the next line starts afresh."""
    status = store.folder / "status.jsonl"
    whole = status.read_bytes()
    status.write_bytes(whole[:-20])
    assert store.missing()[0] == Run("base", 2)
    store.keep([finished(work, 2)])
    assert status.read_bytes() == whole
    assert len(store.load()) == 3


def test_a_line_in_the_middle_that_makes_no_sense_is_refused(store: Store) -> None:
    status = store.folder / "status.jsonl"
    status.write_bytes(b"{nonsense\n" + status.read_bytes())
    with pytest.raises(StoreError, match=r"status.jsonl:1: not a status line"):
        store.load()


def test_a_batch_that_was_cut_off_is_refused(store: Store) -> None:
    path = batches(store)[0]
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(StoreError, match=r"is damaged .* delete it"):
        store.load()


def test_a_flipped_byte_is_noticed(store: Store) -> None:
    path = batches(store)[0]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(StoreError, match="is damaged"):
        store.load()


def test_a_batch_that_was_deleted_is_missing(store: Store) -> None:
    """So the remedy for a damaged batch works."""
    batches(store)[0].unlink()
    assert store.missing()[:2] == (Run("base", 0), Run("base", 1))


def test_a_batch_of_another_schema_is_refused(store: Store) -> None:
    (store.folder / "status.jsonl").unlink()
    foreign = pa.table({"point": ["base"]}).replace_schema_metadata({"churnsim.schema": "2"})
    path = store.folder / "batch-foreign.parquet"
    pq.write_table(foreign, path)
    import hashlib

    entry = {
        "file": path.name, "seed": 3, "version": store.plan.version, "runs": [["base", 0]], "rows": 1,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "seconds": 0.0,
    }  # fmt: skip
    (store.folder / "status.jsonl").write_text(json.dumps(entry) + "\n")
    with pytest.raises(StoreError, match="schema version 2, this churnsim reads 1"):
        store.load()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "damaged"),
        ('{"schema": 2, "hash": "x", "plans": []}', "schema version 2"),
        ('{"schema": 1, "hash": "x", "plans": []}', "another scenario"),
    ],
)
def test_a_manifest_of_something_else_is_refused(
    store: Store, work: Work, content: str, message: str
) -> None:
    (store.folder / "manifest.json").write_text(content)
    with pytest.raises(StoreError, match=message):
        store.open(work.scenario)


def test_files_no_line_names_are_never_read(store: Store) -> None:
    (store.folder / ".batch-x.parquet.1.tmp").write_bytes(b"half")
    (store.folder / "batch-unlisted.parquet").write_bytes(b"half")
    assert len(store.load()) == 3


def test_a_full_disk_is_said_and_nothing_half_written_counts(
    store: Store, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = sorted(store.folder.iterdir())
    with monkeypatch.context() as disk:
        disk.setattr(os, "replace", full)
        with pytest.raises(StoreError, match=r"cannot write .*No space left on device; .*make room"):
            store.keep([finished(work, 3)])
    assert sorted(store.folder.iterdir()) == before
    assert len(store.load()) == 3


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, work: Work) -> None:
    (tmp_path / "results").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match=r"cannot write .*choose another folder"):
        Store(tmp_path / "results", work.plan).open(work.scenario)


def test_a_failed_run_is_noted_and_missing(store: Store) -> None:
    store.keep([Failed(Run("base", 3), "ValueError", "no", "trace", "churnsim run fake.yaml")])
    last = json.loads((store.folder / "status.jsonl").read_text().splitlines()[-1])
    assert (last["failed"], last["repeat"]) == (["base", 3], "churnsim run fake.yaml")
    assert Run("base", 3) in store.missing()


def test_runs_that_arrive_one_by_one_do_not_stay_a_file_each(tmp_path: Path) -> None:
    """One batch each; at 32, and when told, they are put into one, which holds them all."""
    work = fake.work(replications=40)
    store = Store(tmp_path, work.plan)
    store.open(work.scenario)
    for replication in range(40):
        store.keep([finished(work, replication)])
        assert len(list(store.folder.glob("*.parquet"))) <= 32
    store.tidy()
    assert len(list(store.folder.glob("*.parquet"))) == 1
    assert store.load() == {Run("base", r): finished(work, r).measurements for r in range(40)}


def test_whoever_dies_while_tidying_loses_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new batch counts before the old ones go: each run is there once or twice, and counts once."""
    module = sys.modules[Store.__module__]
    monkeypatch.setattr(module, "remove", lambda path: (_ for _ in ()).throw(KeyboardInterrupt))
    before = store.load()
    with pytest.raises(KeyboardInterrupt):
        store.tidy()
    assert len(list(store.folder.glob("*.parquet"))) == 3
    assert store.load() == before


def test_a_disk_too_full_to_tidy_is_no_reason_to_fail(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    store.tidy()
    assert len(store.load()) == 3


def test_the_clock_of_the_machine_does_not_matter(store: Store) -> None:
    """Files dated far into the future and the past."""
    for age, path in enumerate(sorted(store.folder.iterdir())):
        os.utime(path, (10.0**9.5 * age, 10.0**9.5 * age))
    assert len(store.load()) == 3


def test_a_store_that_cannot_be_written_can_be_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is opened for writing where the manifest knows the plan."""
    real = Path.open

    def read_only(path: Path, mode: str = "r", *args: Any, **options: Any) -> Any:
        if set(mode) & set("wa+"):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return real(path, mode, *args, **options)

    monkeypatch.setattr(Path, "open", read_only)
    again = Store(store.folder.parent.parent, store.plan)
    again.open(fake.work().scenario)
    assert len(again.load()) == 3
    with pytest.raises(StoreError, match="Read-only file system"):
        again.keep([finished(fake.work(), 4)])


def test_what_a_killed_writer_left_is_deleted_and_what_is_written_stays(store: Store, work: Work) -> None:
    """A real writer, held in the middle of a file and then killed by SIGKILL."""
    script = f"""
import time
from pathlib import Path
from churnsim.experiment.file import _begun
stream = _begun(Path({str(store.folder)!r}) / ".batch.parquet.1.tmp")
print(flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        store.open(work.scenario)
        assert [path.name for path in store.folder.glob(".*")] == [".batch.parquet.1.tmp"]
        writer.kill()
    store.open(work.scenario)
    assert not list(store.folder.glob(".*"))
