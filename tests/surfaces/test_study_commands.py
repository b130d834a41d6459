"""`churnsim merge`, `replay` and `--dry-run`: what a person sees of plans, shards and stored runs."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.surfaces.conftest import Command

WORDS = ("--workers", 1)


def where(churnsim: Command, *words: object) -> tuple[str, str]:
    """Folder of the results of a sweep, and the id of its first point."""
    document = churnsim("sweep", *words, *WORDS, "--json").document
    return document["results"], document["points"][0]["id"]


class TestDryRun:
    def test_it_says_how_many_how_long_and_how_much_and_keeps_nothing(
        self, churnsim: Command, small: Path
    ) -> None:
        """Two points of three runs; a few are made to judge by, none is stored."""
        ending = churnsim("sweep", small, "--dry-run", *WORDS)
        assert ending.code == 0
        told = dict(line.split(":", 1) for line in ending.out.splitlines() if ":" in line)
        assert told["points"].strip() == "2"
        assert told["runs"].strip() == "6 runs, 3 of each point"
        assert told["stored"].strip() == "0; to make: 6"
        assert told["time"].strip().startswith("about ")
        assert told["storage"].strip().endswith(" MB")
        assert told["to run"].strip() == f"churnsim sweep {small} --seed 7 --replications 3"
        assert not Path("results").exists()

    def test_points_that_do_not_meet_a_condition_are_counted(self, churnsim: Command, small: Path) -> None:
        words = ("--set", "study.where=issuers.mesh.ttl > 10m")
        document = churnsim("sweep", small, "--dry-run", "--json", *words).document
        assert (document["points"], document["left_out"], document["runs"]) == (1, 1, 3)

    def test_a_precision_gives_a_range(self, churnsim: Command, small: Path) -> None:
        ending = churnsim("run", small, "--dry-run", "--until", "availability +- 1%")
        assert "32 of each point at first, up to 4,096 until availability ± 1%" in ending.out
        assert "\nat most: 4,096 runs, about " in ending.out

    def test_what_is_stored_needs_no_runs(self, churnsim: Command, small: Path) -> None:
        churnsim("run", small, *WORDS)
        document = churnsim("run", small, "--dry-run", "--json").document
        assert (document["missing"], document["seconds"], document["bytes"]) == (0, 0.0, 0)


class TestShards:
    def test_shards_are_merged_into_the_answer(self, churnsim: Command, small: Path) -> None:
        """Each says what it made and how to go on; together they give the table of one sweep."""
        for number in (1, 2):
            ending = churnsim("sweep", small, *WORDS, "--shard", f"{number}/2", "--out", f"part{number}")
            assert ending.code == 0
            assert ending.out.startswith(f"shard {number}/2: 3 of 3 runs are kept in part{number}")
            assert "churnsim merge" in ending.out
        ending = churnsim("merge", "part1", "part2")
        assert ending.code == 0
        assert ending.out.count("3 runs added") == 2
        merged = churnsim("sweep", small, *WORDS)
        assert "6 runs, 6 of them stored already" in merged.err
        assert (
            merged.out.splitlines()[:5] == churnsim("sweep", small, *WORDS, "--no-store").out.splitlines()[:5]
        )

    def test_a_shard_answers_with_one_document(self, churnsim: Command, small: Path) -> None:
        document = churnsim("run", small, *WORDS, "--shard", "1/2", "--json").document
        assert (document["shard"], document["made"], document["of"]) == ("1/2", 2, 2)
        assert "measures" not in document

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("--shard", "3/2"), "there is no shard 3/2"),
            (("--shard", "half"), "such as 1/8"),
            (("--shard", "1/2", "--no-store"), "leave --no-store out"),
            (("--shard", "1/2", "--until", "availability +- 1%"), "a shard cannot tell"),
            (("--address", "tcp://x:1"), "add --engine dask"),
            (("--engine", "dask"), "one of an address and a scheduler file"),
            (("--engine", "dask", "--address", "tcp://x:1", "--workers", "2"), "leave --workers out"),
            (("--engine", "dask", "--address", "tcp://x:1", "--max-wait", "5"), "a duration needs a unit"),
            (("--until", "availability"), "is no precision"),
            (("--until", "availabilty +- 1%"), "did you mean 'availability'?"),
        ],
    )
    def test_what_does_not_fit_together_is_refused(
        self, churnsim: Command, small: Path, words: tuple[str, ...], said: str
    ) -> None:
        """Exit code 2, before anything runs."""
        ending = churnsim("run", small, *words)
        assert ending.code == 2
        assert said in ending.err
        assert not Path("results").exists()

    def test_nothing_to_merge_is_refused(self, churnsim: Command, small: Path) -> None:
        Path("empty").mkdir()
        ending = churnsim("merge", "empty")
        assert ending.code == 2
        assert "empty holds no results" in ending.err


class TestReplay:
    def test_a_stored_run_comes_out_the_same_with_its_trace(self, churnsim: Command, small: Path) -> None:
        """All measures bit for bit, and every table as a file that others can read."""
        folder, point = where(churnsim, small)
        ending = churnsim("replay", f"{folder}/{point}/2", "--trace", "trace")
        assert ending.code == 0
        assert "measures, bit for bit" in ending.out
        units = pd.read_parquet("trace/units.parquet")
        assert set(units["workload"]) == {"web"}
        assert churnsim("replay", f"{folder}/{point}/2", "--trace", "csv", "--format", "csv").code == 0
        assert len(pd.read_csv("csv/units.csv")) == len(units)

    def test_a_run_that_differs_is_named_with_exit_code_1(
        self, churnsim: Command, small: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The evaluation of the replay pretends to know one measure less."""
        import churnsim.experiment.replay as module
        from churnsim.metrics import evaluate

        folder, point = where(churnsim, small)
        monkeypatch.setattr(
            module, "evaluate", lambda trace: {k: v for k, v in evaluate(trace).items() if k != "churn.rate"}
        )
        ending = churnsim("replay", f"{folder}/{point}/0")
        assert ending.code == 1
        assert "differs: 1 of" in ending.out
        assert "churn.rate" in ending.out
        assert "this machine or its libraries compute differently" in ending.err
        document = churnsim("replay", f"{folder}/{point}/0", "--json").document
        assert document["differing"] == ["churn.rate"]

    def test_a_run_that_is_not_there_is_told_with_what_is(self, churnsim: Command, small: Path) -> None:
        folder, point = where(churnsim, small)
        ending = churnsim("replay", f"{folder}/nowhere/0")
        assert ending.code == 2
        assert point in ending.err


