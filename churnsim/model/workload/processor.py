"""The processor: replicated units that take jobs from a queue, one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from churnsim.base.errors import refusal
from churnsim.model.arrival import Jobs
from churnsim.model.autoscaler import Autoscaler
from churnsim.model.backlog import JobQueue
from churnsim.model.checkpoint import Checkpoints
from churnsim.model.commit import COMMITS, Commit
from churnsim.model.labour import CAUSES, Labour, Terms
from churnsim.model.workload import Scalable

if TYPE_CHECKING:
    from churnsim.model.duty import Duty
    from churnsim.model.fleet import Fleet


class Processor(Scalable):
    """Replicated units that take jobs from a queue, one after another; whoever stops is replaced at once.

    A unit that is told to stop takes no more jobs. What it cannot finish while it drains it gives back; what
    a crash cuts short is delivered again once its lease is over.
    """

    kind: Literal["processor"] = "processor"
    causes: ClassVar[tuple[str, ...]] = CAUSES
    jobs: Jobs = Field(description="the jobs that come", examples=[{"every": "5m", "work": "8m"}])
    queue: JobQueue = Field(default_factory=JobQueue, description="how they are delivered")
    checkpoints: Checkpoints | None = Field(None, description="how work outlasts a unit; not by default")
    commit: Annotated[Commit, COMMITS] = Field(
        {"kind": "at-least-once"}, validate_default=True, description="how outcomes become durable"
    )

    @model_validator(mode="after")
    def _has_no_callers(self) -> Self:
        if self.rollout is not None and self.rollout.keeps_old:
            said = "callers are sent from one fleet to another, and a processor has no callers"
            raise refusal("callers", said, "write another kind of rollout, such as rolling")
        return self

    def lacking(self, scaler: Autoscaler) -> tuple[str, str] | None:
        if scaler.needs_traffic:
            return "traffic", "let a service have it, or choose one that goes by jobs"
        return None

    @property
    def terms(self) -> Terms:
        return Terms(self.jobs, self.queue, self.commit, self.checkpoints)

    def duty(self, fleet: Fleet) -> Duty:
        return Labour(self.terms, fleet)

    @property
    def memory(self) -> float:
        # What is queued at 0 goes back further; how far depends on the load, and is for `warmup` to cover.
        return super().memory + self.terms.longest
