"""The regulator: looks when its autoscaler does, and lets the fleet have as many units as that decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from churnsim.engine import Order
from churnsim.model.autoscaler import Autoscaler, Sight
from churnsim.model.call import reached
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
        world, workloads = fleet.world, fleet.system.design.workloads
        # What calls bring is taken as if nothing failed: what does is known only after the run.
        self._loads: list[tuple[float, Load]] = []
        sources = reached({name: each.callees for name, each in workloads.items()})[fleet.name]
        for name, weight in sources.items():
            traffic = workloads[name].requests
            if traffic is not None:
                stream = world.stream(f"workloads/{name}/traffic")
                self._loads.append((weight, traffic.load(stream, world.start, world.end)))

    def begin(self) -> None:
        """Put the first look on the queue."""
        world = self._fleet.world
        stream = world.stream(f"workloads/{self._fleet.name}/autoscaler")
        first = self._autoscaler.first(world.start, stream.uniform(stream.lane(0), 0))
        world.at(first, Order.CONTROL, self._look)

    def _look(self, _: None) -> None:
        fleet, world = self._fleet, self._fleet.world
        units = fleet.wanted
        ready = tuple(world.now - unit.ready for unit in units if unit.state == READY)
        sight = Sight(
            now=world.now,
            wanted=fleet.target,
            ready=ready,
            # A rollout may have more units there than are wanted, ready or not.
            coming=max(fleet.target, len(units)) - len(ready),
            capacity=fleet.recipe.capacity_of_unit,
            rate=self._rate,
            jobs=fleet.duty.jobs,
        )
        fleet.scale(self._decider.decide(sight))
        world.at(self._autoscaler.following(world.now), Order.CONTROL, self._look)

    def _rate(self, window: float) -> float:
        """Requests and calls offered per time [1/s] over the last `window` [s]."""
        now = np.array([self._fleet.world.now])
        offered = sum(weight * float(load.between(now - window, now)[0]) for weight, load in self._loads)
        return offered / window
