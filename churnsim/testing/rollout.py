"""Checks of rollouts: they get there, keep to their bounds, and remember nothing of other rollouts."""

from __future__ import annotations

from math import inf

from churnsim.model.rollout import Sight, Step, least, most
from churnsim.testing.check import checks, require
from churnsim.testing.subject import Subject

_TICKS, _STEPS = 10_000, 100
_TICK = 10.0  # as long does a start-up take [s]


def _course(subject: Subject, desired: int, is_back: bool) -> list[tuple[Sight, Step]]:
    """Every step on the way from so many old units to new ones, each of which is ready after a tick."""
    recipe, found = subject.recipe, list[tuple[Sight, Step]]()
    course = recipe.course(is_back)
    ready, coming, old, leaving, now = 0, 0, desired, 0, 0.0
    for _ in range(_TICKS):
        for _ in range(_STEPS):
            step = course.step(Sight(now, desired, ready, coming, old, 0, leaving))
            found.append((Sight(now, desired, ready, coming, old, 0, leaving), step))
            if step.is_over:
                return found
            coming, old, leaving = coming + step.create, old - step.stop, leaving + step.stop
            if not (step.create or step.stop or step.switch):
                break
        moves = min(old, 1) if recipe.is_lazy else 0
        ready, coming, leaving, old = ready + coming + moves, 0, 0, old - moves
        now = max(now + _TICK, step.until if step.until < inf else 0.0)
    require(False, f"{subject.name}: {desired} units are never replaced; {found[-1]}")
    return found


@checks("rollout")
def replaces_every_unit(subject: Subject) -> None:
    """From old units to as many new ones, forwards and back; complete no later than over, and for good."""
    for desired in (1, 2, 3, 7, 40):
        for is_back in (False, True):
            steps = _course(subject, desired, is_back)
            last, step = steps[-1]
            require(step.is_complete, f"{subject.name}: over, and not complete")
            require(last.ready >= desired and not last.old, f"{subject.name}: over with {last}")
            done = [step.is_complete for _, step in steps]
            require(done == sorted(done), f"{subject.name}: complete, and then no longer")


@checks("rollout")
def keeps_within_its_bounds(subject: Subject) -> None:
    """No more units than its surge, no fewer ready ones than it may miss, none that are not there stopped."""
    surge, unavailable = subject.recipe.surge, subject.recipe.unavailable
    require(surge >= 0 and 0 <= unavailable <= 1, f"{subject.name}: surge {surge}, unavailable {unavailable}")
    for desired in (1, 2, 3, 7, 40):
        spare = least(desired, unavailable) - (most(desired, surge) == least(desired, unavailable))
        for sight, step in _course(subject, desired, False):
            require(step.create >= 0 and 0 <= step.stop <= sight.old, f"{subject.name}: {step} of {sight}")
            total = sight.there + sight.old + step.create - step.stop
            allowed = most(desired, surge) if step.create else total
            require(total <= allowed, f"{subject.name}: {total} units of {desired}, {step}")
            left = sight.ready + sight.old_ready - step.stop
            require(not step.stop or left >= spare, f"{subject.name}: {left} ready of {desired}, {step}")


@checks("rollout")
def goes_the_same_way_again(subject: Subject) -> None:
    """What it remembers is in its course, one for each rollout."""
    again = _course(subject, 7, False) == _course(subject, 7, False)
    require(again, f"{subject.name}: the recipe remembers something")
