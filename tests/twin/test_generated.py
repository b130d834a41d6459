"""The two ways agree in worlds that nobody thought of."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from churnsim.scenario import Scenario
from tests.twin.compare import differences
from tests.twin.generated import remembering, scenarios

_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)

# A whole world takes minutes to make smaller, which is left to the night.
_AS_FOUND = (Phase.explicit, Phase.reuse, Phase.generate)


@settings(max_examples=20, phases=_AS_FOUND, suppress_health_check=_SLOW)
@given(scenarios() | remembering())
def test_both_ways_agree_in_generated_worlds(scenario: Scenario) -> None:
    """Same random numbers, so the same lives; probed trust as measured."""
    assert not differences(scenario)


@pytest.mark.nightly
@settings(max_examples=500, derandomize=False, suppress_health_check=_SLOW)
@given(scenarios() | remembering())
def test_both_ways_agree_in_many_generated_worlds(scenario: Scenario) -> None:
    """As above, many more of them, and others every night."""
    assert not differences(scenario)
