"""A stored run made again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from churnsim.base.errors import UsageError
from churnsim.experiment import run, sweep
from churnsim.experiment.plan import Run
from churnsim.experiment.replay import Address, replay
from churnsim.scenario import Scenario

SMALL = Scenario.model_validate(
    {
        "name": "small",
        "horizon": "1h",
        "issuers": {"mesh": {"ttl": "20m"}},
        "workloads": {"web": {"kind": "service", "replicas": 3, "issuer": "mesh", "lifetime": "30m"}},
        "failures": [{"kind": "issuer-outage", "issuer": "mesh", "at": ["20m"], "lasts": "30m"}],
        "study": {"replications": 2, "sweep": {"issuers.mesh.ttl": ["10m", "40m"]}},
    }
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both points, two replications each, with seeds 1 and 2."""
    out = tmp_path_factory.mktemp("results")
    for seed in (1, 2):
        place = sweep(SMALL, seed=seed, workers=1, out=out).place
    assert place is not None
    return place


def points(folder: Path) -> list[str]:
    return list(json.loads((folder / "manifest.json").read_text())["plans"][0]["points"])


def test_every_stored_run_comes_out_bit_for_bit(folder: Path) -> None:
    """From the manifest alone, at every point."""
    for point in points(folder):
        found = replay(Address(folder, Run(point, 1), seed=2))
        assert len(found.measurements) > 20
        assert found.differing == ()
        assert found.is_same_code
        assert (found.trace.meta.seed, found.trace.meta.replication) == (2, 1)


def test_a_difference_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A replay with other measures: those that differ, and those that one side does not have."""
    import churnsim.experiment.replay as module
    from churnsim.metrics import evaluate

    def other(trace: object) -> dict[str, object]:
        found = dict(evaluate(trace))  # type: ignore[arg-type]
        found["churn.rate"] = found["cost.total"]
        del found["cost.total"]
        return dict(found)

    monkeypatch.setattr(module, "evaluate", other)
    found = replay(Address(folder, Run(points(folder)[0], 0), seed=1))
    assert set(found.differing) == {"churn.rate", "cost.total"}


def test_several_seeds_must_be_chosen_from(folder: Path) -> None:
    with pytest.raises(UsageError, match="seeds 1, 2; choose with --seed"):
        replay(Address(folder, Run(points(folder)[0], 0)))


def test_a_run_that_is_not_stored_is_told_with_those_that_are(folder: Path) -> None:
    with pytest.raises(UsageError, match=f"run 9 of point base is not stored in .*{points(folder)[0]}"):
        replay(Address(folder, Run("base", 9)))


def test_a_plain_run_is_its_point_base(tmp_path: Path) -> None:
    place = run(SMALL, replications=1, workers=1, out=tmp_path).place
    assert replay(Address.parse(f"{place}/base/0")).differing == ()


@pytest.mark.parametrize("text", ["", "base/0", "x/base/one", "x/base"])
def test_what_names_no_run_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"is named FOLDER/POINT/REPLICATION"):
        Address.parse(text)


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no manifest.json in it"):
        Address.parse(f"{tmp_path}/base/0")
