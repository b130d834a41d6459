"""The newest units first."""

from typing import Literal

from churnsim.model.queue import Queue


class NewestFirstQueue(Queue):
    """The unit that booted last is taken first, so that renewals never keep new units waiting."""

    kind: Literal["newest-first"] = "newest-first"

    def rank(self, number: int, booted: float, last: float, u: float) -> float:
        return -booted
