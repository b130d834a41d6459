"""`churnsim warmup`: where the beginning is cut off, what is advised, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.surfaces.conftest import Command

FRESH = ("--set", "start=fresh", "--set", "failures=[]")


def test_a_fleet_that_begins_at_once_is_cut_and_the_warmup_to_set_is_told(
    churnsim: Command, small: Path
) -> None:
    """All six units start for 5 s, so that a twelfth of the first minute's requests finds nobody."""
    found = churnsim(
        "warmup", small, *FRESH, "--set", "horizon=4h", "--show", "availability", "--json"
    ).document
    one = found["measures"]["availability"]
    assert (found["start"], found["warmup_s"], found["step_s"]) == ("fresh", 0.0, 60.0)
    assert found["needed_s"] == one["cut_s"] > 0
    assert one["before"] < one["after"] <= 1
    assert len(one["single_cuts_s"]) <= 3
    assert f"--set warmup={found['needed_s'] / 60:g}m" in found["verdict"]


def test_a_warmup_that_is_long_enough_is_left_alone(churnsim: Command, small: Path) -> None:
    """It is not measured with it, so that the cut is the same."""
    words = ("warmup", small, *FRESH, "--set", "horizon=4h", "--show", "issuance.rate", "--json")
    long = churnsim(*words, "--set", "warmup=2h").document
    assert "warmup: 2h is enough" in long["verdict"]
    assert long["measures"] == churnsim(*words).document["measures"]


def test_a_stationary_scenario_needs_none(churnsim: Command, small: Path) -> None:
    """As the file stands; the outage at a fixed time is warned of, for it is no beginning."""
    ending = churnsim("warmup", small)
    assert ending.code == 0
    assert "small starts stationary" in ending.out
    assert "failures.0: strikes at fixed times" in ending.err
    assert churnsim("warmup", small, "--json").document["needed_s"] == 0.0


def test_what_has_not_settled_is_inconclusive(churnsim: Command, small: Path) -> None:
    """All credentials, renewed at 10 min, expire at 30 min, when half of the run is nearly over."""
    outage = "failures=[{kind: issuer-outage, issuer: mesh, at: [11m], lasts: 3h}]"
    words = ("--set", "start=fresh", "--set", outage, "--show", "undertrust.share")
    ending = churnsim("warmup", small, *words, "--set", "horizon=65m")
    assert ending.code == 4
    assert "had not settled by half of 1h5m" in " ".join(ending.out.split())
    assert "not settled" in ending.out


def test_the_table_fits_and_the_figure_is_drawn(churnsim: Command, small: Path) -> None:
    """In 80 columns, with the command that repeats it."""
    ending = churnsim("warmup", small, *FRESH, "--figure", "w.svg")
    table = ending.out.partition("\nsteps:")[0]
    assert max(map(len, table.splitlines())) <= 80
    assert Path("w.svg").read_text().startswith("<?xml")
    assert "repeat:  churnsim warmup small.yaml --set start=fresh" in ending.out
    assert not Path("results").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--show", "dwell.p95"], "dwell.p95 is not measured step by step; what is: availability"),
        (["--show", "availabilty"], "did you mean 'availability'?"),
        (
            ["--set", "window=10m"],
            "small has 12 buckets of traffic, and it takes 20 to see it settle; --set window=6m",
        ),
        (
            ["--set", "policies={}", "--set", "workloads.web.traffic=null", "--show", "availability"],
            "cannot be measured",
        ),
    ],
)
def test_wrong_questions_are_refused(churnsim: Command, small: Path, words: list[str], said: str) -> None:
    ending = churnsim("warmup", small, *words)
    assert ending.code == 2
    assert said in " ".join(ending.err.split())
