"""No pause after a crash."""

from __future__ import annotations

from typing import Literal

from churnsim.model.restart import Restart


class ImmediateRestart(Restart):
    """Replaced at once, however often it has crashed before."""

    kind: Literal["immediate"] = "immediate"

    def pause(self, crashes: int) -> float:
        return 0.0

    @property
    def reset(self) -> float:
        return 0.0

    @property
    def memory(self) -> float:
        return 0.0
