"""`churnsim compare`: designs side by side, choice, figures, record."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.surfaces.conftest import Command


@pytest.fixture
def longer(small: Path) -> Path:
    """A second file: the small scenario with credentials that outlive the outage."""
    path = Path("longer.yaml")
    path.write_text("churnsim: 1\nextends: small.yaml\nname: longer\nissuers: {mesh: {ttl: 1h}}\n")
    return path


def test_points_of_a_sweep_are_compared_in_what_the_study_shows(churnsim: Command, small: Path) -> None:
    """Two points, two measures; the first is the baseline."""
    document = churnsim("compare", small, "--json", "--workers", 1).document
    assert [one["name"] for one in document["designs"]] == ["ttl=10m", "ttl=20m"]
    assert document["baseline"] == "ttl=10m"
    assert [(each["measure"], each["design"]) for each in document["contrasts"]] == [
        ("availability", "ttl=10m"),
        ("availability", "ttl=20m"),
        ("cost.total", "ttl=10m"),
        ("cost.total", "ttl=20m"),
    ]


def test_files_are_compared_as_they_stand(churnsim: Command, small: Path, longer: Path) -> None:
    """An outage of 25 minutes is felt with lives of 20 minutes and not with an hour: surely better."""
    words = ("compare", small, longer, "--show", "undertrust.share", "--workers", 1, "--replications", 12)
    document = churnsim(*words, "--json").document
    base, other = document["contrasts"]
    assert (base["verdict"], other["verdict"]) == ("baseline", "better")
    assert other["difference"] < 0
    assert other["correlation"] is None or -1 <= other["correlation"] <= 1


def test_both_files_live_through_the_same_history(churnsim: Command, small: Path, longer: Path) -> None:
    """So that nothing differs but what the files say: the fleet, its crashes and its age are the same."""
    words = ("compare", small, longer, "--show", "churn.rate", "--show", "unit.age.mean", "--workers", 1)
    document = churnsim(*words, "--json").document
    assert {each["verdict"] for each in document["contrasts"]} == {"baseline", "same"}


def test_a_measure_is_told_in_one_unit(churnsim: Command, small: Path, longer: Path) -> None:
    """Credentials of a unit gone outlive it by minutes with lives of 20 minutes, by half an hour with 1 h."""
    words = (
        "compare",
        small,
        longer,
        "--set",
        "issuers.mesh.ttl=1m",
        "--show",
        "orphan.window.mean",
        "--tsv",
    )
    rows = [line.split("\t") for line in churnsim(*words, "--workers", 1).out.splitlines()[1:]]
    assert [row[2].split()[1] for row in rows] == [row[3].split()[1] for row in rows[1:]] * 2


def test_the_table_keeps_to_80_columns_and_says_what_it_is(churnsim: Command, small: Path) -> None:
    out = churnsim("compare", small, "--workers", 1).out
    table, _, rest = out.partition("\nseed:")
    assert max(map(len, table.splitlines())) <= 80
    assert "paired by replication" in table.replace("\n", " ")
    assert "availability (higher is better)" in table
    assert "repeat:  churnsim compare small.yaml --seed 7 --replications 3" in rest


def test_a_design_is_chosen_and_the_decision_recorded(churnsim: Command, small: Path, longer: Path) -> None:
    """By cost, among those that keep the invariant; the record repeats itself."""
    words = (
        "compare", small, longer, "--best", "undertrust.share", "--indifference", "1%", "--objective",
        "cost.total", "--objective", "undertrust.share", "--assume", "failures.0.lasts=[5m]", "--workers", 1,
        "--replications", 10, "--record", "out/decision.md", "--figure", "f.svg", "--trade-off", "t.png",
    )  # fmt: skip
    ending = churnsim(*words)
    assert ending.code == 0
    said = " ".join(ending.out.split())
    assert "longer is the best in undertrust.share" in said
    assert "What matters most: failures.0.lasts moves a difference" in said
    text = Path("out/decision.md").read_text()
    assert "## The assumption that matters most" in text
    assert (
        "churnsim compare small.yaml longer.yaml --seed 7 --replications 10 --best undertrust.share" in text
    )
    assert Path("f.svg").read_text().startswith("<?xml")
    assert Path("t.png").stat().st_size > 10_000
    assert churnsim(*words).code == 0
    assert Path("out/decision.md").read_text() == text


def test_what_is_not_decided_has_its_own_exit_code(churnsim: Command, small: Path) -> None:
    """Two fleets of one size cost nearly the same; a millionth of a dollar cannot be told apart."""
    words = ("compare", small, "--best", "availability", "--indifference", "0.000001%", "--replications", 10)
    ending = churnsim(*words, "--workers", 1)
    assert ending.code in (0, 4)
    decided = "is the best" in ending.out or "is the only one" in ending.out
    assert (ending.code == 0) == decided


def test_tabs_hold_one_row_for_each_measure_and_design(churnsim: Command, small: Path) -> None:
    lines = churnsim("compare", small, "--tsv", "--workers", 1).out.splitlines()
    assert lines[0].split("\t") == ["measure", "design", "estimate", "difference", "corr.", "verdict"]
    assert len(lines) == 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["single.yaml"], "small alone is nothing to compare: it sweeps nothing"),
        (["small.yaml", "small.yaml"], "small.yaml is named twice"),
        (["small.yaml", "copy.yaml"], "describe the same world"),
        (["small.yaml", "--best", "cost.total"], "--best and --indifference go together"),
        (["small.yaml", "--best", "churn.rate", "--indifference", "1%"], "has no better direction"),
        (["small.yaml", "--best", "cost.total", "--indifference", "1%"], "10 replications or more, not 3"),
        (["small.yaml", "--objective", "cost.total"], "two objectives or more"),
        (["small.yaml", "--trade-off", "t.png"], "--trade-off draws two objectives"),
        (["small.yaml", "--assume", "issuers.mesh.ttl=1h"], "is what small sweeps"),
        (["small.yaml", "--assume", "issuers.mesh.tl=1h"], "unknown key 'tl'"),
        (["small.yaml", "--subject-to", "availability"], "is not an invariant"),
        (["small.yaml", "--show", "availabilty"], "did you mean 'availability'?"),
        (["small.yaml", "--baseline", "ttl=1h"], "no design 'ttl=1h'; there are: ttl=10m; ttl=20m"),
    ],
)
def test_wrong_questions_are_refused_before_anything_runs(
    churnsim: Command, small: Path, words: list[str], said: str
) -> None:
    """Exit code 2, one sentence with the remedy, no results folder."""
    text = small.read_text()
    Path("copy.yaml").write_text(text.replace("name: small", "name: copy"))
    Path("single.yaml").write_text(text.replace("  sweep: {issuers.mesh.ttl: [10m, 20m]}\n", ""))
    ending = churnsim("compare", *words)
    assert ending.code == 2
    assert said in ending.err
    assert "Traceback" not in ending.err
    assert not Path("results").exists()


def test_a_baseline_may_be_named_by_its_setting_in_full(churnsim: Command, small: Path) -> None:
    """Not only by the last step of its path, as tables do."""
    found = churnsim("compare", small, "--baseline", "issuers.mesh.ttl=20m", "--workers", 1, "--json")
    assert found.document["baseline"] == "ttl=20m"


def test_mistakes_in_options_of_several_kinds_are_told_at_once(churnsim: Command, small: Path) -> None:
    """A line each, before anything runs."""
    wrong = (
        "--show",
        "avalability",
        "--subject-to",
        "availability > 99%",
        "--assume",
        "nothing",
        "--baseline",
        "x",
    )
    ending = churnsim("compare", small, *wrong, "--best", "cost.total", "--indifference", "1%")
    assert (ending.code, ending.out) == (2, "")
    lines = ending.err.splitlines()
    for said in (
        "unknown measure 'avalability'",
        "is no assumption",
        "there is no design 'x'",
        "takes 10 replications",
    ):
        assert len([line for line in lines if said in line]) == 1, said
