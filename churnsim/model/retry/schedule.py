"""Retry after pauses that are listed one by one."""

from typing import Literal

from pydantic import Field

from churnsim.base.quantity import PositiveDuration
from churnsim.model.retry import Retry


class ScheduleRetry(Retry):
    """Ask again after the pauses of a list, the last of which is repeated for ever."""

    kind: Literal["schedule"] = "schedule"
    pauses: tuple[PositiveDuration, ...] = Field(
        description="pause after the first failure, the second, ...", min_length=1, max_length=100
    )

    def delay(self, tries: int, waited: float, left: float, u: float) -> float:
        return self.pauses[min(tries, len(self.pauses)) - 1]
