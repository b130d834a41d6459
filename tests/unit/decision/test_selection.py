"""The best of several designs."""

from __future__ import annotations

import numpy as np
import pytest

from churnsim.base.errors import UsageError
from churnsim.decision import best, select
from churnsim.metrics import Peak, Scalar
from tests.unit.decision.designs import design, scalars


def test_a_design_far_ahead_wins_at_the_first_stage() -> None:
    """Ahead by a hundred standard deviations; nothing beyond ten runs is looked at."""
    rng = np.random.default_rng(1)
    values = rng.normal(0.0, 1.0, (3, 50)) + np.array([[0.0], [100.0], [0.0]])
    found = select(values, 1.0)
    assert (found.best, found.runs) == (1, (10, 10, 10))


def test_designs_that_are_close_are_not_decided_by_few_runs() -> None:
    """Twelve runs of the same law, where the difference to detect is a tenth of the noise."""
    found = select(np.random.default_rng(2).normal(0.0, 1.0, (2, 12)), 0.1)
    assert (found.best, found.kept) == (None, (0, 1))
    assert found.most > 1_000


def test_the_first_margin_is_the_one_of_the_formula() -> None:
    """Two designs, first stage of 10: eta = (0.1^(-2/9) - 1) / 2 = 0.3341, h^2 = 18 x 0.3341 = 6.014.

    Differences of variance 4 and an indifference of 1: a reach of 24.06 runs and at run 10 a margin of
    (24.06 - 10) / 20 = 0.703. A lead just below it keeps both, one just above ends it.
    """
    wave = np.array([2.0, -2.0] * 5) * np.sqrt(0.9)  # variance 4 over ten values
    for lead, kept in ((0.70, (0, 1)), (0.71, (0,))):
        found = select(np.stack((wave + lead, np.zeros(10))), 1.0)
        assert found.kept == kept
        assert found.most == 25


def test_the_cheapest_is_the_best_in_cost() -> None:
    """Lower is better: the direction is the measure's."""
    rng = np.random.default_rng(3)
    noise = rng.normal(0.0, 0.1, 20)
    designs = [
        design(name, cost__total=scalars(noise + cost)) for name, cost in (("dear", 9.0), ("cheap", 5.0))
    ]
    assert best(designs, "cost.total", 0.5).best == 1


def test_one_design_is_the_best() -> None:
    assert best([design("only", cost__total=scalars(range(10)))], "cost.total", 1.0).best == 0


def test_what_cannot_rank_designs_is_refused() -> None:
    """No direction, a maximum, undefined runs, too few runs."""
    with pytest.raises(UsageError, match=r"churn\.rate has no better direction"):
        best([design("a", churn__rate=scalars(range(10)))], "churn.rate", 1.0)
    with pytest.raises(UsageError, match="is a quantile or a maximum over runs"):
        best([design("a", undertrust__window__max=[Peak(1.0)] * 10)], "undertrust.window.max", 1.0)
    with pytest.raises(UsageError, match="is not defined in replication 3 of a"):
        best([design("a", cost__total=[*scalars(range(3)), Scalar(None)])], "cost.total", 1.0)
    with pytest.raises(UsageError, match="takes 10 replications of each design, got 9"):
        best([design("a", cost__total=scalars(range(9)))], "cost.total", 1.0)
    with pytest.raises(ValueError, match="the indifference must be positive"):
        select(np.zeros((2, 10)), 0.0)
