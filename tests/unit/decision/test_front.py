"""Designs that no other beats in everything at once."""

from __future__ import annotations

import numpy as np
import pytest

from churnsim.base.errors import UsageError
from churnsim.decision import front, nondominated
from churnsim.metrics import Durations, Peak
from tests.unit.decision.designs import design, scalars, shares


def test_beaten_in_everything_is_off_the_front() -> None:
    """(1, 1) is beaten by (2, 2) alone; equal rows do not beat each other; NaN beats nobody."""
    points = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 0.0], [3.0, 0.0], [np.nan, 9.0]])
    assert nondominated(points).tolist() == [False, True, True, True, False]


def test_as_good_in_all_and_better_in_one_beats() -> None:
    assert nondominated(np.array([[1.0, 1.0], [1.0, 2.0]])).tolist() == [False, True]


def test_cheap_and_available_are_traded_off() -> None:
    """One is cheaper, one more available, the third neither; noise is far smaller than the gaps."""
    noise = np.random.default_rng(1).normal(0.0, 1e-4, 30)
    designs = [
        design(name, cost__total=scalars(cost + noise), availability=shares(share + noise))
        for name, cost, share in (("cheap", 1.0, 0.9), ("good", 2.0, 0.95), ("neither", 2.5, 0.85))
    ]
    found = front(designs, ["cost.total", "availability"])
    assert found.is_on_front.tolist() == [True, True, False]
    assert found.membership.tolist() == [1.0, 1.0, 0.0]
    assert found.points[1] == pytest.approx([2.0, 0.95], abs=1e-3)


def test_membership_is_near_a_half_where_chance_decides() -> None:
    """Two designs of one availability whose costs differ by noise alone, whose mean over the runs is 0."""
    noise = np.random.default_rng(2).normal(0.0, 1.0, 40)
    noise -= noise.mean()
    designs = [
        design("a", cost__total=scalars(np.zeros(40)), availability=shares([0.9] * 40)),
        design("b", cost__total=scalars(noise), availability=shares([0.9] * 40)),
    ]
    found = front(designs, ["cost.total", "availability"])
    assert found.membership.sum() == pytest.approx(1.0)
    assert found.membership[0] == pytest.approx(0.5, abs=0.06)


def test_the_same_seed_gives_the_same_membership() -> None:
    rng = np.random.default_rng(3)
    designs = [design(name, cost__total=scalars(rng.exponential(1.0, 20))) for name in "ab"]
    first, again = (front(designs, ["cost.total"], seed=5).membership for _ in range(2))
    assert first.tolist() == again.tolist()
    assert front(designs, ["cost.total"], seed=6).membership.tolist() != first.tolist()


def test_quantiles_and_maxima_are_pooled_as_what_they_are() -> None:
    """The median of all lengths of all runs, the largest of all maxima."""
    lengths = [Durations(np.array([k, k + 1.0]), np.zeros(2, bool), 0.5) for k in range(5)]
    one = design(
        "a", undertrust__window__p99=lengths, undertrust__window__max=[Peak(float(k)) for k in range(5)]
    )
    found = front([one], ["undertrust.window.p99", "undertrust.window.max"])
    assert found.points.tolist() == [[2.0, 4.0]]


def test_what_cannot_be_an_objective_is_refused() -> None:
    with pytest.raises(UsageError, match="has no better direction"):
        front([design("a", churn__rate=scalars([1.0]))], ["churn.rate"])
    with pytest.raises(UsageError, match=r"cost\.total is not defined for a"):
        front([design("a", availability=shares([0.5]))], ["cost.total"])