def test_a_sampled_study_is_shown_point_by_point(churnsim: Command, small: Path) -> None:
    """Values drawn from a range stand in the table as they were run, to four digits."""
    text = small.read_text().replace("[10m, 20m]}", "{low: 10m, high: 100m, scale: log}}")
    small.write_text(text.replace("  seed: 7\n", "  seed: 7\n  design: {kind: sobol, points: 2}\n"))
    lines = churnsim("sweep", small, *WORDS, "--tsv").out.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["issuers.mesh.ttl", "25m42s", "56m42s"]


def test_what_a_point_leaves_alone_is_said_to_be_as_it_is(churnsim: Command, small: Path) -> None:
    """One at a time: the scenario itself, then each value with the other axis as it stands."""
    text = small.read_text().replace("[10m, 20m]}", "[10m], workloads.web.replicas: [4]}")
    small.write_text(text.replace("  seed: 7\n", "  seed: 7\n  design: {kind: one-at-a-time}\n"))
    lines = churnsim("sweep", small, *WORDS, "--tsv").out.splitlines()
    assert [line.split("\t")[:2] for line in lines[1:]] == [
        ["as is", "as is"], ["10m", "as is"], ["as is", "4"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sweep", "design", "said"),
    [
        (
            "{issuers.mesh.ttl: [10m, 20m]}",
            "{kind: one-at-a-time}",
            "leaves settings as they are at some points",
        ),
        (
            "{issuers.mesh.ttl: {low: 1m, high: 9m}, workloads.web.lifetime: {low: 1h, high: 9h}}",
            "{kind: sobol, points: 16}",
            "workloads.web.lifetime has 16, more than 12",
        ),
    ],
)
def test_a_figure_that_would_show_nothing_is_refused_before_anything_runs(
    churnsim: Command, small: Path, sweep: str, design: str, said: str
) -> None:
    """A point without a place on the axis; a line for each of sixteen points."""
    words = ("--set", f"study.sweep={sweep}", "--set", f"study.design={design}")
    ending = churnsim("sweep", small, *words, "--figure", "f.png")
    assert ending.code == 2
    assert said in ending.err
    assert not Path("results").exists()
