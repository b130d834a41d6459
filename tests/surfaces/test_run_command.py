"""`churnsim run`: its document, its table, its store, and the command that repeats it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from churnsim.metrics import MEASURES
from tests.surfaces.conftest import Command


def test_json_is_one_document_with_every_measure(churnsim: Command, small: Path) -> None:
    """The keys are a contract with scripts; undefined is null, so the document is strict JSON."""
    ending = churnsim("run", small, "--json", "--workers", 1)
    document = ending.document
    assert ending.code == 0
    assert set(document) == {
        "scenario", "hash", "version", "seed", "replications", "measures", "warnings", "repeat", "results",
    }  # fmt: skip
    assert (document["scenario"], document["seed"], document["replications"]) == ("small", 7, 3)
    assert set(document["measures"]) >= set(MEASURES)
    for measure in document["measures"].values():
        assert set(measure) == {"mean", "low", "high", "unit", "better", "n", "method"}
    assert document["measures"]["availability"]["unit"] == "share"


def test_the_repeat_command_gives_the_same_document(churnsim: Command, small: Path) -> None:
    """Taken out of the first document and typed as it stands, with nothing stored to fall back on."""
    first = churnsim(
        "run", small, "--json", "--no-store", "--workers", 1, "--set", "workloads.web.startup=9s"
    ).document
    program, *repeat = shlex.split(first["repeat"])
    assert program == "churnsim"
    assert churnsim(*repeat, "--json", "--workers", 1).document == first


def test_a_seed_of_zero_is_a_seed(churnsim: Command, small: Path) -> None:
    """Not the study's 7, and another world than seed 1."""
    documents = [
        churnsim("run", small, "--json", "--no-store", "--workers", 1, "--seed", seed).document
        for seed in (0, 1)
    ]
    assert [document["seed"] for document in documents] == [0, 1]
    assert documents[0]["measures"] != documents[1]["measures"]


def test_stored_runs_are_not_made_again(churnsim: Command, small: Path) -> None:
    """The heartbeat on standard error says how many were found."""
    first = churnsim("run", small, "--workers", 1)
    again = churnsim("run", small, "--workers", 1)
    assert "3 of them stored already" not in first.err
    assert "3 of them stored already" in again.err
    assert first.out == again.out
    assert list(Path("results/small").glob("*/manifest.json"))


def test_no_store_leaves_no_trace(churnsim: Command, small: Path) -> None:
    """The folder holds the scenario alone afterwards."""
    churnsim("run", small, "--no-store", "--workers", 1)
    assert [path.name for path in Path().iterdir()] == ["small.yaml"]


def test_one_replication_is_the_run_that_failed(churnsim: Command, small: Path) -> None:
    """Replication 2 alone gives the value that the frame of all three has for it."""
    import churnsim as package

    runs = package.run(package.load(small), workers=1).runs
    row = runs[(runs["measure"] == "cost.total") & (runs["replication"] == 2)]
    alone = churnsim("run", small, "--replication", 2, "--json").document
    assert alone["measures"]["cost.total"]["mean"] == row["value"].item()
    assert alone["measures"]["cost.total"]["n"] == 1


def test_the_table_names_seed_store_and_repeat(churnsim: Command, small: Path) -> None:
    """A line for each measure, then what the intervals are, then where things are."""
    lines = churnsim("run", small, "--workers", 1).out.splitlines()
    assert re.split(" {2,}", lines[0]) == ["measure", "estimate [95% interval]", "better"]
    assert any(line.startswith("availability  ") and "%" in line for line in lines)
    assert "95% intervals over 3 replications; how to read them: docs/statistics.md" in lines
    assert lines[-2:] == ["seed:    7", "repeat:  churnsim run small.yaml --seed 7 --replications 3"]
    assert lines[-3].startswith("results: results/small/")


