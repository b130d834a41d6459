"""Keys: when an issuer's signing keys are published, sign and are removed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from churnsim.base.quantity import Duration
from churnsim.base.recipe import Recipe
from churnsim.model.bundle import BUNDLES, Bundle
from churnsim.model.gap import Gap


class Keys(Recipe):
    """Signing keys that follow each other, and how the points that verify with them learn of them.

    A point accepts a credential only while it knows the key that signed it. Without this part there is one
    key for ever, and everybody knows it.
    """

    every: Gap | None = Field(
        None, description="time between activations of new keys; none: replaced only when one is stolen"
    )
    prepare: Duration = Field(
        "0s", validate_default=True, description="how long a new key is published before it signs"
    )
    retire: Duration | None = Field(
        None,
        description="time from a key's last signature to its removal from the bundle; by default as long as "
        "what it signed is accepted: ttl + leeway",
    )
    bundle: Annotated[Bundle, BUNDLES] = Field(description="how points follow the published bundle of keys")

    @property
    def memory(self) -> float:
        """How long the past matters [s]: until a key that is published is known everywhere, and signs."""
        return self.prepare + self.bundle.slowest
