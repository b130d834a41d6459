"""Measures of units: capacity, intent, churn, life and age."""

from __future__ import annotations

import builder as b
import pytest
from test_orphan import value

from churnsim.metrics import evaluate


def fleet():
    """Two replicas wanted, both needed; window [0, 100).

    Unit 0 is ready from -50 to 40 and drains until 50; its replacement, asked for at 40 and placed at 42, is
    ready from 60. Unit 2 is ready from 0, unit 3 from 90: a third one.
    """
    units = [
        b.unit(0, created=-60.0, ready=-50.0, stopped=40.0, gone=50.0),
        b.unit(1, created=40.0, placed=42.0, ready=60.0),
        b.unit(2, created=-5.0, ready=0.0),
        b.unit(3, created=90.0),
    ]
    return b.trace(start=-60.0, workloads=(b.workload(replicas=2, needed=2),), units=units)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("capacity.availability", 0.8),
        ("intent.under", 20 / 200),
        ("intent.over", 10 / 200),
        ("churn.rate", (2 + 1) / ((50 + 60 + 100 + 10) / 3600)),
        ("unit.life.mean", (40 + 40 + 100 + 10) / 3),
        ("unit.age.mean", (70 * 40 + 20 * 40 + 50 * 100 + 5 * 10) / 190),
        ("cost.startup_waste", 18 / (50 + 58 + 100 + 10)),
    ],
)
def test_units_are_counted_in_the_states_they_were_in(name, expected):
    """Short of one unit from 40 to 60, one too many from 90; draining counts as neither ready nor gone."""
    assert value(fleet(), name) == pytest.approx(expected, rel=1e-12)


def test_lives_that_began_in_the_window_are_censored_at_its_end():
    """Units 1 to 3 became ready in the window and still are at its end."""
    lives = evaluate(fleet(), ["unit.life.p50"])["unit.life.p50"]
    assert (sorted(lives.values), list(lives.censored)) == ([10.0, 40.0, 100.0], [True] * 3)


def test_a_unit_that_never_became_ready_is_all_waste():
    """Placed at 10, gone at 30 without having been ready."""
    trace = b.trace(units=[b.unit(0, created=10.0, stopped=30.0) | {"ready": b.NAN, "booted": b.NAN}])
    assert value(trace, "cost.startup_waste") == 1.0
    assert value(trace, "unit.life.mean") is None