def test_causes_that_never_occurred_are_left_out(churnsim: Command, small: Path) -> None:
    """Nobody fails closed without a policy: counted, and shown on demand or by name."""
    words = ("run", small, "--workers", 1)
    name = "unserved.share.fail_closed"
    out = churnsim(*words).out
    assert name not in out
    said = r"^left out: \d+ lines of what is undefined here or never occurred \(--all shows them\)$"
    assert re.search(said, out, re.MULTILINE)
    everything = churnsim(*words, "--all").out
    assert name in everything
    assert "left out" not in everything
    assert name in churnsim(*words, "--show", name).out


def test_show_picks_measures_with_their_causes(churnsim: Command, small: Path) -> None:
    """A part comes with its whole; an unknown name is refused before anything runs."""
    lines = churnsim("run", small, "--workers", 1, "--show", "undertrust.share", "--tsv").out.splitlines()
    names = [line.split("\t")[0] for line in lines[1:]]
    assert names[0] == "undertrust.share"
    assert len(names) > 1
    assert all(name.startswith("undertrust.share") for name in names)
    ending = churnsim("run", small, "--show", "undertrust.shar")
    assert (ending.code, ending.err.count("runs")) == (2, 0)
    assert "did you mean 'undertrust.share'?" in ending.err


def test_the_repeat_command_shows_the_same(churnsim: Command, small: Path) -> None:
    """Its table is the same, not only its numbers."""
    words = ("run", small, "--show", "undertrust.share", "--show", "churn.rate", "--workers", 1)
    first = churnsim(*words)
    repeat = churnsim(*words, "--json").document["repeat"]
    assert "--show undertrust.share --show churn.rate" in repeat
    again = churnsim(*repeat.split()[1:], "--workers", 1)
    assert again.out == first.out


def test_every_remark_in_the_table_is_explained(churnsim: Command, small: Path) -> None:
    """And no other: each line of the legend explains what stands above it."""
    out = churnsim("run", small, "--workers", 1, "--all").out
    above, _, below = out.partition("how to read them: ")
    told = set(re.findall(r"^  \(([a-z -]+)\) ", below, re.MULTILINE))
    assert told == set(re.findall(r"\(([a-z -]+)\)", above))
    assert {"few runs", "all zero"} <= told


def test_the_figure_of_a_run_is_written(churnsim: Command, small: Path) -> None:
    """A PNG begins with its signature; what is on it, `test_figures` looks at."""
    ending = churnsim("run", small, "--no-store", "--workers", 1, "--figure", "deep/down/timeline.png")
    assert ending.code == 0
    assert Path("deep/down/timeline.png").read_bytes().startswith(b"\x89PNG")
    assert "figure:  deep/down/timeline.png" in ending.out


def test_an_unknown_picture_format_is_refused_before_running(churnsim: Command, small: Path) -> None:
    """Usage, so exit code 2, and no run was made."""
    ending = churnsim("run", small, "--figure", "timeline.bmp")
    assert ending.code == 2
    assert "small:" not in ending.err


def test_an_unwritable_folder_is_a_clear_error(churnsim: Command, small: Path) -> None:
    """A file stands where the folder should be; exit code 3, one line, no traceback."""
    Path("taken").write_text("")
    ending = churnsim("run", small, "--workers", 1, "--out", "taken/below")
    assert ending.code == 3
    assert ending.err.startswith("cannot write taken/below")
    assert "Traceback" not in ending.err


@pytest.mark.parametrize("verb", ["run", "sweep"])
def test_all_mistakes_in_options_are_told_at_once(churnsim: Command, small: Path, verb: str) -> None:
    """A measure that is none, an address without its engine, a shard that would not be kept: a line each."""
    words = ("--show", "availabilty", "--address", "tcp://h:1", "--shard", "1/2", "--no-store")
    ending = churnsim(verb, small, *words)
    assert ending.code == 2
    said = ending.err.strip().splitlines()
    assert len(said) == 3
    for part, line in zip(("availability", "--engine dask", "--no-store out"), said, strict=True):
        assert part in line
