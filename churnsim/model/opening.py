"""The opening: where a random instant finds the units of an old fleet."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.base.distribution import Distribution
from churnsim.engine import Stream
from churnsim.model.competing import Competing
from churnsim.model.unit import PENDING, READY, STARTING
from churnsim.model.workload import Workload


def opening(
    recipe: Workload, stay: Distribution | Competing | None, stream: Stream, forever: float
) -> tuple[list[int], NDArray[np.float64]]:
    """Return the state of each slot at a random instant, and for how long it has been in it [s].

    Parameters
    ----------
    recipe : Workload
        How long units are pending and starting.
    stay : Distribution, Competing or None
        The time from ready to the end, whatever ends it; None: for ever.
    stream : Stream
        Two uniforms for each slot.
    forever : float
        The age of units that nothing ends [s].

    Source: docs/theory.md O01, O07.
    """
    slots = recipe.begins
    if stay is None:
        return [READY] * slots, np.full(slots, forever)
    lanes = stream.lane(np.arange(slots))
    pick, place = stream.uniform(lanes, 0), stream.uniform(lanes, 1)
    bounds = np.cumsum([recipe.pending.mean, recipe.startup.mean, stay.mean])
    phase = np.searchsorted(bounds, pick * bounds[-1], side="right")
    laws: dict[int, Any] = {PENDING: recipe.pending, STARTING: recipe.startup, READY: stay}
    age = np.zeros(slots)
    for state, law in laws.items():
        found = phase == state
        if found.any():
            age[found] = law.equilibrium(place[found])
    return phase.tolist(), age
