"""Last in, first out."""

from typing import Literal

from churnsim.model.queue import Queue


class LifoQueue(Queue):
    """Who came last is taken first: most are served soon, while some wait for all the backlog."""

    kind: Literal["lifo"] = "lifo"

    def rank(self, number: int, booted: float, last: float, u: float) -> float:
        return -float(number)
