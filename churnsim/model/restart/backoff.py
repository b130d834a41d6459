"""Pauses that grow from crash to crash."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from churnsim.base.quantity import PositiveDuration
from churnsim.model.pauses import GrowingPauses
from churnsim.model.restart import Restart


class BackoffRestart(GrowingPauses, Restart):
    """A pause after each crash that grows up to a cap, and begins anew with a unit that was ready for long.

    Source: F179, the kubelet's CrashLoopBackOff.
    """

    kind: Literal["backoff"] = "backoff"
    reset_after: PositiveDuration = Field(
        "10m", validate_default=True, description="time ready after which pauses begin anew (F179)"
    )

    @property
    def reset(self) -> float:
        return self.reset_after

    @property
    def memory(self) -> float:
        return self.reset_after + self.cap
