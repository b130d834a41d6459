"""The same plan gives the same results, bit for bit, whoever makes the runs and however often they stop."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from churnsim.experiment import Interrupted, Results, Run, Shard, sweep
from churnsim.experiment.merge import merge
from churnsim.metrics.measurement import Measurement
from churnsim.scenario import Scenario
from tests.surfaces.conftest import SMALL, Command
from tests.unit.experiment import local_cluster

pytestmark = pytest.mark.xdist_group("dask")

Measurements = list[tuple[Run, Mapping[str, Measurement]]]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Two axes, a design that draws, a condition, and theft: many kinds of measures and streams."""
    import yaml

    fields = yaml.safe_load(SMALL)
    theft = {
        "kind": "theft",
        "workload": "web",
        "every": {"kind": "exponential", "mean": "1h"},
        "detected": "20m",
    }
    fields["failures"].append(theft)
    fields["study"] = {
        "replications": 5,
        "seed": 3,
        "sweep": {
            "issuers.mesh.ttl": {"low": "5m", "high": "2h", "scale": "log"},
            "workloads.web.replicas": {"low": 2, "high": 8},
        },
        "design": {"kind": "sobol", "points": 4},
        "where": "issuers.mesh.ttl > 5m",
    }
    return Scenario.model_validate(fields)


@pytest.fixture(scope="module")
def alone(scenario: Scenario) -> Measurements:
    """Made one after another in this process, kept in memory."""
    return _found(sweep(scenario, workers=1))


def _found(results: Results) -> Measurements:
    assert results.failures == ()
    return list(results.measurements.items())


def test_many_processes(scenario: Scenario, alone: Measurements, tmp_path: Path) -> None:
    assert _found(sweep(scenario, workers=2, out=tmp_path)) == alone
    assert _found(sweep(scenario, workers=1, out=tmp_path)) == alone  # read back


def test_shards_merged(scenario: Scenario, alone: Measurements, tmp_path: Path) -> None:
    for number in (1, 2, 3):
        sweep(scenario, workers=1, shard=Shard(number, 3), out=tmp_path / str(number))
    merge(tmp_path / "all", [tmp_path / str(number) for number in (3, 1, 2)])
    assert _found(sweep(scenario, workers=1, out=tmp_path / "all")) == alone


def test_broken_off_and_taken_up_again(scenario: Scenario, alone: Measurements, tmp_path: Path) -> None:
    """Three times, wherever the user's patience ends."""

    def tired(done: int, total: int, elapsed: float) -> None:
        if done in (3, 9, 14) and done not in seen:
            seen.append(done)
            raise KeyboardInterrupt

    seen: list[int] = []
    for _ in range(3):
        with pytest.raises(Interrupted):
            sweep(scenario, workers=1, out=tmp_path, progress=tired)
    assert _found(sweep(scenario, workers=1, out=tmp_path, progress=tired)) == alone
    assert seen == [3, 9, 14]


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[local_cluster.Processes]:
    with local_cluster.running(tmp_path_factory.mktemp("dask"), workers=2) as processes:
        yield processes


def test_a_cluster(scenario: Scenario, alone: Measurements, processes: local_cluster.Processes) -> None:
    assert _found(sweep(scenario, cluster=processes.cluster)) == alone


def test_the_command_line_reaches_a_cluster_by_its_file_and_by_its_address(
    churnsim: Command, small: Path, processes: local_cluster.Processes
) -> None:
    """The answer is that of processes here; the command to repeat does not depend on who made the runs."""
    here = churnsim("sweep", small, "--json", "--no-store", "--workers", 1).document
    file = processes.folder / "scheduler.json"
    address = json.loads(file.read_text())["address"]
    for where in (("--scheduler-file", file), ("--address", address)):
        ending = churnsim("sweep", small, "--json", "--no-store", "--engine", "dask", *where)
        assert ending.document == here
