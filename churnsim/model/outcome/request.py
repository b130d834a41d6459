"""Requests as outcomes: a unit that is up and trusted decides about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from churnsim.model.history import attended
from churnsim.model.made import Made
from churnsim.model.outcome import Outcome
from churnsim.model.trouble import troubled

if TYPE_CHECKING:
    from churnsim.trace.pace import Pace
    from churnsim.trace.trace import Trace


class RequestOutcome(Outcome):
    """Every request that reaches a unit whose credential is accepted, whatever is decided about it."""

    kind: Literal["request"] = "request"

    can_wait: ClassVar[bool] = True

    def objection(self, workload: Any) -> str | None:
        if workload.places:
            return "its requests are handled one by one, and evidence follows only those that are not"
        if workload.staff is not None:
            return "its requests queue for workers, and evidence follows only those that do not"
        return None if workload.requests is not None else "it is offered no traffic"

    def made(self, trace: Trace, workload: int, pace: Pace | None) -> Made:
        assert pace is not None
        return Made(*attended(trace, workload), pace)

    def troubled(self, trace: Trace, workload: int, pace: Pace | None) -> Made:
        return Made(*troubled(trace, workload), pace)
