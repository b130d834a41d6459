"""What a decision cache still holds when the verdict turns, against caches filled request by request."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import ks_2samp

from churnsim.engine import Streams
from churnsim.model.cache.fixed import FixedCache
from churnsim.model.cache.sliding import SlidingCache
from churnsim.model.refresh import Lives
from churnsim.model.verdict import Turns

Floats = np.ndarray[Any, np.dtype[np.float64]]
NUMBER = 4000
KINDS = {"fixed": FixedCache, "sliding": SlidingCache}


def by_uniforms(kind: str, span: float, ttl: float, rate: float) -> Floats:
    """Time left in `NUMBER` caches, as the engine draws it."""
    stream = Streams(7).named(f"{kind}/{span}/{ttl}/{rate}")
    lanes = stream.lane(np.arange(NUMBER))
    recipe = KINDS[kind](allow=f"{ttl}s")
    spans, ttls = np.full(NUMBER, span), np.full(NUMBER, ttl)
    return np.asarray(recipe.rest(spans, ttls, rate, lambda number: stream.uniform(lanes, number)))


def by_requests(kind: str, span: float, ttl: float, rate: float) -> Floats:
    """The same, one request after the other from an empty cache on."""
    random = np.random.default_rng([17, int(span), int(ttl)])
    return np.array([_one(kind, span, ttl, rate, random) for _ in range(NUMBER)])


def _one(kind: str, span: float, ttl: float, rate: float, random: np.random.Generator) -> float:
    now, until = random.exponential(1 / rate), 0.0
    while now < span:
        if now >= until or kind == "sliding":
            until = now + ttl
        now += random.exponential(1 / rate)
    while kind == "sliding" and span < until and now < until:
        until = now + ttl
        now += random.exponential(1 / rate)
    return max(until - span, 0.0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("span", "ttl", "rate"), [(10, 30, 0.1), (50, 30, 0.1), (95, 30, 0.3), (100, 30, 0.05), (400, 7, 0.2)]
)
def test_what_is_left_has_the_law_of_caches_that_requests_fill(
    kind: str, span: float, ttl: float, rate: float
) -> None:
    """Two samples of one law: Kolmogorov and Smirnov at a level of 1 % for all ten."""
    assert ks_2samp(by_uniforms(kind, span, ttl, rate), by_requests(kind, span, ttl, rate)).pvalue > 0.001


def test_a_busy_fixed_cache_keeps_its_phase() -> None:
    """Asked 1,000 times a second and empty 70 s ago, at C = 30 s: filled at 60 s, 20 s are left."""
    left = by_uniforms("fixed", 70.0, 30.0, 1000.0)
    assert np.all((left > 20.0) & (left < 20.02))


def chain(cache: FixedCache, at: list[float], aged: bool = False) -> list[tuple[float, float, bool]]:
    """Start, end and verdict of what is held against the copy of one point, asked 1,000 times a second.

    The point lives from 0 s to 1,000 s, decides about one principal, and turns at the instants given, first
    to denying.
    """
    one, streams = np.zeros(1, np.int64), Streams(3)
    lives = Lives(one, one, one + 1, np.array([0.0]), np.array([1000.0]), np.array([aged]),
                  streams.named("polls"), streams.named("delays"))  # fmt: skip
    zeros = np.zeros(len(at), np.int64)
    found = Turns(zeros, zeros, np.array(at), np.arange(len(at)) % 2 == 1)
    held = cache.outlive(lives, found, 1000.0, streams.named("cache"))
    return list(zip(held["start"].tolist(), held["end"].tolist(), held["allowed"].tolist(), strict=True))


def test_a_decision_outlives_the_version_it_was_made_by() -> None:
    """First asked at 0 s, held for 30 s and made again: at 70 s the allow of 60 s is held until 90 s."""
    (held,) = chain(FixedCache(allow="30s"), [70.0])
    assert held == (70.0, pytest.approx(90.0, abs=0.05), True)


def test_a_verdict_that_comes_back_finds_its_decision_still_held() -> None:
    """Denied from 70 s to 75 s only: the allow held until 90 s is right again, and is asked anew then."""
    assert chain(FixedCache(allow="30s"), [70.0, 75.0]) == [(70.0, 75.0, True)]
    first, second = chain(FixedCache(allow="30s"), [70.0, 75.0, 80.0])
    assert (first, second) == ((70.0, 75.0, True), (80.0, pytest.approx(90.0, abs=0.05), True))


def test_denials_are_held_for_a_time_of_their_own() -> None:
    """The allow of 60 s is held until 90 s, then a denial for 8 s at a time: that of 90 s, of 98 s, …"""
    held = chain(FixedCache(allow="30s", deny="8s"), [70.0, 100.0])
    assert held == [
        (70.0, pytest.approx(90.0, abs=0.05), True),
        (100.0, pytest.approx(106.0, abs=0.1), False),
    ]


def test_nothing_is_held_by_who_is_gone() -> None:
    """The point ends at 1,000 s, 5 s after the turn and 20 s before the decision of 990 s would run out."""
    assert chain(FixedCache(allow="30s"), [995.0]) == [(995.0, 1000.0, True)]
