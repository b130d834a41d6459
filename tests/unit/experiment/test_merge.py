"""Results of several folders brought together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import fake_world as fake
import pytest

from churnsim.base.errors import StoreError, UsageError
from churnsim.experiment.conduct import by_processes, conduct
from churnsim.experiment.merge import merge
from churnsim.experiment.result import Results
from churnsim.experiment.shard import Shard
from churnsim.experiment.store import Store

SWEEP = fake.FakeScenario(study=fake.Study(replications=4, sweep={"x": (1, 2, 3)}))


def made(out: Path, shard: Shard | None = None, replications: int = 4) -> Results:
    work = fake.work(scenario=SWEEP, replications=replications)
    work = replace(work, plan=replace(work.plan, shard=shard))
    return conduct(work, hire=by_processes(1), out=out)


def test_shards_brought_together_are_the_whole(tmp_path: Path) -> None:
    """Bit for bit what one process makes, in the order of the plan; nothing is made again."""
    for number in (1, 2, 3):
        made(tmp_path / f"shard{number}", Shard(number, 3))
    merged = merge(tmp_path / "all", [tmp_path / f"shard{number}" for number in (1, 2, 3)])
    assert [(one.added, one.known) for one in merged] == [(4, 0)] * 3
    assert {one.folder for one in merged} == {Store(tmp_path / "all", fake.work(scenario=SWEEP).plan).folder}
    again = conduct(fake.work(fake.killed_always, replications=4, scenario=SWEEP), out=tmp_path / "all")
    whole = made(tmp_path / "whole")
    assert list(again.measurements.items()) == list(whole.measurements.items())


def test_merging_again_changes_nothing(tmp_path: Path) -> None:
    made(tmp_path / "a", Shard(1, 2))
    for known in (0, 6):
        (merged,) = merge(tmp_path / "all", [tmp_path / "a"])
        assert merged.known == known
    status = (merged.folder / "status.jsonl").read_text()
    assert len(status.splitlines()) == 1
    assert len(list(merged.folder.glob("*.parquet"))) == 1


def test_overlapping_folders_count_each_run_once(tmp_path: Path) -> None:
    """The second folder holds all that the first does, in other batches, and more."""
    made(tmp_path / "a", replications=2)
    made(tmp_path / "b", replications=4)
    first, second = merge(tmp_path / "all", [tmp_path / "a", tmp_path / "b"])
    assert ((first.added, first.known), (second.added, second.known)) == ((6, 0), (6, 6))
    assert len(Store(tmp_path / "all", fake.work(scenario=SWEEP, replications=4).plan).load()) == 12


def test_the_folder_of_one_scenario_can_be_named(tmp_path: Path) -> None:
    made(tmp_path / "a")
    (folder,) = (path.parent for path in (tmp_path / "a").rglob("manifest.json"))
    (merged,) = merge(tmp_path / "all", [folder])
    assert merged.added == 12


def test_both_plans_are_in_the_manifest(tmp_path: Path) -> None:
    import json

    made(tmp_path / "a", replications=2)
    made(tmp_path / "b", replications=4)
    merged = merge(tmp_path / "all", [tmp_path / "a", tmp_path / "b"])[0]
    plans = json.loads((merged.folder / "manifest.json").read_text())["plans"]
    assert [plan["replications"] for plan in plans] == [2, 4]


def test_a_folder_without_results_is_refused_before_anything_is_brought(tmp_path: Path) -> None:
    made(tmp_path / "a")
    with pytest.raises(UsageError, match="holds no results"):
        merge(tmp_path / "all", [tmp_path / "a", tmp_path])
    assert not (tmp_path / "all").exists()


def test_a_damaged_batch_is_not_brought(tmp_path: Path) -> None:
    made(tmp_path / "a")
    (path,) = (tmp_path / "a").rglob("*.parquet")
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(StoreError, match="is damaged"):
        merge(tmp_path / "all", [tmp_path / "a"])
    assert not list((tmp_path / "all").rglob("*.parquet"))


def test_one_run_with_two_outcomes_is_refused(tmp_path: Path) -> None:
    """Two machines that do not agree: neither is believed silently."""
    made(tmp_path / "a", replications=2)
    work = fake.work(fake.shifted, scenario=SWEEP, replications=4)
    conduct(work, hire=by_processes(1), out=tmp_path / "b")
    with pytest.raises(StoreError, match=r"run 0 of point \w+ has other measures in .*churnsim replay"):
        merge(tmp_path / "all", [tmp_path / "a", tmp_path / "b"])
