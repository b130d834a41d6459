"""The sawtooth in closed form, against a loop over every poll."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from churnsim.engine import Streams
from churnsim.model.refresh import Lives, Source
from churnsim.model.sawtooth import Sawtooth

PERIOD, DELAY, T0, T1 = 10.0, 3.0, 20.0, 200.0


def lives(since: list[float], until: list[float]) -> Lives:
    whole, n = np.arange(len(since)), len(since)
    stream = Streams(1).named("x")
    since_array = np.array(since)
    return Lives(
        whole, whole, np.ones(n, np.int64), since_array, np.array(until), np.zeros(n, bool), stream, stream
    )


def counted(since: float, until: float, down: list[tuple[float, float]]) -> tuple[int, float, int, float]:
    """Fetches, integral of the age, refreshes and sum of peaks in the window: one poll after the other."""
    low, high = max(since, T0), min(until, T1)
    asked = [since + k * PERIOD for k in range(1, 100) if since + k * PERIOD < until]
    answered = [t for t in asked if not any(begin <= t < end for begin, end in down)]
    fetches = sum(1 for t in [since, *answered] if max(low, T0) <= t < high)
    copies = [(since, since)] + [(t, t + DELAY) for t in answered if t + DELAY < until]
    area = peaks = 0.0
    number = 0
    for i, (read, applied) in enumerate(copies):
        end = copies[i + 1][1] if i + 1 < len(copies) else until
        a, b = max(applied, low), min(end, high)
        if a < b:
            area += ((b - read) ** 2 - (a - read) ** 2) / 2
        if i and low <= applied < high:
            number, peaks = number + 1, peaks + applied - copies[i - 1][0]
    return fetches, area, number, peaks


@pytest.mark.parametrize("down", [[], [(61.0, 99.5)], [(38.0, 47.0), (120.0, 160.0)], [(190.0, 260.0)]])
def test_the_account_is_that_of_a_loop_over_every_poll(down: list[tuple[float, float]]) -> None:
    """Points that began before, in and late in the window; outages within it and over its end."""
    people = lives([-4.0, 0.5, 33.0, 66.25, 197.0], [T1, 71.0, 90.0, T1, T1])
    source = Source(np.empty(0), np.array(down).reshape(-1, 2), inf, -4.0, T0, T1)
    polls, lapses = Sawtooth(people.since, PERIOD, DELAY).account(people, source)
    for i, (since, until) in enumerate(zip(people.since, people.until, strict=True)):
        fetches, area, number, peaks = counted(since, until, down)
        assert polls["polls"][i] == fetches
        assert polls["age_integral"][i] == pytest.approx(area, rel=1e-12)
        assert polls["peaks"][i] == number
        assert polls["peak_sum"][i] == pytest.approx(peaks, rel=1e-12)
    assert lapses["unit"].size == 0


def test_the_next_poll_at_a_poll_is_that_poll() -> None:
    """Though dividing by the period may round across a whole number either way."""
    number = np.arange(1, 200_000)
    for anchor, period in ((0.1, 0.1), (1e5 + 1 / 3, 0.7), (-3600.0, 60.1)):
        teeth = Sawtooth(np.full(number.size, anchor), period, 0.0)
        who = np.arange(number.size)
        at = teeth.poll(who, number)
        np.testing.assert_array_equal(teeth.next_number(who, at), number)
        np.testing.assert_array_equal(teeth.next_number(who, np.nextafter(at, np.inf)), number + 1)


def test_a_lapse_lasts_from_the_budget_to_the_first_answer() -> None:
    """Last answer read at 60, budget 25 s: stale from 85 until the answer of 100 applies at 103."""
    people = lives([0.0], [T1])
    source = Source(np.empty(0), np.array([[61.0, 99.5]]), 25.0, 0.0, T0, T1)
    _, lapses = Sawtooth(people.since, PERIOD, DELAY).account(people, source)
    assert (lapses["start"].tolist(), lapses["end"].tolist()) == ([85.0], [103.0])
