"""Queue disciplines: whom of those who wait at an issuer a free signer takes next."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from pydantic import Field

from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds


class Queue(Recipe):
    """A queue of bounded length; whoever has the smallest rank is taken next, equals in order of arrival."""

    draws: ClassVar[bool] = False  # whether chance has a say in the rank

    most: int = Field(
        10_000, strict=True, ge=0, le=1_000_000, description="requests that can wait; any other is refused"
    )

    @abstractmethod
    def rank(self, number: int, booted: float, last: float, u: float) -> float:
        """Return the rank of a request that joins the queue.

        Parameters
        ----------
        number : int
            How many requests came to the issuer before it.
        booted : float
            When the unit that asks had booted [s].
        last : float
            Rank of the request that was taken last; 0 before any was.
        u : float
            A uniform of its own; one half unless the kind `draws`.
        """


QUEUES = Kinds("queue", "churnsim.model.queue", Queue, default="fifo")
