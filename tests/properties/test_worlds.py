"""Whatever world can be written obeys the laws, can be measured, and is the same when read back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, target
from hypothesis import strategies as st

from churnsim.metrics import MEASURES, evaluate
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from tests.properties.worlds import worlds


def hold(data: dict[str, Any], seed: int) -> None:
    """Simulate a world; laws are checked on the way. Then look at its measures and at its written form."""
    scenario = Scenario.model_validate(data)
    trace = simulate(scenario, seed=seed)
    target(float(trace.count("intervals") + trace.count("credentials")))
    for name, found in evaluate(trace).items():
        value = found.value
        if value is None:
            continue
        possible = MEASURES.find(name).possible
        assert possible.low - 1e-6 <= value <= possible.high + 1e-9, name
    canonical = scenario.canonical()
    again = Scenario.model_validate(canonical)
    assert again == scenario
    assert again.canonical() == canonical
    assert simulate(again, seed=seed).digest() == trace.digest()


calmly = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@settings(max_examples=40, suppress_health_check=calmly)
@given(data=worlds(), seed=st.integers(0, 2**32))
def test_any_world_obeys_the_laws(data: dict[str, Any], seed: int) -> None:
    """Every law is the oracle, and the range of every measure."""
    hold(data, seed)


@pytest.mark.nightly
@settings(derandomize=False, max_examples=300, suppress_health_check=calmly)
@given(data=worlds(), seed=st.integers(0, 2**32))
def test_any_of_many_worlds_obeys_the_laws(data: dict[str, Any], seed: int) -> None:
    """The same, searched longer."""
    hold(data, seed)
