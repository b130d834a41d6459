"""Holders: who buffers artefacts until they are handed over to their sink."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds

if TYPE_CHECKING:
    from churnsim.engine import Streams
    from churnsim.trace.trace import Trace

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Holders:
    """All that ever held artefacts of one sort.

    Parameters
    ----------
    group : ndarray of int, shape (h,)
        Whose artefacts each holds; sorted, and by birth within it. The lives of one group do not overlap.
    birth, end : ndarray, shape (h,)
        Since when and until when each lives [s]; the world's end where it lives on.
    is_stopped, is_alive : ndarray of bool, shape (h,)
        Whether it ended with notice; whether it lives on.
    is_older : ndarray of bool, shape (h,)
        Whether it is older than the world, nobody knows by how much.
    lane : two ndarrays of int, shape (h,)
        Coordinates of its random numbers.
    group_of : ndarray of int, shape (u,)
        Group of each unit of the trace; -1 for units of other workloads.
    """

    group: Indices
    birth: Floats
    end: Floats
    is_stopped: Mask
    is_alive: Mask
    is_older: Mask
    lane: tuple[Indices, Indices]
    group_of: Indices

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.group)


class Holder(Recipe):
    """A rule of who holds what the units of a workload make."""

    can_stop: ClassVar[bool] = True
    """Whether it ever ends with notice, so that it can flush."""

    needs_nodes: ClassVar[bool] = False
    """Whether it makes sense only where units stand on nodes."""

    @abstractmethod
    def holders(self, trace: Trace, workload: int, abrupt: frozenset[int], streams: Streams) -> Holders:
        """Return all holders of a run.

        Parameters
        ----------
        trace : Trace
            The lives.
        workload : int
            Whose artefacts they hold.
        abrupt : frozenset of int
            Causes of ends without notice.
        streams : Streams
            The random streams of this replication.
        """


HOLDERS = Kinds("holder", "churnsim.model.holder", Holder)
