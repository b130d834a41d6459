"""Spread: units of a workload keep away from each other."""

from typing import Literal

import numpy as np

from churnsim.model.placement import Placement, Room


class SpreadPlacement(Placement):
    """Take the zone with the fewest units of the workload, and in it the node with the fewest."""

    kind: Literal["spread"] = "spread"

    def choose(self, room: Room) -> int:
        zone = np.flatnonzero(room.nearby == room.nearby.min())
        siblings = room.siblings[zone]
        nodes = zone[siblings == siblings.min()]
        return int(nodes[np.argmin(room.units[nodes])])
