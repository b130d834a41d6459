"""Measures step by step: what the steps add up to, and what a step without anything is."""

from __future__ import annotations

import numpy as np
import pytest

from churnsim.base.errors import UsageError
from churnsim.metrics import STEPWISE, evaluate, series
from churnsim.metrics.measurement import Ratio
from churnsim.scenario import Scenario
from churnsim.simulate import simulate
from tests.unit.metrics.builder import trace, unit

TEXT = {
    "churnsim": 1,
    "name": "steps",
    "horizon": "3h",
    "issuers": {"mesh": {"ttl": "20m", "revocation": {"kind": "list", "every": "10m", "on_end": "1m"}}},
    "workloads": {
        "web": {
            "kind": "service",
            "replicas": 8,
            "lifetime": {"kind": "exponential", "mean": "40m"},
            "startup": "20s",
            "issuer": "mesh",
            "traffic": {"kind": "constant", "rate": "10/s"},
        }
    },
    "failures": [{"kind": "issuer-outage", "issuer": "mesh", "at": ["1h"], "lasts": "30m"}],
}
EDGES = np.arange(0.0, 10801.0, 600.0)


@pytest.mark.parametrize("name", ["availability", "unserved.share", "issuance.rate", "overtrust.mean_open"])
def test_steps_whose_denominator_is_alike_average_to_the_whole(name: str) -> None:
    """Constant traffic and equal steps weigh every step alike, so that their mean is the measure."""
    found = simulate(Scenario.model_validate(TEXT), seed=3)
    whole = evaluate(found, [name])[name].value
    assert whole is not None
    assert whole > 0
    assert series(found, name, EDGES).mean() == pytest.approx(whole)


@pytest.mark.parametrize("name", STEPWISE)
def test_a_single_step_is_the_whole_measure(name: str) -> None:
    """One step from end to end has the numerator and the denominator of the run."""
    found = simulate(Scenario.model_validate(TEXT), seed=3)
    measured = evaluate(found, [name])[name]
    assert isinstance(measured, Ratio)
    assert series(found, name, EDGES[[0, -1]])[0] == pytest.approx(measured.value)


def test_an_outage_shows_in_the_steps_it_lasts() -> None:
    """Nobody is issued anything from 1 h to 1.5 h: steps 6, 7 and 8 of ten minutes."""
    issued = series(simulate(Scenario.model_validate(TEXT), seed=3), "issuance.rate", EDGES)
    assert (issued[6:9] == 0).all()
    assert (issued[:6] > 0).all()
    assert issued[9] > 0


def test_units_count_in_each_step_as_long_as_they_live() -> None:
    """One lives from 5 s to 25 s, the other from 15 s on: events over unit-hours, step by step of 10 s."""
    found = trace(units=[unit(0, created=5.0, gone=25.0), unit(1, created=15.0)])
    lived = np.array([5.0, 15.0, 15.0, 10.0]) / 3600.0
    assert series(found, "churn.rate", np.arange(0.0, 41.0, 10.0)) == pytest.approx([1, 1, 1, 0] / lived)


def test_a_step_without_anything_is_undefined() -> None:
    """No unit, no traffic, no issuer."""
    for name in ("availability", "undertrust.share", "issuance.rate", "churn.rate"):
        assert np.isnan(series(trace(), name, np.array([0.0, 50.0, 100.0]))).all()


def test_what_no_step_has_by_itself_is_refused() -> None:
    """A maximum of a step is none of the run."""
    with pytest.raises(UsageError, match=r"dwell\.p95 is not measured step by step; what is: availability, "):
        series(trace(), "dwell.p95", np.array([0.0, 50.0]))
