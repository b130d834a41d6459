"""A forced rotation: holders made to replace their credentials, one after another, at a limited rate."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from churnsim.engine import Order

if TYPE_CHECKING:
    from churnsim.model.issuer import Authority
    from churnsim.model.system import System
    from churnsim.model.unit import Unit
    from churnsim.model.wallet import Wallet


class Rotation:
    """Everybody who holds a credential from before now, in order of slot, workload and incarnation.

    Whoever has had another by the time it is its turn is passed over, and takes no time. A holder asks the
    issuer as at any renewal, so that an outage makes it wait.

    Parameters
    ----------
    system : System
        Whose units.
    authority : Authority
        Whose credentials.
    since : float
        Credentials issued before this instant and not before `of` are replaced [s].
    of : float
        When the key began to sign that signed them [s].
    rate : float
        Holders asked per second [1/s]; infinite: all at once.
    """

    def __init__(self, system: System, authority: Authority, of: float, since: float, rate: float) -> None:
        self._world = system.world
        self._start = system.world.now
        self._since = since
        self._rate = rate
        self._asked = 0
        found: list[tuple[int, int, int, Unit, Wallet]] = []
        for index, fleet in enumerate(system.fleets.values()):
            if fleet.wallet is not None and fleet.wallet.authority is authority:
                units = [unit for unit in fleet.living if unit.seat >= 0]
                issued = fleet.wallet.newest(units).tolist()
                found += [
                    (unit.slot, index, unit.incarnation, unit, fleet.wallet)
                    for unit, at in zip(units, issued, strict=True)
                    if of <= at < since
                ]
        found.sort(key=lambda each: each[:3], reverse=True)
        self._left = [each[3:] for each in found]
        self._wait()

    def _wait(self) -> None:
        if self._left:
            self._asked += 1
            pause = 0.0 if self._rate == inf else self._asked / self._rate
            self._world.at(self._start + pause, Order.ASK, self._next)

    def _next(self, _: object) -> None:
        while self._left:
            unit, wallet = self._left.pop()
            if unit.seat >= 0 and wallet.newest([unit])[0] < self._since:
                wallet.reissue(unit)
                self._wait()
                return
