"""Checks of retry rules: a pause that lasts, or none to come."""

from __future__ import annotations

import math
from typing import Any

from churnsim.testing.check import checks, require
from churnsim.testing.subject import Subject

_TRIES_MOST = 200
_LEFT = 1800.0


def _pauses(retry: Any, u: float, count: int, left: float = _LEFT) -> list[float]:
    """Pauses [s] of one holder whose attempts fail one after another, at the same uniform each time."""
    pauses, waited = [], 0.0
    for tries in range(1, count + 1):
        pause = float(retry.delay(tries, waited, max(left - waited, 0.0), u))
        pauses.append(pause)
        waited += pause if math.isfinite(pause) else 0.0
    return pauses


@checks("retry")
def pauses_or_gives_up(subject: Subject) -> None:
    """Positive and finite, or infinite once and for all; zero only for who is told of the recovery."""
    for left in (_LEFT, 0.0):
        for u in (1e-12, 0.5, 1 - 1e-12):
            pauses = _pauses(subject.recipe, u, _TRIES_MOST, left)
            require(
                not any(math.isnan(pause) for pause in pauses), f"{subject.name}: a pause is not a number"
            )
            if not subject.recipe.waits_for_recovery:
                require(min(pauses) > 0, f"{subject.name}: a pause of {min(pauses)} s would stop the clock")
            given_up = [math.isinf(pause) for pause in pauses]
            require(given_up == sorted(given_up), f"{subject.name}: asks again after having given up")
            said = subject.recipe.gives_up or not any(given_up)
            require(said, f"{subject.name}: gives up, though gives_up says that it never does")


@checks("retry")
def depends_on_nothing_but_its_arguments(subject: Subject) -> None:
    """The same calls give the same pauses."""
    once, again = _pauses(subject.recipe, 0.3, 9), _pauses(subject.recipe, 0.3, 9)
    require(once == again, f"{subject.name}: remembers something")
