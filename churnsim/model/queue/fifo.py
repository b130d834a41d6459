"""First in, first out."""

from typing import Literal

from churnsim.model.queue import Queue


class FifoQueue(Queue):
    """Who came first is taken first: fair, and after an outage everybody waits for the backlog."""

    kind: Literal["fifo"] = "fifo"

    def rank(self, number: int, booted: float, last: float, u: float) -> float:
        return float(number)
