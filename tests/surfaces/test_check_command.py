"""`churnsim check`: verdicts, exit codes, JUnit."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.surfaces.conftest import Command


def _with(path: Path, *invariants: str) -> Path:
    listed = "".join(f"  - {invariant}\n" for invariant in invariants)
    path.write_text(path.read_text().replace("  - availability >= 10%\n", listed))
    return path


@pytest.mark.parametrize(
    ("invariant", "verdict", "code"),
    [
        ("availability >= 10%", "pass", 0),
        ("availability >= 99.99%", "fail", 1),
        ("dwell.mean <= 1h", "inconclusive", 4),
    ],
)
def test_each_verdict_has_its_exit_code(
    churnsim: Command, small: Path, invariant: str, verdict: str, code: int
) -> None:
    """A 25 min outage of a 20 min credential locks out for a while, so availability lies between; nobody is
    robbed, so how long thieves are accepted is undefined."""
    ending = churnsim("check", _with(small, invariant), "--json", "--workers", 1)
    assert ending.code == code
    (found,) = ending.document["verdicts"]
    assert set(found) == {"invariant", "verdict", "place", "mean", "low", "high", "reason"}
    assert (found["invariant"], found["verdict"]) == (invariant, verdict)
    assert found["place"] == "small.yaml:18:5"


def test_a_part_that_no_run_has_is_not_said_to_be_quiet(churnsim: Command, small: Path) -> None:
    """Parts named after what a scenario holds are known once it has run; the likeliest is proposed."""
    ending = churnsim("check", _with(small, "tenant.availability.defualt >= 10%"), "--workers", 1, "--json")
    (found,) = ending.document["verdicts"]
    assert found["verdict"] == "inconclusive"
    assert found["reason"] == (
        "no run has tenant.availability.defualt; did you mean 'tenant.availability.default'?"
    )


def test_a_broken_invariant_outweighs_an_undecided_one(churnsim: Command, small: Path) -> None:
    """Exit code 1, whatever else there is."""
    ending = churnsim(
        "check", _with(small, "dwell.mean <= 1h", "availability >= 99.99%"), "--workers", 1, "--tsv"
    )
    assert ending.code == 1
    assert [line.split("\t")[0] for line in ending.out.splitlines()[1:3]] == ["inconclusive", "fail"]


def test_junit_counts_failures_and_points_at_lines(churnsim: Command, small: Path) -> None:
    """What CI systems read: counts on the suite, file and line on the case, `<` escaped."""
    path = _with(small, "availability >= 10%", "availability >= 99.99%", "dwell.mean < 1h")
    churnsim("check", path, "--junit", "deep/junit.xml", "--workers", 1)
    suite = ElementTree.parse("deep/junit.xml").getroot()[0]
    assert suite.attrib | {"time": ""} == {
        "name": "small", "tests": "3", "failures": "1", "errors": "0", "skipped": "1", "time": "",
    }  # fmt: skip
    kept, broken, undecided = suite
    assert kept.find("failure") is kept.find("skipped") is None
    assert (broken.get("file"), broken.get("line")) == ("small.yaml", "19")
    failure = broken.find("failure")
    assert failure is not None
    assert "the whole interval breaks it" in str(failure.text)
    assert undecided.get("name") == "dwell.mean < 1h"
    assert undecided.find("skipped") is not None


def test_junit_names_the_file_even_where_the_invariant_is_not_in_it(churnsim: Command, small: Path) -> None:
    """A report that names `--set ...` as a file would send an annotation nowhere."""
    words = ("--set", "invariants=[availability >= 10%]", "--junit", "junit.xml", "--workers", 1)
    assert churnsim("check", small, *words).code == 0
    (case,) = ElementTree.parse("junit.xml").getroot()[0]
    assert (case.get("file"), case.get("line")) == ("small.yaml", None)


def test_the_seed_fixes_the_verdict(churnsim: Command, small: Path) -> None:
    """A verdict is a pure function of scenario and seed: no store, the same document twice."""
    documents = [churnsim("check", small, "--json", "--no-store", "--workers", 1).document for _ in range(2)]
    assert documents[0] == documents[1]


def test_a_scenario_that_promises_nothing_is_refused_before_it_runs(churnsim: Command, small: Path) -> None:
    """In CI a pass of nothing would be taken for a pass."""
    small.write_text(small.read_text().replace("invariants:\n  - availability >= 10%\n", ""))
    ending = churnsim("check", small, "--workers", 1)
    assert (ending.code, ending.out) == (2, "")
    assert ending.err == (
        "small.yaml: there is no invariant to check; write one, as in 'invariants: [availability >= 99.9%]'\n"
    )
