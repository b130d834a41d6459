"""Pauses between attempts, by hand."""

from __future__ import annotations

from math import inf

import pytest
from pydantic import ValidationError

from churnsim.model.retry.exponential import ExponentialRetry
from churnsim.model.retry.fixed import FixedRetry
from churnsim.model.retry.immediate import ImmediateRetry
from churnsim.model.retry.none import NoRetry


def test_exponential_back_off_doubles_up_to_its_cap() -> None:
    """5, 10, 20, ... 300 s, and 300 s for ever after, without overflow."""
    rule = ExponentialRetry()
    assert [rule.delay(tries, 0.5) for tries in range(1, 9)] == [5, 10, 20, 40, 80, 160, 300, 300]
    assert rule.delay(10**9, 0.5) == 300.0
    assert ExponentialRetry(factor=100.0).delay(10**9, 0.5) == 300.0


def test_jitter_spreads_a_pause_by_its_share_up_and_down() -> None:
    """10 % of 20 s either way; none with no jitter."""
    rule = ExponentialRetry()
    assert [rule.delay(3, u) for u in (0.0, 0.5, 1.0)] == pytest.approx([18.0, 20.0, 22.0])
    assert ExponentialRetry.model_validate({"jitter": "0%"}).delay(3, 0.9) == 20.0


def test_a_cap_below_the_first_pause_is_a_mistake() -> None:
    """It would never be reached from below."""
    with pytest.raises(ValidationError, match="cap must not be below initial"):
        ExponentialRetry.model_validate({"initial": "10s", "cap": "5s"})


def test_full_jitter_never_stops_the_clock() -> None:
    """With 100 % jitter the shortest pause is as short as the least uniform, and more than 0."""
    assert ExponentialRetry.model_validate({"jitter": "100%"}).delay(1, 2.0**-53) > 0.0


def test_the_plain_rules() -> None:
    """The same pause; none, because it is told; none, because it gives up."""
    assert {FixedRetry.model_validate({"every": "37s"}).delay(tries, 0.1) for tries in (1, 50)} == {37.0}
    assert ImmediateRetry.waits_for_recovery
    assert not FixedRetry.waits_for_recovery
    assert NoRetry().delay(1, 0.5) == inf
