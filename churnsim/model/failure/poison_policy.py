"""Poison policies: a version that makes every point that applies it decide by rote, or crash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from churnsim.base.distribution import Law
from churnsim.base.quantity import Duration
from churnsim.base.reference import Reference
from churnsim.engine import Order
from churnsim.model.failure import Failure
from churnsim.model.policy import Poison, PolicySource

if TYPE_CHECKING:
    from churnsim.model.system import System


class PoisonPolicy(Failure):
    """A version that nobody intended: where it is in force, everybody is denied or let in, or units crash.

    A unit that crashes is replaced, starts and reads the same version, until it is given one without it.
    It travels like any version, wave by wave where the policy has a rollout. Noticed, it is halted: waves
    that have not seen it never do, and a version without it is committed, which travels in the same way but
    to all waves at once. A kill switch frees every point at one instant. Source: F257, F259, F260.
    """

    kind: Literal["poison-policy"] = "poison-policy"
    causes: ClassVar[tuple[str, ...]] = ("poison-policy",)
    policy: Annotated[str, Reference("policies")] = Field(description="which policy")
    at: tuple[Duration, ...] = Field(
        min_length=1, description="times at which a poisoned version is committed"
    )
    effect: Literal["deny", "allow", "crash"] = Field(
        "deny", description="what points do that go by it: refuse everybody, admit everybody, or crash"
    )
    detected: Law = Field(description="time from commit to noticed and halted")
    kill_switch: Law | None = Field(
        None, description="time from noticed to ignored by every point; there is none by default"
    )

    @property
    def is_deadly(self) -> bool:
        return self.effect == "crash"

    @property
    def target(self) -> str:
        return self.policy

    def arm(self, system: System, stream: str) -> None:
        source, draws = system.policies[self.policy], system.world.stream(stream)
        number = np.arange(len(self.at))
        noticed = np.asarray(self.detected.inverse(draws.uniform(draws.lane(2), number)), float)
        killed = np.full(number.size, np.inf)
        if self.kill_switch is not None:
            killed = np.asarray(self.kill_switch.inverse(draws.uniform(draws.lane(3), number)), float)
        for at, wait, rest in zip(self.at, np.atleast_1d(noticed), np.atleast_1d(killed), strict=True):
            halted = at + float(wait)
            source.poisons.append(Poison(at, halted, halted + float(rest), self.effect))
            if self.effect == "crash":
                self._spread(system, source, len(source.poisons) - 1)

    def _spread(self, system: System, source: PolicySource, place: int) -> None:
        """Let each wave fall ill once it can read the version."""

        def infect(wave: int) -> None:
            for readers in source.readers:
                readers.infect(place, wave, system.fleets[readers.name].living)

        for wave in range(source.waves):
            seen = source.recipe.refresh.visible(source.sickness(place, wave))
            if seen.size and seen[0] < seen[1]:
                system.world.at(float(seen[0]), Order.INTENT, infect, wave)
