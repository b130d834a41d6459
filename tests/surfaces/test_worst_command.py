"""`churnsim worst`: the search among replications, what is printed, the figure."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

import churnsim
from churnsim.plot import episode
from tests.surfaces.conftest import Command


def test_the_worst_of_all_replications_is_told_and_can_be_repeated(churnsim: Command, small: Path) -> None:
    """What `repeat` gives is the same episode without the search."""
    found = churnsim("worst", small, "--json").document
    assert (found["searched"], found["seed"]) == (3, 7)
    again = churnsim(*found["repeat"].split()[1:], "--json").document
    assert again["worst"] == found["worst"]
    assert again["searched"] == 1


def test_no_single_replication_has_a_worse_one(small: Path) -> None:
    """Each of the three alone is at most as long as the one found."""
    scenario = churnsim.load(small)
    told = [churnsim.explain_worst(churnsim.simulate(scenario, replication=r)) for r in range(3)]
    lengths = [one.subject.end - one.subject.start for one in told if one is not None]
    assert max(lengths) == max(one.size for one in told if one is not None)


def test_the_story_is_a_sentence_and_a_table(churnsim: Command, small: Path) -> None:
    """The outage at 30 min locks somebody out; the table says when and which removal would have closed it."""
    ending = churnsim("worst", small)
    assert ending.code == 0
    assert ending.out.startswith("web/")
    assert "was locked out" in ending.out
    assert "00:30:00" in ending.out
    assert "closed by removing" in " ".join(ending.out.split())
    assert "repeat:" in ending.out


def test_the_other_side_is_about_what_outlives_its_unit(churnsim: Command, small: Path) -> None:
    found = churnsim("worst", small, "--over", "--json").document["worst"]
    assert (found["side"], found["family"]) == ("over", "credential")
    assert found["stretches"][0]["remedies"] == ["orphan_credential"]


def test_where_there_is_none_that_is_said(churnsim: Command, small: Path) -> None:
    """The scenario has no policy: no principal is ever wronged."""
    ending = churnsim("worst", small, "--family", "policy")
    assert ending.code == 0
    told = " ".join(ending.out.split())
    assert told.startswith("There was no lockout of a principal in 3 replications. For who ")
    assert "ask with --over." in told
    assert churnsim("worst", small, "--family", "policy", "--json").document["worst"] is None


def test_whoever_is_never_trusted_is_not_locked_out(churnsim: Command, small: Path) -> None:
    """Asked for thieves without a side, it is about over-trust; the other side is refused."""
    alone = ("worst", small, "--family", "theft", "--replication", 0)
    assert "--over --family theft" in churnsim(*alone, "--json").document["repeat"]
    ending = churnsim(*alone, "--under")
    assert ending.code == 2
    assert "a thief is never meant to be trusted, so it is not locked out; ask with --over" in ending.err


def test_both_sides_at_once_are_refused(churnsim: Command, small: Path) -> None:
    """The last word does not win in silence."""
    ending = churnsim("worst", small, "--over", "--under")
    assert ending.code == 2
    assert "--over and --under are opposite gaps" in ending.err


def test_invariants_are_not_doubted_where_nobody_holds_them(churnsim: Command, small: Path) -> None:
    """Three runs do not decide a quantile; the search for the worst episode does not try."""
    words = (small, "--set", "invariants=[unit.life.p50 >= 1m]", "--json")
    assert "the invariant stays undecided" in churnsim("validate", *words).document["warnings"][0]
    assert churnsim("worst", *words).document["warnings"] == []


def test_facts_can_be_had_as_a_plain_table(churnsim: Command, small: Path) -> None:
    rows = [line.split("\t") for line in churnsim("worst", small, "--tsv").out.splitlines()]
    assert rows[0] == ["time", "after", "who", "what"]
    assert {len(row) for row in rows} == {4}


def test_a_figure_is_written(churnsim: Command, small: Path, tmp_path: Path) -> None:
    """An image in which the outage's colour and the gap's are seen."""
    path = tmp_path / "worst.png"
    assert churnsim("worst", small, "--figure", path).code == 0
    pixels = plt.imread(path)[:, :, :3]
    for colour in ("#CC79A7", "#D55E00"):
        near = np.abs(pixels - np.array(mpl.colors.to_rgb(colour))).max(axis=2) < 0.06
        assert near.mean() > 0.005


def test_an_episode_is_drawn_on_the_axes_given() -> None:
    """Lanes from top to bottom in the order of the frame; time counts from the beginning of the gap."""
    mpl.use("agg")
    rows = [
        ("mesh", "down", 100.0, 200.0, "mesh down", 1.0),
        ("web/0#1", "intended", 0.0, 500.0, "to be trusted", 1.0),
        ("locked out", "gap", 150.0, 210.0, "expired issuer outage", 1.0),
    ]
    bars = pd.DataFrame(rows, columns=["lane", "kind", "start", "end", "what", "share"])
    figure, ax = plt.subplots()
    assert episode(bars, ax=ax) is ax
    assert [label.get_text() for label in ax.get_yticklabels()] == ["locked out", "web/0#1", "mesh"]
    low, high = ax.get_xlim()
    assert low < -50.0 < 60.0 < high
    plt.close(figure)


def test_an_episode_without_a_gap_is_refused() -> None:
    empty = pd.DataFrame([], columns=["lane", "kind", "start", "end", "what", "share"])
    with pytest.raises(ValueError, match="needs a gap"):
        episode(empty)
