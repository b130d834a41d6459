"""Shipping: when a holder hands over what it has buffered to the sink."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds
from churnsim.engine import Stream
from churnsim.model.cells import Cells
from churnsim.model.holder import Holders
from churnsim.model.made import Content
from churnsim.trace.intervals import Spans


class Shipping(Recipe):
    """A rule of shipping. Until it is handed over, an artefact is lost with its holder."""

    is_at_once: ClassVar[bool] = False
    """Whether every artefact is durable before its outcome is acknowledged, and nothing is ever buffered."""

    needs_stop: ClassVar[bool] = False
    """Whether it makes sense only for holders that end with notice."""

    @property
    def most(self) -> int:
        """Least number of artefacts a buffer has to hold for it."""
        return 1

    @abstractmethod
    def cells(
        self, holders: Holders, content: Content, down: Spans, draws: Stream, per_outcome: int
    ) -> Cells:
        """Return when every holder hands over what.

        Parameters
        ----------
        holders : Holders
            Everybody who holds any.
        content : Content
            What comes to them.
        down : Spans
            When the sink takes nothing in.
        draws : Stream
            Random numbers, by the lanes of the holders.
        per_outcome : int
            Artefacts that come at once with each outcome.
        """


SHIPPINGS = Kinds("shipping", "churnsim.model.shipping", Shipping)
