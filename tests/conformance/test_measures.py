"""Every measure passes the suite for third parties, and says something about some shipped scenario."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import churnsim
from churnsim.metrics import MEASURES, Measurement, evaluate
from churnsim.scenario import Scenario
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


@pytest.mark.parametrize("is_sampled", [False, True], ids=["expected", "sampled"])
@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_scenario_can_be_measured(file: Path, is_sampled: bool) -> None:
    """A number or undefined, whole and, where a measure has parts, by part; what is undefined needs none."""
    found: dict[str, list[str]] = {name: [] for name in MEASURES}
    for full in measured(file, is_sampled):
        found[MEASURES.find(full).name].append(full)
    for name, names in found.items():
        assert name in names
        is_there = measured(file, is_sampled)[name].value is not None
        assert len(names) == 1 or MEASURES[name].parts is not None, names
        assert len(names) > 1 or MEASURES[name].parts is None or not is_there, name


@pytest.mark.parametrize("name", sorted(set(MEASURES) - {"issuer.blocked"}))
def test_some_shipped_scenario_defines_the_measure(name: str) -> None:
    """Undefined wherever one looks, it would measure nothing."""
    assert any(measured(file, False)[name].value is not None for file in SHIPPED)


@pytest.mark.parametrize("name", MEASURES)
def test_the_measure_gives_what_it_says(name: str) -> None:
    """The kind of measurement that `churnsim kinds` tells is the one that is taken, in whole and parts."""
    taken = measured(SHIPPED[0], False)
    assert {type(one) for full, one in taken.items() if MEASURES.find(full).name == name} == {
        MEASURES[name].kind
    }


def test_a_loop_of_needs_that_nothing_has_begun_is_blocked_for_ever() -> None:
    """No shipped scenario has one: issuer.blocked is all of the window, by definition."""
    world = {"name": "loop", "horizon": "1h", "start": "fresh", "issuers": {
        "a": {"ttl": "1h", "needs": {"issuer": "b"}}, "b": {"ttl": "1h", "needs": {"issuer": "a"}},
    }, "workloads": {"web": {"kind": "service", "replicas": 1, "issuer": "a"}}}  # fmt: skip
    taken = evaluate(simulate(Scenario.model_validate(world)), ["issuer.blocked"])
    assert taken["issuer.blocked"].value == 1.0
