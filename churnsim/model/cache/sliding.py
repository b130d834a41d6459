"""The cache whose decisions live on for as long as they are asked for."""

from typing import Literal

import numpy as np

from churnsim.model.cache import DRAWS, Cache, Uniform
from churnsim.model.refresh import Floats

_ONE_BY_ONE = DRAWS - 4  # hits whose distances are drawn; from there on their sum is taken for normal


class SlidingCache(Cache):
    """Each request renews the decision it meets, so that a busy one runs out only in a pause longer than it.

    What is held after a turn is renewed by what comes after, wrong or not: ``e^(rC) - 1 - rC`` requests on
    average. Their number is drawn from its geometric law, their distances from the exponential law below C.
    Source: docs/theory.md O28.
    """

    kind: Literal["sliding"] = "sliding"

    def rest(self, span: Floats, ttl: Floats, rate: float, uniform: Uniform) -> Floats:
        if rate <= 0.0:
            return np.zeros(span.size)
        age = -np.log(uniform(0)) / rate
        held = age < np.minimum(ttl, span)
        wait = -np.log(uniform(1)) / rate
        hit = held & (age + wait < ttl)
        left = np.where(held, ttl - age, 0.0)
        left[hit] = (wait + ttl)[hit] + _renewals(ttl, rate, uniform, hit)
        return left


def _renewals(ttl: Floats, rate: float, uniform: Uniform, hit: np.ndarray) -> Floats:
    """Time [s] from the first hit to the last before a pause of the time to live."""
    from scipy.special import ndtri

    dense = rate * ttl[hit]
    with np.errstate(divide="ignore", over="ignore"):
        hits = np.minimum(np.floor(np.log(uniform(2)[hit]) / np.log1p(-np.exp(-dense))), 1e15)
    within = -np.expm1(-dense)  # chance of a distance below C
    total = np.zeros(hits.size)
    for number in range(int(min(hits.max(initial=0.0), _ONE_BY_ONE))):
        distance = -np.log1p(-uniform(3 + number)[hit] * within) / rate
        total += np.where(number < hits, distance, 0.0)
    many = hits > _ONE_BY_ONE
    mean = 1.0 / rate - ttl[hit] * np.exp(-dense) / within
    variance = 1.0 / rate**2 - ttl[hit] ** 2 * np.exp(-dense) / within**2
    spread = ndtri(uniform(DRAWS - 1)[hit]) * np.sqrt(hits * np.maximum(variance, 0.0))
    return np.where(many, np.maximum(hits * mean + spread, 0.0), total)
