"""Shipping at the end: who is told to stop flushes once before it goes."""

from typing import ClassVar, Literal

import numpy as np

from churnsim.engine import Stream
from churnsim.model.cells import Cells, of_flushes
from churnsim.model.holder import Holders
from churnsim.model.made import Content
from churnsim.model.shipping import Shipping
from churnsim.trace.intervals import Spans


class OnStopShipping(Shipping):
    """Keep everything until told to stop; who crashes loses it all."""

    kind: Literal["on-stop"] = "on-stop"

    needs_stop: ClassVar[bool] = True

    def cells(
        self, holders: Holders, content: Content, down: Spans, draws: Stream, per_outcome: int
    ) -> Cells:
        nobody, never = np.empty(0, np.int64), np.empty(0)
        return of_flushes(holders, nobody, never, np.full(len(holders), np.nan), True, down)
