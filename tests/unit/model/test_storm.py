"""Storms: a clock that goes faster now and then, on which gaps are as they are without."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from churnsim.engine import Streams, World
from churnsim.model.occasion import Occasions
from churnsim.model.spell import Spells
from churnsim.model.storm import Pace

GAP = {"kind": "exponential", "mean": "1h"}
RARE = {"kind": "exponential", "mean": "9h"}


def world() -> World:
    return World(start=-3600.0, end=2e6, streams=Streams(3), sinks=(), causes=())


def test_a_clock_goes_faster_in_a_storm() -> None:
    """Three times from 100 to 200: it shows 400 at 200, and 500 at 300."""
    pace = Pace(np.array([0.0, 100.0, 200.0]), np.array([1.0, 3.0, 1.0]))
    times = np.array([0.0, 50.0, 100.0, 150.0, 200.0, 300.0])
    assert pace.reading(times).tolist() == [0, 50, 100, 250, 400, 500]
    assert pace.instant(pace.reading(times)).tolist() == times.tolist()
    assert pace.after(90.0, 40.0) == 110.0


def test_storms_of_the_same_rate_are_no_storms() -> None:
    """Null: the same instants, but for rounding."""
    storms = {"every": RARE, "lasts": GAP, "factor": "x1"}
    plain = Occasions.model_validate({"every": GAP}).instants(world(), "x")
    stormy = Occasions.model_validate({"every": GAP, "storms": storms}).instants(world(), "x")
    np.testing.assert_allclose(stormy, plain, atol=1e-6)
    assert plain.size > 400


def test_strikes_crowd_into_storms() -> None:
    """At 40 times the rate, most come in the tenth of the time that is stormy."""
    rule = Occasions.model_validate({"every": GAP, "storms": {"every": RARE, "lasts": GAP, "factor": "x40"}})
    gaps = np.diff(rule.instants(world(), "x"))
    assert np.median(gaps) < 300.0 < 700.0 < gaps.mean() < 1200.0


def test_an_outage_in_a_storm_ends_before_the_next_begins() -> None:
    """And none before the world does."""
    storms = {"every": RARE, "lasts": GAP, "factor": "x40"}
    rule = Spells.model_validate(
        {"every": GAP, "lasts": {"kind": "exponential", "mean": "5m"}, "storms": storms}
    )
    ends = np.ravel(rule.periods(world(), "x"))
    assert ends[0] >= -3600.0
    assert (np.diff(ends) > 0).all()


def test_storms_need_a_law() -> None:
    """Fixed times come when they come."""
    with pytest.raises(
        ValidationError, match=r"here it happens at fixed times; leave them out, or write every"
    ):
        Occasions.model_validate({"at": ["1h"], "storms": {"every": RARE, "lasts": GAP, "factor": "x2"}})
