"""`churnsim rare`: a failure that few runs see, against a closed form, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.surfaces.conftest import Command

RARE = "failures=[{kind: issuer-outage, issuer: mesh, every: {kind: exponential, mean: 30h}, lasts: 25m}]"


def test_the_mean_lockout_is_the_known_one(churnsim: Command, small: Path) -> None:
    """Credentials of 20 min renewed at half-life have U(10, 20) min left, so that 25 min lock out for 10.

    Units that hardly ever end: 10 min in each cycle of 30 h 25 min. Every second outage begins before the
    measured window or is cut off by its end, so that a wrong edge would show.
    """
    words = (
        "--set",
        RARE,
        "--set",
        "workloads.web.lifetime.mean=10000h",
        "--set",
        "issuers.mesh.renewal={kind: fixed, at: 50%}",
        "--set",
        "issuers.mesh.retry={kind: immediate}",
    )
    found = churnsim(
        "rare",
        small,
        *words,
        "--replications",
        60,
        "--show",
        "undertrust.share",
        "--show",
        "cost.total",
        "--json",
    ).document
    one = found["measures"]["undertrust.share"]
    assert one["low"] < 10 / (30 * 60 + 25) < one["high"]
    assert one["high"] - one["low"] < one["mean"]
    assert one["without"] == pytest.approx(0.0, abs=1e-3)
    assert (one["shown"] > 15, found["failure"]) == (True, "failures.0")
    assert (found["measures"]["cost.total"]["shown"], found["measures"]["cost.total"]["impact"]) == (0, 0.0)


def test_the_table_says_what_is_assumed_and_fits(churnsim: Command, small: Path) -> None:
    words = ("rare", small, "--set", RARE, "--replications", 3, "--show", "undertrust.share")
    ending = churnsim(*words)
    assert ending.code == 0
    assert "holds if incidents rarely overlap" in " ".join(ending.out.split())
    assert max(map(len, ending.out.partition("\nrepeat")[0].splitlines())) <= 80
    assert ending.out.splitlines()[-1].endswith(
        "--seed 7 --replications 3 --show undertrust.share --failure 0"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "small has no failure that happens `every` so often"),
        (["--set", RARE.replace("30h", "1h")], "is not rare; `churnsim run` sees it"),
        (
            ["--set", RARE, "--failure", "1"],
            "--failure 1 is none that happens `every` so often; there are: 0",
        ),
        (["--set", RARE, "--show", "dwell.p95"], "dwell.p95 is a quantile or a maximum"),
        (["--set", RARE, "--show", "dwell.mean"], "dwell.mean is undefined in replication 0"),
        (["--set", RARE, "--show", "availabilty"], "did you mean 'availability'?"),
        (
            ["--set", RARE.replace("]", ", {kind: issuer-outage, issuer: mesh, at: [1h], lasts: 1m}]")],
            "failures.1: a failure at fixed times is an incident of its own",
        ),
    ],
)
def test_what_breaks_an_assumption_is_refused(
    churnsim: Command, small: Path, words: list[str], said: str
) -> None:
    ending = churnsim("rare", small, *words)
    assert ending.code == 2
    assert said in " ".join(ending.err.split())
