"""The slow twin's thieves: each theft, renewal by a thief and detection an event."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

from churnsim.model.failure.theft import Theft as TheftRecipe
from tests.twin.clock import FAIL, INTENT, Clock, draw, renewal_points
from tests.twin.fleet import Fleet, Unit
from tests.twin.issuer import Credential, Identity
from tests.twin.point import Door


class Thief:
    """Somebody who holds a copy of a unit's credential, perhaps the identity that renews it."""

    def __init__(
        self,
        robbery: tuple[int, int],
        unit: Unit,
        stolen: Credential,
        detected: float,
        decided: float,
        can_renew: bool,
    ) -> None:
        issuer, fleet = stolen.identity.issuer, unit.fleet
        clock: Clock = fleet.clock
        self.unit = unit
        self.stolen = stolen
        self.time = clock.now
        self.detected = detected
        self.decided = decided
        self.can_renew = can_renew
        lane = (unit.slot, unit.incarnation, *robbery)
        self.identity = Identity(issuer, None, self, fleet.name, lane)
        if can_renew:
            self.identity.live(max(stolen.issued + self.identity.interval(0), clock.now))
        self.is_gone = False
        self.doors = [Door(point, self) for point in issuer.points]
        stolen.identity.robbers.append(self)
        for door in self.doors:
            door.look()
        clock.call(detected, INTENT, int)
        clock.call(decided, INTENT, self._be_stopped)

    @property
    def credentials(self) -> list[Credential]:
        """Everything the thief holds, in order of issue."""
        return [self.stolen, *self.identity.credentials]

    def lane(self, purpose: str, *more: int) -> int:
        """Random lane in one of the issuer's streams."""
        return self.identity.lane(purpose, *more)

    def _be_stopped(self) -> None:
        unit, issuer, clock = self.unit, self.identity.issuer, self.unit.fleet.clock
        self.identity.leave()
        if not issuer.recipe.revocation.revokes:
            return
        newest = unit.identity.credentials[-1] if unit.identity else None
        is_good = self.stolen.revoked != self.stolen.revoked and clock.now < self.stolen.expires
        if unit.identity and newest is self.stolen and is_good and not unit.is_gone:
            unit.identity.hurry()
        for credential in self.credentials:
            issuer.revoke(credential)


def steal(
    recipe: TheftRecipe, name: str, fleet: Fleet, gang: int, thieves: list[Thief]
) -> Generator[simpy.Event, Any, None]:
    """Now and then rob the first unit with a good credential, from a random slot on."""
    clock, stream, slots = fleet.clock, fleet.stream(f"failures/{name}"), fleet.slots
    points = renewal_points(recipe.every, stream, stream.lane(0), clock.start)
    for number, when in enumerate(points):
        yield clock.at(when, FAIL)
        first = int(stream.uniform(stream.lane(1), number) * len(slots))
        detected = when + draw(recipe.detected, stream, stream.lane(2), number)
        decided = detected + draw(recipe.response, stream, stream.lane(3), number)
        for unit in slots[first:] + slots[:first]:
            if unit.identity is None or not unit.identity.credentials:
                continue
            newest = unit.identity.credentials[-1]
            if clock.now < newest.expires and newest.revoked != newest.revoked and not unit.is_gone:
                thieves.append(Thief((gang, number), unit, newest, detected, decided, recipe.can_renew))
                break
