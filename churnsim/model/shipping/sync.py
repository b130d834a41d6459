"""Shipping before the answer: nothing is acknowledged before its evidence is durable."""

from typing import ClassVar, Literal

import numpy as np

from churnsim.engine import Stream
from churnsim.model.cells import Cells, joined
from churnsim.model.holder import Holders
from churnsim.model.made import Content
from churnsim.model.shipping import Shipping
from churnsim.trace.intervals import Spans


class SyncShipping(Shipping):
    """Hand over at once, and refuse requests while the sink is down: no gap, but less availability."""

    kind: Literal["sync"] = "sync"

    is_at_once: ClassVar[bool] = True

    def cells(
        self, holders: Holders, content: Content, down: Spans, draws: Stream, per_outcome: int
    ) -> Cells:
        size = len(holders)
        never = np.full(size, np.nan)
        # Handed over as it is made: from the first instant of the cell on.
        return joined(
            [
                Cells(
                    np.arange(size), holders.birth, holders.end, np.zeros(size), holders.birth, never,
                    holders.end, np.ones(size),
                )
            ]
        )  # fmt: skip
