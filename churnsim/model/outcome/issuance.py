"""Issuances as outcomes: a unit is given a credential."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from churnsim.model.made import Made
from churnsim.model.outcome import Outcome

if TYPE_CHECKING:
    from churnsim.trace.pace import Pace
    from churnsim.trace.trace import Trace


class IssuanceOutcome(Outcome):
    """Every credential that a unit is issued from the world's start on."""

    kind: Literal["issuance"] = "issuance"

    def objection(self, workload: Any) -> str | None:
        return None if getattr(workload, "issuer", None) else "it has no issuer"

    def made(self, trace: Trace, workload: int, pace: Pace | None) -> Made:
        table = trace["credentials"]
        mine = (table["bearer"] == -1) & (trace["units"]["workload"][table["unit"]] == workload)
        mine &= table["issued"] >= trace.meta.start
        instant = table["issued"][mine]
        return Made(table["unit"][mine], instant, instant, np.ones(instant.size), None)
