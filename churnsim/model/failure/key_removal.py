"""Premature removal: the key that signs is dropped from the published bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from churnsim.base.reference import Reference
from churnsim.engine import Order
from churnsim.model.failure import Failure
from churnsim.model.spell import Spells

if TYPE_CHECKING:
    from churnsim.model.system import System


class KeyRemoval(Spells, Failure):
    """An issuer's active key disappears from its published bundle, and is restored after a while.

    Points drop it as they refresh, and learn of it again as they refresh. Source: facts F262 to F264.
    """

    kind: Literal["key-removal"] = "key-removal"
    issuer: Annotated[str, Reference("issuers")] = Field(description="whose key")

    @property
    def target(self) -> str:
        return self.issuer

    def arm(self, system: System, stream: str) -> None:
        keyring = system.issuers[self.issuer].keyring
        if keyring is None:
            return
        for begin, end in self.periods(system.world, stream):
            if begin < end:
                system.world.at(begin, Order.FAULT, keyring.withdraw, end)
