"""The endpoint list: units that are ready are listed, and unlisted some time after they were told to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from churnsim.base.distribution import Law
from churnsim.base.recipe import Recipe
from churnsim.engine import Order
from churnsim.model.duty import Duty
from churnsim.model.unit import LISTED, READY, UNLISTED, Endpoint, Unit

if TYPE_CHECKING:
    from churnsim.model.fleet import Fleet


class Endpoints(Recipe):
    """How the list of endpoints lags behind the units."""

    addition: Law = Field("0s", validate_default=True, description="time from ready to listed")
    removal: Law = Field("1s", validate_default=True, description="time from told to stop to unlisted (F189)")


class Listing(Duty):
    """The duty to be in the list that callers pick from; it may be taken up again by whoever laid it down."""

    def __init__(self, endpoints: Endpoints, fleet: Fleet) -> None:
        self._fleet, self._world = fleet, fleet.world
        world = self._world
        self._addition = fleet.draws("addition", endpoints.addition)
        self._removal = fleet.draws("removal", endpoints.removal)
        self._added, self._removed = world.cause("endpoint-added"), world.cause("endpoint-removed")

    def take_up(self, unit: Unit, since: float | None = None) -> None:
        if not self._fleet.is_heard(unit):
            return  # Nobody knows that it is ready.
        endpoint = unit.endpoint
        if endpoint is None:
            endpoint = unit.endpoint = Endpoint(unit.id)
        endpoint.want(True)
        if since is not None:
            self._world.born(endpoint, LISTED, self._added, since)
            return
        wait = self._addition.take(unit.slot, unit.incarnation)
        if wait > 0:
            self._world.at(self._world.now + wait, Order.ARRIVAL, self._list, (unit, endpoint.wishes))
        else:
            self._list((unit, endpoint.wishes))

    def lay_down(self, unit: Unit) -> None:
        endpoint = unit.endpoint
        if endpoint is None or not endpoint.is_wanted:
            return
        endpoint.want(False)
        if endpoint.state == LISTED:
            wait = self._removal.take(unit.slot, unit.incarnation)
            if wait > 0:
                self._world.at(
                    self._world.now + wait, Order.ARRIVAL, self._unlist, (endpoint, endpoint.wishes)
                )
            else:
                self._unlist((endpoint, endpoint.wishes))

    def hide(self, unit: Unit) -> None:
        self.lay_down(unit)

    def show(self, unit: Unit) -> None:
        if unit.endpoint is None or not unit.endpoint.is_wanted:
            self.take_up(unit)

    def _list(self, wish: tuple[Unit, int]) -> None:
        unit, number = wish
        endpoint = unit.endpoint
        if endpoint is None or endpoint.wishes != number or unit.state != READY or endpoint.state == LISTED:
            return
        if number == 1:
            self._world.born(endpoint, LISTED, self._added)
        else:
            self._world.become(endpoint, LISTED, self._added)

    def _unlist(self, wish: tuple[Endpoint, int]) -> None:
        endpoint, number = wish
        if endpoint.wishes == number:
            self._world.become(endpoint, UNLISTED, self._removed)
