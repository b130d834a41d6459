"""How points follow a published bundle: only pulls that bring news, and bundles that overtake each other."""

from __future__ import annotations

import numpy as np
import pytest

from churnsim.engine import Streams
from churnsim.engine.arrivals import arrivals
from churnsim.model.bundle.pull import PullBundle
from churnsim.model.bundle.push import PushBundle

START, END = -1000.0, 5000.0
STREAM = Streams(3).named("issuers/mesh/bundle")
CHANGES = np.array([-900.0, -900.0 + 1e-9, 12.0, 60.0, 61.0, 4990.0])
NAMES = np.array([2, 3, 4, 5, 6, 7])


def test_of_pulls_at_a_constant_period_only_those_that_bring_news_are_worked_out():
    """The closed form against every pull there is, also at the very instant of a pull."""
    bundle = PullBundle.model_validate({"every": "47s", "delay": "3s"})
    lanes = [STREAM.lane(point, 0) for point in range(4)]
    everywhere = np.concatenate([arrivals(bundle.every, STREAM, lane, START, END) for lane in lanes])
    changes = np.sort(np.concatenate([CHANGES, everywhere[::20]]))
    known = bundle.arrivals(changes, np.arange(changes.size), 4, STREAM, START, END)
    for point in range(4):
        pulls = arrivals(bundle.every, STREAM, STREAM.lane(point, 0), START, END)
        for change, instant in zip(changes, known[:, point], strict=True):
            later = pulls[pulls >= change - 1e-6]
            expected = later[0] + 3.0 if later.size and later[0] + 3.0 < END else np.inf
            assert instant == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    "bundle",
    [
        PullBundle.model_validate(
            {"every": {"kind": "exponential", "mean": "20s"}, "delay": {"kind": "exponential", "mean": "60s"}}
        ),
        PushBundle.model_validate({"delay": {"kind": "exponential", "mean": "60s"}}),
    ],
    ids=["pull", "push"],
)
def test_a_later_bundle_that_comes_first_brings_the_news_of_the_earlier(bundle):
    """What has travelled is replayed bundle by bundle; the latest that has come counts."""
    known = bundle.arrivals(CHANGES, NAMES, 3, STREAM, START, END)
    for point in range(3):
        if isinstance(bundle, PullBundle):
            sent = arrivals(bundle.every, STREAM, STREAM.lane(point, 0), START, END)
            index = np.arange(sent.size)
        else:
            sent, index = CHANGES, NAMES
        came = sent + bundle.delay.inverse(STREAM.uniform(STREAM.lane(point, 1), index))
        for change, instant in zip(CHANGES, known[:, point], strict=True):
            first = came[sent >= change].min(initial=np.inf)
            assert instant == (first if first < END else np.inf)


def test_a_change_is_as_late_whatever_other_changes_there_are():
    """Pushed: its delay goes by its name, not by its place."""
    bundle = PushBundle.model_validate({"delay": {"kind": "uniform", "low": "1s", "high": "2s"}})
    apart = np.array([0.0, 100.0, 200.0])
    all_three = bundle.arrivals(apart, np.array([2, 9, 4]), 2, STREAM, START, END)
    without = bundle.arrivals(apart[[0, 2]], np.array([2, 4]), 2, STREAM, START, END)
    np.testing.assert_array_equal(all_three[[0, 2]], without)
