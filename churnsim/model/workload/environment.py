"""The environment: units that come together with a change, and are torn down together when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from churnsim.model.estate import CAUSES, Estate, Turnover
from churnsim.model.gap import Gap
from churnsim.model.tenure import Idle, Teardown
from churnsim.model.workload import Workload

if TYPE_CHECKING:
    from churnsim.model.duty import Duty
    from churnsim.model.fleet import Fleet


class Environment(Workload):
    """Units of a preview or feature environment: created per change, kept while it is open, torn down after.

    A teardown may fail. What is left then, an orphan, goes on, is kept and holds its credentials and grants,
    until somebody sweeps, if anybody does.
    """

    kind: Literal["environment"] = "environment"
    causes: ClassVar[tuple[str, ...]] = CAUSES
    changes: Gap = Field(description="time from one change to the next", examples=["20m"])
    units: int = Field(3, strict=True, ge=1, le=1000, description="units of each environment")
    grants: int = Field(
        0, strict=True, ge=0, le=100_000, description="grants that are given to each and taken with it"
    )
    life: Gap = Field(description="time from opened to closed, where nothing ends it before", examples=["8h"])
    idle: Idle | None = Field(None, description="when it is closed for want of use; never by default")
    teardown: Teardown = Field(default_factory=Teardown, description="how it ends")
    limit: int = Field(
        1000, strict=True, ge=1, le=10_000, description="environments at once; a change beyond gets none"
    )

    @property
    def slots(self) -> int:
        return self.limit * self.units

    @property
    def kept(self) -> int:
        return 0

    @property
    def least(self) -> int:
        return 0

    @property
    def turnover(self) -> Turnover:
        return Turnover(
            self.changes, self.life, self.idle, self.teardown, self.units, self.limit, self.grants
        )

    @property
    def coming(self) -> float:
        return self.units / self.changes.mean

    @property
    def usual(self) -> float:
        return self.units * min(self.turnover.standing, float(self.limit))

    def duty(self, fleet: Fleet) -> Duty:
        return Estate(self.turnover, fleet)

    @property
    def memory(self) -> float:
        # Orphans that nobody sweeps are older than any history.
        return super().memory + self.life.longest + (self.teardown.sweep or 0.0) + self.startup.longest
