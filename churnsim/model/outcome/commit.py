"""Commits as outcomes: a job takes effect in the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from churnsim.model.made import Made
from churnsim.model.outcome import Outcome

if TYPE_CHECKING:
    from churnsim.trace.pace import Pace
    from churnsim.trace.trace import Trace


class CommitOutcome(Outcome):
    """Every time that a job of a unit takes effect in the ledger, which survives the unit."""

    kind: Literal["commit"] = "commit"

    def objection(self, workload: Any) -> str | None:
        return None if hasattr(workload, "jobs") else "it has no jobs"

    def made(self, trace: Trace, workload: int, pace: Pace | None) -> Made:
        return _made(trace, trace["outcomes"]["workload"] == workload)

    def troubled(self, trace: Trace, workload: int, pace: Pace | None) -> Made:
        table = trace["outcomes"]
        return _made(trace, (table["workload"] == workload) & (table["attempt"] > 1))


def _made(trace: Trace, mine: NDArray[np.bool_]) -> Made:
    table = trace["outcomes"]
    unit, instant = table["unit"][mine], table["committed"][mine]
    order = np.lexsort((instant, unit))
    return Made(unit[order], instant[order], instant[order], np.ones(instant.size), None)
