"""Adoptions as outcomes: a unit goes over to another version of its policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from churnsim.model.made import Made
from churnsim.model.outcome import Outcome

if TYPE_CHECKING:
    from churnsim.trace.pace import Pace
    from churnsim.trace.trace import Trace


class AdoptionOutcome(Outcome):
    """Every policy version that comes into force at a unit from the world's start on."""

    kind: Literal["adoption"] = "adoption"

    def objection(self, workload: Any) -> str | None:
        return None if getattr(workload, "policy", None) else "it enforces no policy"

    def made(self, trace: Trace, workload: int, pace: Pace | None) -> Made:
        table = trace["adoptions"]
        mine = trace["units"]["workload"][table["unit"]] == workload
        mine &= table["applied"] >= trace.meta.start
        instant = table["applied"][mine]
        return Made(table["unit"][mine], instant, instant, np.ones(instant.size), None)
