"""Checks of bundles: no point knows a change before it is made, nor a later one before an earlier one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from churnsim.engine import Streams
from churnsim.testing.check import checks, require
from churnsim.testing.subject import Subject

_START, _END, _POINTS = -600.0, 7200.0, 3
_CHANGES = np.array([-500.0, 0.0, 17.5, 17.75, 900.0, 3600.0, 7199.0])
_NAMES = np.array([2, 3, 4, 1 << 40, 7, (1 << 40) + 1, 8])


def _arrivals(subject: Subject, chosen: slice = slice(None), points: int = _POINTS) -> NDArray[np.float64]:
    stream = Streams(1).named("issuers/mesh/bundle")
    given = (_CHANGES[chosen], _NAMES[chosen], points, stream, _START, _END)
    return np.asarray(subject.recipe.arrivals(*given))


@checks("bundle")
def arrives_after_the_change_and_before_the_end(subject: Subject) -> None:
    """One instant for each change and point, mostly within the time it is said to take at most."""
    arrived = _arrivals(subject)
    require(arrived.shape == (_CHANGES.size, _POINTS), f"{subject.name}: shape {arrived.shape}")
    require(np.all(arrived >= _CHANGES[:, None]), f"{subject.name}: known before it was published")
    require(np.all((arrived < _END) | np.isinf(arrived)), f"{subject.name}: an instant beyond the horizon")
    late = arrived > _CHANGES[:, None] + subject.recipe.slowest
    late &= _CHANGES[:, None] + subject.recipe.slowest < _END
    require(late.mean() < 0.2, f"{subject.name}: takes longer than its slowest")


@checks("bundle")
def arrives_in_the_order_of_the_changes(subject: Subject) -> None:
    """Whatever reaches a point is the whole bundle, so that a later change never comes before an earlier."""
    arrived = _arrivals(subject)
    late = np.where(np.isinf(arrived), np.finfo(float).max, arrived)
    require(np.all(np.diff(late, axis=0) >= 0), f"{subject.name}: a bundle that goes back")


@checks("bundle")
def judges_every_point_by_itself(subject: Subject) -> None:
    """The same twice; the same with another point left out, and of the last change with others left out."""
    arrived = _arrivals(subject)
    require(np.array_equal(arrived, _arrivals(subject)), f"{subject.name}: remembers something")
    fewer = _arrivals(subject, points=_POINTS - 1)
    require(np.array_equal(arrived[:, :-1], fewer), f"{subject.name}: depends on the number of points")
    late = _arrivals(subject, slice(4, None))
    require(np.array_equal(arrived[4:], late), f"{subject.name}: depends on changes before")
    nothing = _arrivals(subject, slice(0))
    require(nothing.shape == (0, _POINTS), f"{subject.name}: cannot follow what never changes")
