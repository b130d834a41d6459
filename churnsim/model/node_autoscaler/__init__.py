"""Node autoscalers: how many nodes a pool has, decided from who waits for room and what stands idle."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from churnsim.base.quantity import PositiveDuration
from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds
from churnsim.model.bounds import in_order


@dataclass(frozen=True)
class PoolSight:
    """What a node autoscaler sees of its pool.

    Parameters
    ----------
    now : float
        The present instant [s].
    size : int
        Nodes wanted so far: those that are there, boot, or are to be replaced.
    lacking : int
        New nodes that the units that wait need beyond what boots, first fit; no more than it may add.
    unready : int
        Nodes known not to be ready.
    leaving : int
        Nodes that drain because it removed them.
    nodes : (n,) array
        Numbers of the nodes that are up, the oldest first.
    filled : (n,) array
        Share of the scarcest capacity of each that is taken, in [0, 1].
    fits : callable
        Whether the units of the node at a position of `nodes` find room on the others that are up.
    """

    now: float
    size: int
    lacking: int
    unready: int
    leaving: int
    nodes: NDArray[np.int64]
    filled: NDArray[np.float64]
    fits: Callable[[int], bool]


@dataclass(frozen=True)
class Resize:
    """What is to be done about a pool.

    Parameters
    ----------
    add : int
        Nodes to order.
    remove : tuple of int
        Nodes to drain for good, by position in what was seen.
    again : float
        When it would decide otherwise although nothing has changed [s]; infinite: never.
    """

    add: int = 0
    remove: tuple[int, ...] = ()
    again: float = inf


class NodeDecider(Protocol):
    """What a node autoscaler remembers in one run."""

    def decide(self, sight: PoolSight) -> Resize:
        """Return what is to be done; never fewer nodes than the floor, nor more than the ceiling."""


class NodeAutoscaler(Recipe):
    """A node autoscaler: it decides; nodes boot and drain, which takes the time that it takes."""

    floor: int = Field(strict=True, ge=0, le=100_000, description="fewest nodes that it wants")
    ceiling: int = Field(strict=True, ge=1, le=100_000, description="most nodes that it wants")
    scan: PositiveDuration = Field(
        "10s", validate_default=True, description="time between two looks at the pool (F197)"
    )

    @model_validator(mode="after")
    def _floor_below_ceiling(self) -> Self:
        in_order(self.floor, self.ceiling)
        return self

    @property
    def is_free(self) -> bool:
        """Whether it may change anything."""
        return self.floor < self.ceiling

    @property
    @abstractmethod
    def memory(self) -> float:
        """How long the past matters [s]."""

    @property
    @abstractmethod
    def patience(self) -> float:
        """How long a node is idle before it is removed [s]."""

    @abstractmethod
    def decider(self) -> NodeDecider:
        """Return one that remembers nothing yet."""


NODE_AUTOSCALERS = Kinds("node_autoscaler", "churnsim.model.node_autoscaler", NodeAutoscaler)
