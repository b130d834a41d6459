"""Placements: which of the nodes that have room takes a unit."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from churnsim.base.quantity import Share, Size
from churnsim.base.recipe import Recipe
from churnsim.base.reference import Reference
from churnsim.base.registry import Kinds

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Room:
    """Nodes that have room for a unit, in a fixed order; at least one.

    Attributes
    ----------
    units : (n,) array
        Units that stand on each.
    siblings : (n,) array
        Units of the same workload that stand on each.
    nearby : (n,) array
        Units of the same workload that stand in its zone.
    """

    units: Counts
    siblings: Counts
    nearby: Counts
    _fill: Callable[[], NDArray[np.float64]]

    @property
    def filled(self) -> NDArray[np.float64]:
        """Share of the scarcest capacity of each that is taken, in [0, 1]; an (n,) array."""
        return self._fill()


class Placement(Recipe):
    """What a unit needs of a node, and how one is chosen among those that have room."""

    pools: tuple[Annotated[str, Reference("nodes")], ...] = Field(
        (), description="pools whose nodes take its units; all of them by default"
    )
    cpu: float = Field(
        0.0, ge=0.0, le=1e6, allow_inf_nan=False, description="cores that a unit takes, to the thousandth"
    )
    memory: Size = Field("0B", validate_default=True, description="memory that a unit takes")
    disruption: Share = Field(
        "100%",
        validate_default=True,
        description="share of the units wanted that may be missing while nodes are drained; others wait",
    )

    @property
    def hand(self) -> int:
        """How many places of its pools the units of one tenant may take; 0: all of them."""
        return 0

    @abstractmethod
    def choose(self, room: Room) -> int:
        """Return the position in `room` of the node that takes the unit; a pure function."""


PLACEMENTS = Kinds("placement", "churnsim.model.placement", Placement)
