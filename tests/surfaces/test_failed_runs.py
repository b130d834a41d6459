"""Runs that fail: the others count, the reader is told, the exit code is 3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.surfaces.conftest import Command


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Replications in this set fail when they are simulated in this process."""
    import churnsim.simulate  # noqa: F401  the module, not the public function of that name
    from churnsim.simulate import simulate

    broken: set[int] = set()

    def sometimes(scenario: Any, *, seed: int, replication: int) -> Any:
        if replication in broken:
            raise ZeroDivisionError("as the test demands")
        return simulate(scenario, seed=seed, replication=replication)

    import sys

    monkeypatch.setattr(sys.modules["churnsim.simulate"], "simulate", sometimes)
    return broken


def test_the_runs_that_went_through_are_reported(churnsim: Command, small: Path, failing: set[int]) -> None:
    """Two of three: measures over two, a warning with the command that repeats the third."""
    failing.add(1)
    ending = churnsim("run", small, "--json", "--workers", 1)
    assert ending.code == 3
    assert ending.document["measures"]["availability"]["n"] == 2
    (warning,) = ending.document["warnings"]
    assert "ZeroDivisionError: as the test demands" in warning
    assert "churnsim run small.yaml --seed 7 --replication 1" in warning


@pytest.mark.parametrize("verb", ["run", "sweep", "check"])
def test_no_run_at_all_is_still_an_answer(
    churnsim: Command, small: Path, failing: set[int], verb: str
) -> None:
    """Exit code 3, warnings on standard error, no traceback, nothing pretended."""
    failing.update(range(3))
    ending = churnsim(verb, small, "--workers", 1)
    assert ending.code == 3
    assert "Traceback" not in ending.err
    assert "warning: run 0 of point" in ending.err


def test_without_runs_no_figure_is_promised(churnsim: Command, small: Path, failing: set[int]) -> None:
    """Neither written nor named."""
    failing.update(range(3))
    ending = churnsim("sweep", small, "--workers", 1, "--figure", "f.png")
    assert ending.code == 3
    assert "figure:" not in ending.out
    assert not Path("f.png").exists()
