"""The regulator: looks when its autoscaler does, and lets the fleet have as many units as that decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from churnsim.engine import Order
from churnsim.model.autoscaler import Autoscaler, Sight
from churnsim.model.traffic import Load
from churnsim.model.unit import READY

if TYPE_CHECKING:
    from churnsim.model.fleet import Fleet


class Regulator:
    """What closes the loop from load to units.

    Parameters
    ----------
    fleet : Fleet
        Whose units.
    autoscaler : Autoscaler
        Who decides.
    """

    def __init__(self, fleet: Fleet, autoscaler: Autoscaler) -> None:
        self._fleet, self._autoscaler = fleet, autoscaler
        self._decider = autoscaler.decider()
        world, traffic = fleet.world, fleet.recipe.requests
        self._load: Load | None = None
        if traffic is not None:
            stream = world.stream(f"workloads/{fleet.name}/traffic")
            self._load = traffic.load(stream, world.start, world.end)

    def begin(self) -> None:
        """Put the first look on the queue."""
        world = self._fleet.world
        stream = world.stream(f"workloads/{self._fleet.name}/autoscaler")
        first = self._autoscaler.first(world.start, stream.uniform(stream.lane(0), 0))
        world.at(first, Order.CONTROL, self._look)

    def _look(self, _: None) -> None:
        fleet, world = self._fleet, self._fleet.world
        ready = tuple(world.now - unit.ready for unit in fleet.wanted if unit.state == READY)
        sight = Sight(
            now=world.now,
            wanted=fleet.target,
            ready=ready,
            coming=fleet.target - len(ready),
            capacity=fleet.recipe.capacity_of_unit,
            rate=self._rate,
            jobs=fleet.duty.jobs,
        )
        fleet.scale(self._decider.decide(sight))
        world.at(self._autoscaler.following(world.now), Order.CONTROL, self._look)

    def _rate(self, window: float) -> float:
        """Requests offered per time [1/s] over the last `window` [s], settled when it is asked for."""
        if self._load is None:
            return 0.0
        now = np.array([self._fleet.world.now])
        return float(self._load.between(now - window, now)[0]) / window
