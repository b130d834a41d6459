"""Random order."""

from math import log
from typing import ClassVar, Literal

from churnsim.model.queue import Queue


class RandomQueue(Queue):
    """Each of those who wait is as likely as any other to be taken next.

    Everybody's rank is an exponential clock started on arrival. Such clocks forget how long they have run,
    so that whichever rings first is any of those who wait with the same chance, whoever was taken before.
    """

    kind: Literal["random"] = "random"
    draws: ClassVar[bool] = True

    def rank(self, number: int, booted: float, last: float, u: float) -> float:
        return last - log(u)
