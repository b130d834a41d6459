"""Bin packing: units fill one node before they begin another."""

from typing import Literal

import numpy as np

from churnsim.model.placement import Placement, Room


class BinPackPlacement(Placement):
    """Take the node that is fullest; what is left empty can be given back."""

    kind: Literal["bin-pack"] = "bin-pack"

    def choose(self, room: Room) -> int:
        return int(np.argmax(room.filled))
