"""Checks of retry rules: a pause that lasts, or none to come."""

from __future__ import annotations

import math

from churnsim.testing.check import checks, require
from churnsim.testing.subject import Subject

_TRIES_MOST = 200


@checks("retry")
def pauses_or_gives_up(subject: Subject) -> None:
    """Positive and finite, or infinite once and for all; zero only for who is told of the recovery."""
    for u in (1e-12, 0.5, 1 - 1e-12):
        pauses = [float(subject.recipe.delay(tries, u)) for tries in range(1, _TRIES_MOST + 1)]
        require(not any(math.isnan(pause) for pause in pauses), f"{subject.name}: a pause is not a number")
        if not subject.recipe.waits_for_recovery:
            require(min(pauses) > 0, f"{subject.name}: a pause of {min(pauses)} s would stop the clock")
        given_up = [math.isinf(pause) for pause in pauses]
        require(given_up == sorted(given_up), f"{subject.name}: asks again after having given up")


@checks("retry")
def depends_on_nothing_but_tries_and_chance(subject: Subject) -> None:
    """The same call gives the same pause."""
    once = [subject.recipe.delay(tries, 0.3) for tries in (1, 2, 9)]
    again = [subject.recipe.delay(tries, 0.3) for tries in (1, 2, 9)]
    require(once == again, f"{subject.name}: remembers something")
