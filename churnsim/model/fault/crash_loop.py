"""A version that makes units crash."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from churnsim.base.distribution import Distribution
from churnsim.model.fault import Fault
from churnsim.model.gap import Gap


class CrashLoopFault(Fault):
    """Units of it end without notice, again and again."""

    kind: Literal["crash-loop"] = "crash-loop"
    every: Gap = Field(
        {"kind": "exponential", "mean": "2m"},
        validate_default=True,
        description="time from ready to the crash, per unit",
    )

    @property
    def crash(self) -> Distribution:
        return self.every
