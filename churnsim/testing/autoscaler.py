"""Checks of autoscalers: they keep to their bounds, look again later, and remember nothing of other runs."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from churnsim.model.autoscaler import Sight
from churnsim.testing.check import checks, require
from churnsim.testing.subject import Subject

_RATES = (0.0, 1e-9, 3.0, 70.0, 1e6, 0.0, 0.0, 40.0)
_LOOKS = 400


def _decisions(subject: Subject) -> list[tuple[float, int]]:
    """Looks and decisions about units that come and go at once, under a load that jumps.

    The rate [1/s] is the number of jobs too, rounded down.
    """
    scaler = subject.recipe
    decider, now = scaler.decider(), scaler.first(-100.0, 0.25)
    wanted, found = max(scaler.lowest, 1), []
    for look in range(_LOOKS):
        if now == float("inf"):
            break
        rate = _RATES[look * len(_RATES) // _LOOKS]
        ready = tuple(600.0 for _ in range(wanted - wanted // 3))
        sight = Sight(now, wanted, ready, wanted - len(ready), 10.0, partial(_always, rate), int(rate))
        wanted = decider.decide(sight)
        found.append((now, wanted))
        now = scaler.following(now)
    return found


def _always(rate: float, window: float) -> float:
    return rate


@checks("autoscaler")
def keeps_within_its_bounds(subject: Subject) -> None:
    """Never fewer units than `lowest`, never more than `highest`, whatever it sees."""
    low, high = subject.recipe.lowest, subject.recipe.highest
    require(0 <= low <= high, f"{subject.name}: lowest {low}, highest {high}")
    for now, units in _decisions(subject):
        require(isinstance(units, int), f"{subject.name}: {units!r} units")
        require(low <= units <= high, f"{subject.name}: {units} units at {now:g} s, not {low} to {high}")


@checks("autoscaler")
def looks_again_later(subject: Subject) -> None:
    """Time goes on between two looks; the first is not before the world begins."""
    times = [now for now, _ in _decisions(subject)]
    require(times[0] >= -100.0, f"{subject.name}: looks at {times[0]:g} s, before the world begins")
    later = all(after > before for before, after in pairwise(times))
    require(later, f"{subject.name}: following(now) is not later than now")


@checks("autoscaler")
def decides_the_same_in_another_run(subject: Subject) -> None:
    """What it remembers is in its decider, one for each run."""
    require(_decisions(subject) == _decisions(subject), f"{subject.name}: the recipe remembers something")
