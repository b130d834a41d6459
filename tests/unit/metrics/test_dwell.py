"""How long thieves are accepted, and what would have ended it."""

from __future__ import annotations

import builder as b
import pytest
from test_orphan import THEFT, value
from test_probe import random_trace

from churnsim.metrics import evaluate
from churnsim.metrics.dwell import PHASES


def phases(trace):
    return [value(trace, f"dwell.mean.{phase}") for phase in PHASES]


def robbed(points=(0.0,), *, learned=(), **credential):
    """Stolen at 4 and detected at 15; the copy expires at 30."""
    return b.trace(
        issuers=(b.issuer(),),
        points=b.points(*points),
        units=[b.unit(0)],
        credentials=[b.credential(0, 1, 0, 30, **credential), b.credential(0, 2, 10, 110)],
        learned=list(learned),
        thefts=[THEFT],
    )


def test_what_is_never_revoked_waits_for_its_expiry():
    """11 s until detection, 15 s more until it expires."""
    assert phases(robbed()) == [11.0, 0.0, 0.0, 15.0, 0.0]


def test_what_is_revoked_at_detection_waits_for_the_points():
    """Revoked at 15, learned at 17."""
    assert phases(robbed(revoked=15.0, learned=[b.learned(0, 17.0)])) == [11.0, 0.0, 2.0, 0.0, 0.0]


def test_what_is_revoked_later_waits_for_that_first():
    """Detected at 15, revoked at 18, learned at 20."""
    assert phases(robbed(revoked=18.0, learned=[b.learned(0, 20.0)])) == [11.0, 3.0, 2.0, 0.0, 0.0]


def test_usable_dwell_weighs_the_points():
    """Learned at 17 by one of two points, by the other never: until 17 all, then half until 30."""
    trace = robbed((0.0, 0.0), revoked=15.0, learned=[b.learned(0, 17.0)])
    assert value(trace, "dwell.mean") == 26.0
    assert value(trace, "dwell.usable") == 13.0 + 6.5
    assert phases(trace) == [11.0, 0.0, 15.0, 0.0, 0.0]


@pytest.mark.parametrize("seed", range(10))
def test_the_phases_add_up(seed):
    found = evaluate(random_trace(seed), ["dwell.mean"])
    if found["dwell.mean"].value is not None:
        parts = [found[f"dwell.mean.{phase}"].value for phase in PHASES]
        assert sum(parts) == pytest.approx(found["dwell.mean"].value, rel=1e-12)
        assert found["dwell.mean"].value >= value(random_trace(seed), "dwell.usable") - 1e-12
