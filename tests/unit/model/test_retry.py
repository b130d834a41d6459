"""Pauses between attempts, by hand."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest
from pydantic import ValidationError

from churnsim.model.retry import Retry
from churnsim.model.retry.budget import BudgetRetry
from churnsim.model.retry.exponential import ExponentialRetry
from churnsim.model.retry.fixed import FixedRetry
from churnsim.model.retry.immediate import ImmediateRetry
from churnsim.model.retry.none import NoRetry
from churnsim.model.retry.remaining import RemainingRetry
from churnsim.model.retry.schedule import ScheduleRetry
from churnsim.model.retry.window import WindowRetry


def pause(rule: Retry, tries: int, u: float = 0.5, **at: float) -> float:
    """Pause after a failure, for a holder that has just asked and has an hour left unless told otherwise."""
    return rule.delay(tries, at.get("waited", 0.0), at.get("left", 3600.0), u)


def test_exponential_back_off_doubles_up_to_its_cap() -> None:
    """5, 10, 20, ... 300 s, and 300 s for ever after, without overflow."""
    rule = ExponentialRetry()
    assert [pause(rule, tries) for tries in range(1, 9)] == [5, 10, 20, 40, 80, 160, 300, 300]
    assert pause(rule, 10**9) == 300.0
    assert pause(ExponentialRetry(factor=100.0), 10**9) == 300.0


@pytest.mark.parametrize(
    ("jitter", "pauses"),
    [
        ({}, [18.0, 20.0, 22.0]),  # 10 % either way
        ({"jitter": "0%"}, [20.0, 20.0, 20.0]),
        ({"jitter": "50%", "side": "below"}, [10.0, 15.0, 20.0]),  # known as equal jitter
        ({"jitter": "100%", "side": "below"}, [0.0, 10.0, 20.0]),  # known as full jitter
    ],
)
def test_jitter_spreads_a_pause_by_its_share(jitter: dict[str, str], pauses: list[float]) -> None:
    """Of 20 s, at the least uniform, the middle one and the greatest."""
    rule = ExponentialRetry.model_validate(jitter)
    assert [pause(rule, 3, u) for u in (0.0, 0.5, 1.0)] == pytest.approx(pauses)


def test_a_cap_below_the_first_pause_is_a_mistake() -> None:
    """It would never be reached from below."""
    with pytest.raises(ValidationError, match="cap must not be below initial"):
        ExponentialRetry.model_validate({"initial": "10s", "cap": "5s"})


@pytest.mark.parametrize("side", ["both", "below"])
def test_full_jitter_never_stops_the_clock(side: str) -> None:
    """With 100 % jitter the shortest pause is as short as the least uniform, and more than 0."""
    assert pause(ExponentialRetry.model_validate({"jitter": "100%", "side": side}), 1, 2.0**-53) > 0.0


def test_the_plain_rules() -> None:
    """The same pause; none, because it is told; none, because it gives up."""
    assert {pause(FixedRetry.model_validate({"every": "37s"}), tries) for tries in (1, 50)} == {37.0}
    assert ImmediateRetry.waits_for_recovery
    assert not FixedRetry.waits_for_recovery
    assert pause(NoRetry(), 1) == inf
    assert NoRetry().gives_up


def test_each_window_holds_one_attempt() -> None:
    """Asked first at 0; a quarter into each window of 30 s: 37.5, 67.5, 97.5 s, and at no other time."""
    rule, waited, asked = WindowRetry.model_validate({"every": "30s"}), 0.0, []
    for tries, u in enumerate((0.25, 0.25, 0.25, 0.999, 0.001), 1):
        waited += rule.delay(tries, waited, 0.0, u)
        asked.append(waited)
    assert asked == pytest.approx([37.5, 67.5, 97.5, 149.97, 150.03])


def test_an_answer_that_took_longer_than_a_window_costs_that_window() -> None:
    """Failed at 70 s, in the third window of 30 s: the fourth begins at 90 s."""
    assert pause(WindowRetry.model_validate({"every": "30s"}), 1, 0.5, waited=70.0) == pytest.approx(35.0)


def test_a_share_of_what_is_left_gets_shorter_and_ends_at_the_least_pause() -> None:
    """F038, F039: 70 % of 7.2 h; of 100 s; of 10 s, which is too short; and 10 s for ever once expired."""
    rule = RemainingRetry.model_validate({"share": "70%", "least": "10s"})
    lefts = (25_920.0, 100.0, 10.0, 0.0)
    assert [pause(rule, 1, left=left) for left in lefts] == pytest.approx([18_144.0, 70.0, 10.0, 10.0])


def test_a_schedule_repeats_its_last_pause() -> None:
    """F085: one minute, ten, a hundred, then daily."""
    rule = ScheduleRetry.model_validate({"pauses": ["1m", "10m", "100m", "1d"]})
    assert [pause(rule, tries) for tries in (1, 2, 3, 4, 5, 99)] == [60, 600, 6000, 86400, 86400, 86400]


def budget(**fields: Any) -> BudgetRetry:
    """F032: five attempts, between them 100 ms doubling up to 1.6 s."""
    by = {"kind": "exponential", "initial": "100ms", "cap": "1.6s", "jitter": "0%"}
    return BudgetRetry.model_validate({"attempts": 5, "by": by, **fields})


def test_a_budget_that_is_used_up_is_renewed_after_a_rest() -> None:
    """The fifth failure is followed by the rest, and the back-off begins anew."""
    rule = budget(rest="1m")
    assert [pause(rule, tries) for tries in range(1, 8)] == pytest.approx([0.1, 0.2, 0.4, 0.8, 60, 0.1, 0.2])
    assert not rule.gives_up


def test_a_budget_without_a_rest_is_the_end() -> None:
    """Nothing follows the fifth failure."""
    rule = budget()
    assert [pause(rule, tries) for tries in range(4, 8)] == [0.8, inf, inf, inf]
    assert rule.gives_up


def test_who_is_told_of_the_recovery_has_no_budget() -> None:
    """An idealisation has no attempts to be counted."""
    with pytest.raises(ValidationError, match=r"no attempts to count \(got immediate\)"):
        budget(by={"kind": "immediate"})
