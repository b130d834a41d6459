"""Shuffle sharding: the units of a tenant keep to a few places that few others have all of."""

from typing import Literal

import numpy as np
from pydantic import Field

from churnsim.model.placement import Placement, Room


class ShuffleShardPlacement(Placement):
    """Deal each tenant a few places of the pools at random, and take the one with the fewest units.

    All workloads of a tenant that may stand on the same places hold the same, of which those with fewer hold
    a part. A place keeps its tenants when its node is replaced. Two tenants hold the same k of n with chance
    1 / C(n, k). Source: methods O41.
    """

    kind: Literal["shuffle-shard"] = "shuffle-shard"
    nodes: int = Field(strict=True, ge=1, le=100_000, description="places that a tenant is dealt")

    @property
    def hand(self) -> int:
        return self.nodes

    def choose(self, room: Room) -> int:
        return int(np.lexsort((room.units, room.siblings))[0])
