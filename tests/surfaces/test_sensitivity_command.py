"""`churnsim sensitivity`: factors ranked, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.surfaces.conftest import Command

FACTORS = ("--factor", "workloads.web.replicas=2..20", "--factor", "issuers.mesh.ttl=[10m, 20m]")


def test_what_costs_depends_on_the_fleet(churnsim: Command, small: Path) -> None:
    """Ten times as many units cost about ten times as much; the life of a credential costs nothing here."""
    words = ("sensitivity", small, *FACTORS, "--show", "cost.total", "--size", 3, "--replications", 2)
    document = churnsim(*words, "--workers", 1, "--json").document
    found = document["measures"]["cost.total"]["factors"]
    assert list(found) == ["workloads.web.replicas", "issuers.mesh.ttl"]
    assert found["workloads.web.replicas"]["alone"] == found["workloads.web.replicas"]["size"] > 0
    assert found["workloads.web.replicas"]["size"] > 20 * found["issuers.mesh.ttl"]["size"]
    assert document["design"]["trajectories"] == 3


def test_the_table_says_which_way_and_the_command_repeats(churnsim: Command, small: Path) -> None:
    """In 80 columns; the repeated command gives the same without simulating anything."""
    words = ("sensitivity", small, *FACTORS, "--show", "cost.total", "--size", 2, "--replications", 2)
    ending = churnsim(*words, "--workers", 1, "--figure", "f.svg")
    table = ending.out.partition("\nseed:")[0]
    assert "raises it" in table
    assert max(map(len, table.splitlines())) <= 80
    assert '--set \'study.design={"kind": "morris", "trajectories": 2}\'' in ending.out
    assert Path("f.svg").read_text().startswith("<?xml")
    again = churnsim(*words, "--workers", 1)
    assert again.out.partition("\n\n")[0] == ending.out.partition("\n\n")[0]
    assert "stored already" in again.err


def test_shares_of_variance_are_a_method_too(churnsim: Command, small: Path) -> None:
    """The axes of the study where no factor is named: the life of a credential explains all there is."""
    words = ("sensitivity", small, "--method", "saltelli", "--size", 2, "--show", "undertrust.share")
    out = churnsim(*words, "--workers", 1, "--tsv").out
    assert out.splitlines()[1].split("\t") == ["factor", "in all", "alone", "with others"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--factor", "replicas"], "'replicas' is no factor; write one as in"),
        (["--factor", "workloads.web.replicas=3"], "is no factor"),
        (["--factor", "workloads.web.replica=1..3"], "unknown key 'replica'"),
        (["--factor", "workloads.web.replicas=5..3"], "the upper end of a range lies above the lower"),
        (["--method", "saltelli", "--size", "6"], "even only at powers of 2 (got 6)"),
        (["--set", "study.where=issuers.mesh.ttl > 10m"], "study.where would leave out points"),
        (["--set", "study.sweep={}"], "small varies nothing; name factors"),
        (["--show", "availabilty"], "did you mean 'availability'?"),
    ],
)
def test_wrong_questions_are_refused_before_anything_runs(
    churnsim: Command, small: Path, words: list[str], said: str
) -> None:
    ending = churnsim("sensitivity", small, *words)
    assert ending.code == 2
    assert said in ending.err
    assert "Traceback" not in ending.err
    assert not Path("results").exists()


def test_a_maximum_has_no_effects(churnsim: Command, small: Path) -> None:
    """Effects are of the numbers of runs, and a maximum is one of all runs together."""
    words = ("sensitivity", small, "--show", "undertrust.window.max", "--size", 2, "--replications", 2)
    ending = churnsim(*words, "--workers", 1)
    assert ending.code == 2
    assert "is a quantile or a maximum over runs" in ending.err


def test_an_outage_that_never_comes_is_doubted_before_no_effect_is_believed(
    churnsim: Command, small: Path
) -> None:
    """Where nothing fails nothing matters, so the warning that `sweep` gives is given here as well."""
    late = "failures=[{kind: issuer-outage, issuer: mesh, at: [99h], lasts: 1m}]"
    words = ("sensitivity", small, *FACTORS, "--set", late, "--size", 2, "--replications", 2, "--workers", 1)
    ending = churnsim(*words, "--show", "undertrust.share", "--json")
    assert "warning: " in ending.err
    assert "this issuer-outage never comes" in ending.err
    assert any("this issuer-outage never comes" in each for each in ending.document["warnings"])
