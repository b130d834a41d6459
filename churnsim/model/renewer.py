"""The renewer: an owner of credentials at work, and what waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from churnsim.engine import Order
from churnsim.model.shared_service import SharedService
from churnsim.trace.code import Family

if TYPE_CHECKING:
    from churnsim.engine import World
    from churnsim.model.ask import Ask
    from churnsim.model.wallet import Wallet


class Renewer(SharedService):
    """Asks for the credentials of some slots while it is up; what falls due meanwhile waits for it.

    Parameters
    ----------
    index : int
        Position among the owners of the scenario.
    number : int
        Position among the owners of its workload.
    wallet : Wallet
        Where its units' credentials are.
    pace : float or None
        How fast it asks, once back, for what fell due meanwhile [1/s]; None: all at once.
    world : World
        Where it stands.
    """

    FAMILY: ClassVar[int] = int(Family.OWNER)

    def __init__(self, index: int, number: int, wallet: Wallet, pace: float | None, world: World) -> None:
        super().__init__(index, f"{wallet.name}/{number}", world)
        self.number = number
        self._wallet = wallet
        self._pace = pace
        self._held: list[tuple[float, Ask]] = []
        self._asleep: dict[int, tuple[int, float]] = {}

    def hold(self, ask: Ask) -> None:
        """Keep a request until it is up again."""
        self._held.append((self._world.now, ask))

    def hurry(self, seat: int, ticket: int) -> None:
        """Let a holder that was to fall due later fall due now."""
        if self._asleep.get(seat, (-1, 0.0))[0] == ticket:
            self._asleep[seat] = (ticket, min(self._asleep[seat][1], self._world.now))

    def about_to_fail(self) -> None:
        # What fell due before this instant was asked for.
        self._asleep, lost = self._wallet.surrender(self.number)
        for ask in lost:
            self.hold(ask)

    def recovered(self) -> None:
        """Ask for all that waits, in the order in which it came; calm holders keep their dates."""
        wallet, now = self._wallet, self._world.now
        waiting = [each for each in self._held if wallet.wants(each[1])] + wallet.wake(self._asleep)
        self._held, self._asleep = [], {}
        waiting.sort(key=lambda each: (each[0], wallet.seats.holder[each[1].seat]))
        for place, (_, ask) in enumerate(waiting):
            wait = 0.0 if self._pace is None else place / self._pace
            self._world.at(now + wait, Order.ASK, wallet.request, ask)
