"""The runner: a unit for each job, created when the job comes and gone when it is over."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from churnsim.base.errors import refusal
from churnsim.base.quantity import PositiveDuration
from churnsim.model.arrival import Jobs
from churnsim.model.backlog import JobQueue
from churnsim.model.commit import COMMITS, Commit
from churnsim.model.errand import CAUSES, Errands
from churnsim.model.labour import Terms
from churnsim.model.workload import Workload

if TYPE_CHECKING:
    from churnsim.model.duty import Duty
    from churnsim.model.fleet import Fleet


class Runner(Workload):
    """A unit for each delivery of a job: created when the job comes, gone when it is over.

    What it is issued is for that job alone; with `on_end` of its issuer it is revoked when the job is over.
    Jobs beyond the limit wait for a unit to end.
    """

    kind: Literal["runner"] = "runner"
    causes: ClassVar[tuple[str, ...]] = CAUSES
    jobs: Jobs = Field(description="the jobs that come", examples=[{"every": "5m", "work": "8m"}])
    queue: JobQueue = Field(default_factory=JobQueue, description="how they are delivered")
    commit: Annotated[Commit, COMMITS] = Field(
        {"kind": "at-least-once"}, validate_default=True, description="how outcomes become durable"
    )
    limit: int = Field(10_000, strict=True, ge=1, le=1_000_000, description="units at once (F215)")
    spare: int = Field(
        0, strict=True, ge=0, le=1_000_000, description="units kept ready for jobs that have yet to come"
    )
    time_limit: PositiveDuration | None = Field(
        "6h",
        validate_default=True,
        description="time from delivered to committed after which a job is killed and not tried again (F214)",
    )

    @model_validator(mode="after")
    def _spare_within_limit(self) -> Self:
        if self.spare > self.limit:
            said = f"spare must not exceed limit (got {self.spare} > {self.limit})"
            raise refusal("order", said, "lower it, or raise the limit")
        return self

    @property
    def slots(self) -> int:
        return self.limit

    @property
    def kept(self) -> int:
        return 0

    @property
    def least(self) -> int:
        return 0

    @property
    def coming(self) -> float:
        every = self.jobs.every
        return 0.0 if every is None else 1.0 / every.mean

    @property
    def usual(self) -> float:
        each = self.pending.mean + self.startup.mean + self.terms.busy
        return min(self.coming * each, float(self.limit))

    @property
    def terms(self) -> Terms:
        limit = inf if self.time_limit is None else self.time_limit
        return Terms(self.jobs, self.queue, self.commit, time_limit=limit, units=self.limit, spare=self.spare)

    def duty(self, fleet: Fleet) -> Duty:
        return Errands(self.terms, fleet)

    @property
    def memory(self) -> float:
        # What is queued at 0 goes back further, as with a processor.
        return super().memory + self.terms.longest + self.pending.longest + self.startup.longest
