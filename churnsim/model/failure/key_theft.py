"""Key theft: somebody copies the key that signs, and forges what it likes."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import AfterValidator, Field

from churnsim.base.distribution import Law
from churnsim.base.quantity import Duration, Rate
from churnsim.base.recipe import Recipe
from churnsim.base.reference import Reference
from churnsim.engine import Order
from churnsim.model.failure import Failure
from churnsim.model.occasion import Occasions
from churnsim.model.rotation import Rotation

if TYPE_CHECKING:
    from churnsim.model.issuer import Authority
    from churnsim.model.keyring import Forger
    from churnsim.model.system import System


def _reissues_some(rate: float) -> float:
    if rate <= 0:
        raise ValueError("a rate of 0/s reissues nothing; leave it out, or write 'response: null'")
    return rate


class Response(Recipe):
    """What is done once the theft of a key is known: a new key, everything reissued, the old key removed.

    If the stolen key does not sign any more, no new one is needed.
    """

    after: Law = Field("0s", validate_default=True, description="time from detection to the first step")
    prepare: Duration | None = Field(
        None, description="how long the new key is published before it signs; by default as any new key"
    )
    rate: Annotated[Rate, AfterValidator(_reissues_some)] | None = Field(
        None, description="credentials of the stolen key reissued per time; none: all asked for at once"
    )
    remove: Literal["at-once", "when-reissued"] = Field(
        "when-reissued",
        description="when the stolen key leaves the bundle: as soon as another signs, or once no unit is "
        "left with a good credential of it",
    )


class KeyTheft(Occasions, Failure):
    """An issuer's active key is stolen, and noticed later.

    From then on a forger is accepted wherever the key is known.
    """

    kind: Literal["key-theft"] = "key-theft"
    issuer: Annotated[str, Reference("issuers")] = Field(description="whose key")
    detected: Law = Field(description="time from theft to detection")
    response: Response | None = Field(Response(), description="what is done then; null: nothing")

    @property
    def target(self) -> str:
        return self.issuer

    @property
    def memory(self) -> float:
        if self.every is None:
            return 0.0
        answer = self.response
        return self.detected.longest + (
            0.0 if answer is None else answer.after.longest + (answer.prepare or 0.0)
        )

    def arm(self, system: System, stream: str) -> None:
        world, authority = system.world, system.issuers[self.issuer]
        source, times = world.stream(stream), self.instants(world, stream)
        number = np.arange(times.size)
        detected = times + self.detected.inverse(source.uniform(source.lane(2), number))
        answered = detected
        if self.response is not None:
            answered = detected + self.response.after.inverse(source.uniform(source.lane(3), number))
        for instants in zip(times.tolist(), detected.tolist(), answered.tolist(), strict=True):
            world.at(instants[0], Order.FAULT, self._strike, (system, authority, *instants))

    def _strike(self, strike: tuple[System, Authority, float, float, float]) -> None:
        system, authority, _, detected, answered = strike
        if authority.keyring is None:
            return
        forger = authority.keyring.steal(detected)
        if self.response is not None:
            system.world.at(answered, Order.INTENT, self._answer, (system, authority, forger))

    def _answer(self, theft: tuple[System, Authority, Forger]) -> None:
        system, authority, forger = theft
        key, keyring, world = forger.key, authority.keyring, system.world
        if keyring is None or self.response is None or key.is_given_up or key.removed <= world.now:
            return
        key.is_given_up = True
        lead = self.response.prepare
        lead = keyring.recipe.prepare if lead is None else lead
        if key is not keyring.active:
            self._replace((*theft, None))
        elif lead > 0:
            world.at(world.now + lead, Order.INTENT, self._replace, (*theft, world.now))
        else:
            self._replace((*theft, world.now))

    def _replace(self, theft: tuple[System, Authority, Forger, float | None]) -> None:
        system, authority, forger, published = theft
        key, keyring, now = forger.key, authority.keyring, system.world.now
        assert keyring is not None
        assert self.response is not None
        if published is not None:
            keyring.replace(forger, published)
        if self.response.remove == "at-once":
            key.removed = min(key.removed, now)
        forger.awaits_reissue = self.response.remove == "when-reissued"
        forger.rotated = now
        since = -inf if key.number == 0 else key.activated
        Rotation(system, authority, since, key.deactivated, self.response.rate or inf)
