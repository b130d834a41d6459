"""`churnsim propagation`: how fast a change is at its points, and what cannot be followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.surfaces.conftest import Command

POLICY = "{refresh: {kind: pull, every: 60s}, changes: {every: 10m}}"
PULLED = (
    "--set", f"policies={{authz: {POLICY}}}", "--set", "workloads.web.policy=authz",
    "--set", "study.sweep={policies.authz.refresh.every: [20s, 60s]}",
)  # fmt: skip


def test_each_design_tells_when_how_many_have_a_change(churnsim: Command, small: Path) -> None:
    """Polls at random phases of a constant period: half of the points have it after half of it."""
    found = churnsim("propagation", small, *PULLED, "--json").document
    for design, period in (("20s", 20.0), ("60s", 60.0)):
        after = found["designs"][design]["after_s"]
        assert after["0.5"] == pytest.approx(period / 2, rel=0.2)
        assert after["0.99"] == pytest.approx(period, rel=0.1)
        shares = found["designs"][design]["share"]
        assert shares == sorted(shares)
        assert shares[-1] == pytest.approx(1.0)


def test_the_table_fits_and_the_figure_is_drawn(churnsim: Command, small: Path) -> None:
    """In 80 columns, with the command that repeats it; nothing is kept."""
    ending = churnsim("propagation", small, *PULLED, "--figure", "p.svg")
    assert max(map(len, ending.out.partition("\nmean over")[0].splitlines())) <= 80
    assert Path("p.svg").read_text().startswith("<?xml")
    assert "repeat:  churnsim propagation small.yaml --set" in ending.out
    assert not Path("results").exists()


def test_one_of_several_policies_is_named_in_the_command_that_repeats_it(
    churnsim: Command, small: Path
) -> None:
    """Without its name the command would be refused."""
    words = (*PULLED, "--set", f"policies={{authz: {POLICY}, quota: {POLICY}}}", "--policy", "authz")
    assert churnsim("propagation", small, *words, "--json").document["repeat"].endswith("--policy authz")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "small has no policy to follow"),
        ([*PULLED, "--policy", "quota"], "small has no policy 'quota'; it has: authz"),
        ([*PULLED, "--set", "policies.authz.changes=null"], "authz never changes"),
        ([*PULLED, "--set", "policies.authz.changes.every=500d"], "no change of authz comes to its points"),
        (
            [*PULLED, "--set", f"policies={{authz: {POLICY}, quota: {POLICY}}}"],
            "small has several policies (authz, quota); name one with --policy",
        ),
    ],
)
def test_what_cannot_be_followed_is_refused(
    churnsim: Command, small: Path, words: list[str], said: str
) -> None:
    """In one line, with what would do."""
    ending = churnsim("propagation", small, *words)
    assert ending.code == 2
    assert said in ending.err
