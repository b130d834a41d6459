"""Checks of renewal rules: intervals between the least and the time to live, and the laws they follow."""

from __future__ import annotations

import numpy as np

from churnsim.testing.check import checks, require
from churnsim.testing.subject import Subject

_TTL = 3600.0
_U = (np.arange(20_000) + 0.5) / 20_000


@checks("renewal")
def renews_between_the_least_interval_and_the_expiry(subject: Subject) -> None:
    """Never in no time, never too late; a time to live for which it means nothing is objected to."""
    require(
        subject.recipe.objection(_TTL) is None, f"{subject.name}: objects to an hour; no check can be made"
    )
    for ttl in (_TTL / 60, _TTL, _TTL * 24):
        if subject.recipe.objection(ttl) is not None:
            continue
        intervals, least = np.asarray(subject.recipe.interval(ttl, _U), float), subject.recipe.least(ttl)
        require(least > 0, f"{subject.name}: least(ttl) must be more than 0")
        require(intervals.min() >= least * (1 - 1e-12), f"{subject.name}: shorter than least(ttl)")
        require(
            intervals.max() <= max(ttl, least) * (1 + 1e-12), f"{subject.name}: longer than the time to live"
        )


@checks("renewal")
def objects_in_words(subject: Subject) -> None:
    """Of a second or a year, either it has an interval, or it says why not and what to do."""
    for ttl in (1.0, 31_536_000.0):
        objection = subject.recipe.objection(ttl)
        if objection is None:
            require(subject.recipe.least(ttl) > 0, f"{subject.name}: least({ttl:g}) must be more than 0")
        else:
            require(all(objection), f"{subject.name}: an objection is what is wrong and a remedy")


@checks("renewal")
def has_the_mean_that_it_says(subject: Subject) -> None:
    """The mean over all uniforms."""
    mean = float(np.mean(subject.recipe.interval(_TTL, _U)))
    require(
        abs(mean - subject.recipe.mean(_TTL)) <= 1e-4 * mean, f"{subject.name}: mean(ttl) is not {mean:g}"
    )


@checks("renewal")
def is_inspected_by_length(subject: Subject) -> None:
    """Found at a random instant, an interval is met in proportion to its length: E[X²]/E[X], E[X³]/E[X]."""
    intervals = np.asarray(subject.recipe.interval(_TTL, _U), float)
    found = np.asarray(subject.recipe.inspected(_TTL, _U), float)
    for power in (1, 2):
        expected = np.mean(intervals ** (power + 1)) / np.mean(intervals)
        close = abs(np.mean(found**power) - expected) <= 1e-3 * expected
        require(close, f"{subject.name}: inspected(ttl, u) is not length-biased (moment {power})")


@checks("renewal")
def renews_alike_one_by_one(subject: Subject) -> None:
    """Batches of renewals and single ones are the same run."""
    few = _U[::1999]
    alone = [float(subject.recipe.interval(_TTL, float(u))) for u in few]
    require(
        np.asarray(subject.recipe.interval(_TTL, few)).tolist() == alone, f"{subject.name}: a batch differs"
    )
