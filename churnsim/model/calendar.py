"""The calendar: who falls due while somebody's turn may change something for others."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import numpy as np

from churnsim.engine import Order, Stream, World
from churnsim.model.ask import TRIES_BITS, Ask
from churnsim.model.seat import Indices

if TYPE_CHECKING:
    from churnsim.model.wallet import Wallet

_PAGES_MOST = 64  # pages in one time to live


class Calendar:
    """Pages of the holders of a wallet in the order in which they fall due.

    Parameters
    ----------
    wallet : Wallet
        Whose holders.
    services : Stream
        Where the times of signatures are drawn from.
    world : World
        Where it stands.

    Attributes
    ----------
    end : float
        Up to when the page lists who falls due [s].
    """

    def __init__(self, wallet: Wallet, services: Stream, world: World) -> None:
        self._wallet, self._services, self._world = wallet, services, world
        self._seats, self._authority = wallet.seats, wallet.authority
        self._number = 0
        self.end = inf

    def turn(self, _: object) -> None:
        """List who falls due: at a desk up to when somebody renewed now can, in an outage all there are."""
        table, recipe = self._seats, self._authority.recipe
        if self._authority.desk is not None:
            length = max(recipe.renewal.least(recipe.ttl), recipe.ttl / _PAGES_MOST)
            self.end = self._world.now + length
        self._number += 1
        seats = np.flatnonzero(table.due < self.end)
        seats = seats[np.lexsort((table.holder[seats], table.due[seats]))]
        drawn = self._draw_services(seats)
        self._walk((self._number, table.due[seats].tolist(), seats.tolist(), drawn, 0))

    def _draw_services(self, seats: Indices) -> list[float | None]:
        """Draw how long the signatures of first attempts take, for a whole page: the same numbers, sooner."""
        drawn: list[float | None] = [None] * seats.size
        capacity = self._authority.recipe.capacity
        if capacity is None or capacity.service.is_constant or not seats.size:
            return drawn
        places = [self._seats.place[seat] for seat in seats.tolist()]
        units = np.flatnonzero([len(place) == 2 for place in places])  # thieves draw one by one
        slot, incarnation = np.array([places[i] for i in units.tolist()], np.int64).reshape(-1, 2).T
        index = self._seats.serial[seats[units]] << TRIES_BITS
        services = capacity.service.inverse(Stream.uniform(self._services.lane(slot, incarnation), index))
        for i, service in zip(units.tolist(), np.atleast_1d(services).tolist(), strict=True):
            drawn[i] = service
        return drawn

    def _walk(self, page: tuple[int, list[float], list[int], list[float | None], int]) -> None:
        """Stop at each holder that falls due, and let it ask."""
        number, dues, seats, drawn, position = page
        now, desk, due_at = self._world.now, self._authority.desk, self._seats.due
        while number == self._number and not self._authority.is_calm and position < len(seats):
            seat, due = seats[position], dues[position]
            if due_at[seat] == due:  # else its holder has left, or asks already
                if due > now:
                    self._world.at(due, Order.ASK, self._walk, (number, dues, seats, drawn, position))
                    break
                due_at[seat] = inf
                self._wallet.turn_to(Ask(self._wallet, seat, due, drawn=drawn[position]))
            position += 1
        else:
            if desk is not None:
                self._world.at(self.end, Order.ASK, self.turn)
        if desk is not None:
            desk.serve()

    def expect(self, seat: int) -> None:
        """Give a holder a turn of its own when it falls due: no page lists it."""
        due = float(self._seats.due[seat])
        self._world.at(due, Order.ASK, self._overdue, (seat, self._seats.ticket[seat], due))

    def _overdue(self, holder: tuple[int, int, float]) -> None:
        seat, ticket, due = holder
        table = self._seats
        if table.ticket[seat] == ticket and table.due[seat] == due and not self._wallet.is_calm(seat):
            table.due[seat] = inf
            self._wallet.request(Ask(self._wallet, seat, due))
