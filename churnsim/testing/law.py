"""Checks of laws: inverse, survival, mean, equilibrium and residual belong to one and the same law."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from churnsim.testing.check import checks, require
from churnsim.testing.subject import Subject

_U = (np.arange(4000) + 0.5) / 4000


def _close(a: float, b: float, share: float = 1e-6, least: float = 0.0) -> bool:
    return abs(a - b) <= max(share * max(abs(a), abs(b)), least)


@checks("law")
def inverse_never_falls_and_stays_within_the_bounds(subject: Subject) -> None:
    """The greater the uniform, the greater the value: what common random numbers rest on."""
    values = subject.recipe.inverse(_U)
    require(np.all(np.diff(values) >= 0), f"{subject.name}: inverse falls somewhere")
    inside = (values >= subject.recipe.low) & (values <= subject.recipe.high)
    require(inside.all(), f"{subject.name}: a value outside [low, high]")


@checks("law")
def survival_and_inverse_agree(subject: Subject) -> None:
    """P(X > inverse(u)) <= 1 - u <= P(X >= inverse(u))."""
    law, values = subject.recipe, subject.recipe.inverse(_U)
    above = law.survival(np.nextafter(values, np.inf))
    least = law.survival(np.nextafter(values, -np.inf))
    require(np.all(above <= 1 - _U + 1e-9), f"{subject.name}: survival too great")
    require(np.all(least >= 1 - _U - 1e-9), f"{subject.name}: survival too small")


@checks("law")
def excess_is_the_integral_of_survival(subject: Subject) -> None:
    """Between quantiles 5 % and 95 %; from the lower bound on it is what the mean has above it."""
    law = subject.recipe
    if not math.isfinite(law.mean):
        return
    if math.isfinite(law.low):
        require(
            _close(law.excess(law.low), law.mean - law.low, 1e-6, 1e-9),
            f"{subject.name}: mean and excess differ",
        )
    low, high = float(law.inverse(0.05)), float(law.inverse(0.95))
    inner = [edge for edge in law.breaks if low < edge < high]
    edges = np.unique(np.concatenate([np.linspace(low, high, 2001), inner]))
    middle = (edges[1:] + edges[:-1]) / 2
    area = float((law.survival(middle) * np.diff(edges)).sum())
    require(
        _close(area, law.excess(low) - law.excess(high), 1e-4, 1e-9), f"{subject.name}: excess is not that"
    )


@checks("law")
def age_at_a_random_instant_follows_the_equilibrium_law(subject: Subject) -> None:
    """P(age > x) = excess(x) / mean, read off `equilibrium`."""
    law = subject.recipe
    if not math.isfinite(law.mean) or law.low < 0 or law.mean == 0:
        return
    ages = law.equilibrium(_U)
    require(np.all(np.diff(ages) >= 0) and ages[0] >= 0, f"{subject.name}: equilibrium falls somewhere")
    left = law.excess(ages) / law.mean
    require(
        np.allclose(left, 1 - _U, rtol=0, atol=1e-6), f"{subject.name}: equilibrium is not that of the law"
    )


@checks("law")
def time_left_is_what_is_beyond_the_age(subject: Subject) -> None:
    """P(left > x | age) = P(X > age + x) / P(X > age), where there is somebody left."""
    law = subject.recipe
    if law.is_constant or law.low < 0:
        return
    age = float(law.inverse(0.4))
    left = law.residual(age, _U)
    require(np.all(np.diff(left) >= 0) and left[0] >= 0, f"{subject.name}: residual falls somewhere")
    alive = float(law.survival(age))
    beyond = law.survival(np.nextafter(age + left, np.inf)) / alive
    require(alive == 0 or np.all(beyond <= 1 - _U + 1e-9), f"{subject.name}: residual too short")


@checks("law")
def many_at_once_give_the_bits_of_one_by_one(subject: Subject) -> None:
    """A batch of draws and single ones are the same run."""
    law, few = subject.recipe, _U[::97]
    alone = [float(law.inverse(float(u))) for u in few]
    require(
        law.inverse(few).tolist() == alone, f"{subject.name}: inverse differs between a float and an array"
    )
    require(law.inverse(few[:, None]).shape == (few.size, 1), f"{subject.name}: the shape is not kept")


@checks("law")
def stays_what_it_is_when_used(subject: Subject) -> None:
    """What is worked out on the way and kept is no part of its value, nor of its hash."""
    law: Any = subject.recipe
    again: Any = subject.kind.model_validate(dict(subject.written))
    for used in (law, again):
        used.inverse(_U)
        used.residual(1.0, _U)
        if math.isfinite(used.mean) and used.low >= 0:
            used.equilibrium(_U)
            used.excess(_U)
    fresh = subject.kind.model_validate(dict(subject.written))
    require(law == again == fresh, f"{subject.name}: use changes it")
    require(hash(law) == hash(fresh), f"{subject.name}: use changes its hash")
