"""Checks of decision caches: what is held was said before, and runs out."""

from __future__ import annotations

import math

import numpy as np

from churnsim.engine import Streams
from churnsim.model.cache import DRAWS, Uniform
from churnsim.model.refresh import Floats
from churnsim.testing.check import checks, require
from churnsim.testing.subject import Subject

_RATES = (1e-6, 1e-3, 0.1, 1.0)
_SPANS = np.array([1e-9, 0.5, 7.0, 60.0, 3600.0, 1e7, math.inf] * 50)


def _rest(subject: Subject, ttl: float, rate: float) -> Floats:
    stream = Streams(1).named("cache")
    lanes = stream.lane(np.arange(_SPANS.size))

    def uniform(number: int) -> Floats:
        require(0 <= number < DRAWS, f"{subject.name}: asks for uniform {number} of {DRAWS}")
        return np.asarray(stream.uniform(lanes, number), float)

    asked: Uniform = uniform
    return np.asarray(subject.recipe.rest(_SPANS, np.full(_SPANS.size, ttl), rate, asked), float)


@checks("cache")
def holds_nothing_for_ever(subject: Subject) -> None:
    """The time left is never negative and finite, and the memory covers a time to live."""
    require(math.isfinite(subject.recipe.memory), f"{subject.name}: memory {subject.recipe.memory}")
    for rate in _RATES:
        left = _rest(subject, 10.0, rate)
        require(bool(np.all((left >= 0) & np.isfinite(left))), f"{subject.name}: {left} s left")


@checks("cache")
def holds_nothing_that_was_never_asked_for(subject: Subject) -> None:
    """Nothing without requests or without a time to live, and hardly anything right after it was empty."""
    require(not _rest(subject, 10.0, 0.0).any(), f"{subject.name}: holds a decision nobody asked for")
    require(not _rest(subject, 0.0, 1.0).any(), f"{subject.name}: holds a decision for 0s")
    require(not _rest(subject, 10.0, 1.0)[_SPANS == 1e-9].any(), f"{subject.name}: filled in no time")


@checks("cache")
def holds_what_is_asked_for_often(subject: Subject) -> None:
    """A decision asked for ten times in its time to live is held at most instants."""
    held = np.mean(_rest(subject, 10.0, 1.0)[_SPANS >= 3600.0] > 0)
    require(held > 0.8, f"{subject.name}: only {held:.0%} are held")
