"""`churnsim sweep`: points, table, figure, publication."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.surfaces.conftest import Command


def test_points_come_in_the_order_of_the_study(churnsim: Command, small: Path) -> None:
    """Two points, each with its settings as written and all its measures."""
    document = churnsim("sweep", small, "--json", "--workers", 1).document
    assert [point["settings"] for point in document["points"]] == [
        {"issuers.mesh.ttl": "10m"},
        {"issuers.mesh.ttl": "20m"},
    ]
    assert len({point["id"] for point in document["points"]}) == 2
    assert all("availability" in point["measures"] for point in document["points"])
    assert document["measures"] == {}


def test_the_table_shows_what_the_study_asks_for(churnsim: Command, small: Path) -> None:
    """A column for the setting, one for each measure in `study.show`; a line for each point."""
    lines = churnsim("sweep", small, "--workers", 1, "--tsv").out.splitlines()
    assert lines[0] == "issuers.mesh.ttl\tavailability\tcost.total"
    assert [line.split("\t")[0] for line in lines[1:3]] == ["10m", "20m"]
    assert all("$" in line for line in lines[1:3])


def test_the_table_is_aligned_off_a_terminal(churnsim: Command, small: Path) -> None:
    """Columns two spaces apart, under a rule; 80 characters where nobody says how many there are."""
    lines = churnsim("sweep", small, "--workers", 1).out.splitlines()[:4]
    assert lines[0].startswith("issuers.mesh.ttl  availability  ")
    assert (
        len(
            {line.index(word) for line, word in zip(lines, ("cost.total", "", "$", "$"), strict=True) if word}
        )
        == 1
    )
    assert max(map(len, lines)) <= 80


def test_a_column_keeps_to_one_unit(churnsim: Command, small: Path) -> None:
    """A life of 5 min costs four issuances a minute, one of 10 h less than one a minute."""
    small.write_text(small.read_text().replace("[10m, 20m]", "[5m, 20m, 10h]"))
    out = churnsim("sweep", small, "--workers", 1, "--show", "issuance.rate", "--tsv").out
    assert len({re.sub(r".*?\d(/\w+).*", r"\1", line) for line in out.splitlines()[1:]}) == 1


def test_the_way_to_differences_is_shown(churnsim: Command, small: Path) -> None:
    """The command that compares the same points, whose runs it finds stored."""
    out = churnsim("sweep", small, "--workers", 1).out
    assert f"paired:  churnsim compare {small} --seed 7 --replications 3  (" in out
    again = churnsim("compare", small, "--seed", 7, "--replications", 3, "--workers", 1)
    assert (again.code, "6 of them stored already" in again.err) == (0, True)


def test_a_sweep_of_nothing_says_how_to_sweep(churnsim: Command, small: Path) -> None:
    """One point is run all the same."""
    small.write_text(small.read_text().replace("  sweep: {issuers.mesh.ttl: [10m, 20m]}\n", ""))
    ending = churnsim("sweep", small, "--workers", 1)
    assert ending.code == 0
    assert "small.yaml: nothing is swept; give a list of values to a path, as in" in ending.err


def test_a_point_equals_the_run_at_its_setting(churnsim: Command, small: Path) -> None:
    """Common random numbers: with one seed and one history a setting is one world, swept or not."""
    words = (small, "--json", "--no-store", "--workers", 1, "--set", "history=1h")
    swept = churnsim("sweep", *words).document
    single = churnsim("run", *words, "--set", "issuers.mesh.ttl=10m").document
    assert swept["points"][0]["measures"] == single["measures"]


def test_figure_and_publication_are_written(churnsim: Command, small: Path) -> None:
    """Published twice, the files are byte for byte the same: no dates in them."""
    words = ("sweep", small, "--workers", 1, "--figure", "f.svg", "--publish", "published")
    assert churnsim(*words).code == 0
    assert Path("f.svg").read_text().startswith("<?xml")
    names = ["figure.png", "figure.svg", "manifest.json", "table.tsv"]
    first = {name: Path("published", name).read_bytes() for name in names}
    assert sorted(path.name for path in Path("published").iterdir()) == names
    assert json.loads(first["manifest.json"])["repeat"].endswith("--publish published")
    assert b"availability" in first["table.tsv"]
    assert churnsim(*words).code == 0
    assert {name: Path("published", name).read_bytes() for name in names} == first


def test_a_figure_of_zipped_axes_is_drawn_over_the_first(churnsim: Command, small: Path) -> None:
    """Three settings that go together are one to whoever looks at the points."""
    zipped = "[10m, 20m], workloads.web.replicas: [4, 6], window: [1m, 2m]}\n  design: {kind: zip}"
    small.write_text(small.read_text().replace("[10m, 20m]}", zipped))
    assert churnsim("sweep", small, "--workers", 1, "--figure", "f.svg").code == 0
    assert "issuers.mesh.ttl" in Path("f.svg").read_text()


def test_a_figure_of_three_axes_is_refused_before_running(churnsim: Command, small: Path) -> None:
    """One setting along the axis, one by lines, and no place for a third; nothing is simulated."""
    text = small.read_text().replace(
        "[10m, 20m]}", "[10m, 20m], workloads.web.replicas: [4, 6], window: [1m, 2m]}"
    )
    small.write_text(text)
    ending = churnsim("sweep", small, "--figure", "f.png")
    assert ending.code == 2
    assert "sweeps 3 (issuers.mesh.ttl, workloads.web.replicas, window)" in ending.err
    assert not Path("results").exists()


def test_a_figure_needs_measures_to_draw(churnsim: Command, small: Path) -> None:
    """The study must say which; the remedy shows how."""
    small.write_text(small.read_text().replace("  show: [availability, cost.total]\n", ""))
    ending = churnsim("sweep", small, "--figure", "f.png")
    assert ending.code == 2
    assert "study: {show: [availability]}" in ending.err


def test_an_unknown_measure_to_show_is_placed(churnsim: Command, small: Path) -> None:
    """File, line and column of the word in the list."""
    small.write_text(small.read_text().replace("cost.total]", "cost.totl]"))
    ending = churnsim("sweep", small)
    assert ending.code == 2
    assert ending.err.startswith("small.yaml:23:24: unknown measure 'cost.totl'; did you mean 'cost.total'?")


@pytest.mark.parametrize("verb", ["run", "sweep"])
def test_a_precision_and_a_number_of_runs_contradict(churnsim: Command, small: Path, verb: str) -> None:
    """One of them would be ignored in silence."""
    ending = churnsim(verb, small, "--until", "availability +- 1%", "--replications", 2)
    assert ending.code == 2
    assert "--until and --replications contradict each other; give one of them" in ending.err
