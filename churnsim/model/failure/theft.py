"""Theft: somebody copies a credential, or the identity that renews it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from churnsim.base.distribution import Law
from churnsim.base.reference import Reference
from churnsim.engine import Order
from churnsim.engine.arrivals import arrivals
from churnsim.model.failure import Failure
from churnsim.model.gap import Gap
from churnsim.model.unit import Unit

if TYPE_CHECKING:
    from churnsim.model.fleet import Fleet
    from churnsim.model.system import System


class Theft(Failure):
    """Now and then the newest credential of a random unit is stolen, and detected later.

    Once it is detected, somebody decides after a while: then a thief's renewals are refused and, where
    credentials can be revoked, what was stolen and what the thief was issued is, and the unit asks for a
    fresh one at once.
    """

    kind: Literal["theft"] = "theft"
    workload: Annotated[str, Reference("workloads")] = Field(description="whose units are robbed")
    every: Gap = Field(description="time between thefts, over the whole workload")
    detected: Law = Field(description="time from theft to detection")
    response: Law = Field(
        "0s", validate_default=True, description="time from detection to the decision to act on it"
    )
    can_renew: bool = Field(
        False, description="whether the thief holds the identity, not only the credential"
    )

    @property
    def target(self) -> str:
        return self.workload

    @property
    def memory(self) -> float:
        # Without the identity, a thief's hold ends with the credential: the issuer's memory covers it.
        return float(self.detected.inverse(0.999) + self.response.inverse(0.999)) if self.can_renew else 0.0

    def arm(self, system: System, stream: str) -> None:
        world, fleet = system.world, system.fleets[self.workload]
        source = world.stream(stream)
        times = arrivals(self.every, source, source.lane(0), world.start, world.end)
        for number, time in enumerate(times.tolist()):
            victim = source.uniform(source.lane(1), number)
            detected = time + float(self.detected.inverse(source.uniform(source.lane(2), number)))
            decided = detected + float(self.response.inverse(source.uniform(source.lane(3), number)))
            strike = _Strike(system, fleet, (fleet.gangs, number), victim, detected, decided)
            world.at(time, Order.FAULT, self._strike, strike)
        fleet.gangs += 1

    def _strike(self, strike: _Strike) -> None:
        system, fleet, robbery = strike.system, strike.fleet, strike.robbery
        wallet = fleet.wallet
        if wallet is None:
            return
        # The first unit with a good credential, from a random slot on; if there is none, nothing is stolen.
        slots = len(fleet.units)
        for step in range(slots):
            unit = fleet.units[(int(strike.victim * slots) + step) % slots]
            serial = wallet.current(unit)
            if serial:
                break
        else:
            return
        number = system.stolen()
        system.recorder.row(
            "thefts", theft=number, workload=fleet.index, unit=unit.id, serial=serial, time=system.world.now,
            detected=strike.detected, decided=strike.decided, can_renew=self.can_renew,
            gang=robbery[0], attempt=robbery[1],
        )  # fmt: skip
        seat, ticket = wallet.impersonate(unit, number, robbery) if self.can_renew else (-1, -1)
        loot = _Loot(fleet, unit, unit.id, serial, number, seat, ticket)
        system.world.at(strike.decided, Order.INTENT, self._decide, loot)

    def _decide(self, loot: _Loot) -> None:
        wallet = loot.fleet.wallet
        if wallet is None:
            return
        issued = wallet.serials(loot.seat) if loot.seat >= 0 else 0
        if loot.seat >= 0:
            wallet.expel(loot.seat, loot.ticket)
        if not wallet.authority.recipe.revocation.revokes:
            return
        if wallet.current(loot.unit) == loot.serial:
            wallet.reissue(loot.unit)
        wallet.revoke(loot.number, -1, loot.serial)
        for serial in range(1, issued + 1):
            wallet.revoke(loot.number, loot.theft, serial)


@dataclass(frozen=True)
class _Strike:
    system: System
    fleet: Fleet
    robbery: tuple[int, int]
    victim: float
    detected: float
    decided: float


@dataclass(frozen=True)
class _Loot:
    fleet: Fleet
    unit: Unit
    number: int
    serial: int
    theft: int
    seat: int
    ticket: int
