"""What is asked of a scenario: replications, seed and sweep."""

from typing import Any

from pydantic import Field

from churnsim.base.recipe import Recipe


class Study(Recipe):
    """The runs to make: every combination of the swept values, each replicated."""

    replications: int = Field(20, strict=True, ge=1, le=1_000_000, description="runs of each point")
    seed: int = Field(
        1, strict=True, ge=0, lt=2**63, description="seed from which all random streams derive; 0 is a seed"
    )
    sweep: dict[str, tuple[Any, ...]] = Field(
        {},
        description="values to try, by dotted path",
        examples=[{"issuers.mesh.ttl": ["5m", "1h"]}],
    )
    show: tuple[str, ...] = Field(
        (), description="measures a sweep's table and figure show; a default choice if empty"
    )
