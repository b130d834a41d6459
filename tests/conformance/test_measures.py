"""Every measure passes the suite for third parties, and says something about some shipped scenario."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import churnsim
from churnsim.metrics import MEASURES, Measurement, evaluate
from churnsim.simulate import simulate
from churnsim.testing import Check, measure_conformance

SHIPPED = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))


@cache
def measured(file: Path, is_sampled: bool) -> dict[str, Measurement]:
    scenario = churnsim.load(file)
    return evaluate(simulate(scenario.with_(requests="sampled") if is_sampled else scenario))


@pytest.mark.parametrize("check", [c for name in MEASURES for c in measure_conformance(name)], ids=str)
def test_the_measure_conforms(check: Check) -> None:
    """Named, explained, pure, never broken."""
    check()


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_scenario_can_be_measured(file: Path, name: str) -> None:
    """A number or undefined, whole and parts, with requests expected or sampled."""
    for is_sampled in (False, True):
        found = {
            full: value
            for full, value in measured(file, is_sampled).items()
            if MEASURES.find(full).name == name
        }
        assert found
        assert (len(found) > 1) == (MEASURES[name].parts is not None)


@pytest.mark.parametrize("name", MEASURES)
def test_some_shipped_scenario_defines_the_measure(name: str) -> None:
    """Undefined wherever one looks, it would measure nothing; issuers there have no capacity."""
    if not name.startswith("issuer."):
        assert any(measured(file, False)[name].value is not None for file in SHIPPED)
