"""Labour: the duty to take jobs from a queue, one after another, and to commit what comes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from math import inf, isfinite, isnan, nextafter
from typing import TYPE_CHECKING

from churnsim.base.distribution import Distribution
from churnsim.engine import Order, Stream
from churnsim.model.arrival import Jobs
from churnsim.model.backlog import CAUSES as _QUEUE_CAUSES
from churnsim.model.backlog import Backlog, JobQueue
from churnsim.model.checkpoint import Checkpoints
from churnsim.model.commit import Commit
from churnsim.model.duty import Duty
from churnsim.model.job import Attempt, Job
from churnsim.model.stage import Stage
from churnsim.model.unit import READY, Unit
from churnsim.trace.code import DeliveryOutcome
from churnsim.trace.meta import WorkInfo

if TYPE_CHECKING:
    from churnsim.model.fleet import Fleet

CAUSES = (*_QUEUE_CAUSES, "acknowledgement-lost", "key-forgotten")

#: Why an outcome took effect again, by what became of the delivery that committed it before.
_AGAIN = {
    DeliveryOutcome.UNIT_ENDED: "unit-ended",
    DeliveryOutcome.ACKNOWLEDGEMENT_LOST: "acknowledgement-lost",
}


@dataclass(frozen=True)
class Terms:
    """What work there is, and on which terms it is done."""

    jobs: Jobs
    queue: JobQueue
    commit: Commit
    checkpoints: Checkpoints | None = None
    time_limit: float = inf  # of a delivery until its commit [s]
    units: int = 0  # at once that are created for a job each; 0: they take one after another
    spare: int = 0  # of these, beyond those for which there are jobs

    @property
    def longest(self) -> float:
        """How long a job takes [s] that is delivered twice, and waits for nobody."""
        once = sum(law.longest for law in (self.jobs.work, self.commit.takes, self.commit.acknowledge))
        return 2 * once + self.queue.lease

    @property
    def busy(self) -> float:
        """How long a job keeps a unit busy on average [s], if it is delivered once."""
        each = self.jobs.work.mean + self.commit.takes.mean
        if isfinite(self.time_limit):
            each -= float(self.jobs.work.excess(self.time_limit))
        return each if self.commit.relay is not None else each + self.commit.acknowledge.mean

    @property
    def redelivery(self) -> float:
        """How long after its commit a job may be delivered for the last time, if it need never wait [s]."""
        return (self.queue.attempts - 1) * (self.commit.acknowledge.longest + self.queue.lease)

    @property
    def info(self) -> WorkInfo:
        """What measures need to know of it."""
        return WorkInfo(
            commit=getattr(self.commit, "kind", ""),
            attempts=self.queue.attempts,
            lease=self.queue.lease,
            is_extended=self.queue.extended,
            retention=self.commit.remembered,
            is_acknowledged_first=self.commit.is_acknowledged_first,
            time_limit=self.time_limit,
            units=self.units,
            spare=self.spare,
            after=self.jobs.after or "",
            each=self.jobs.each,
        )


class Labour(Duty):
    """The work of one fleet.

    Parameters
    ----------
    terms : Terms
        What is to be done, and how.
    fleet : Fleet
        Who does it.
    """

    def __init__(self, terms: Terms, fleet: Fleet) -> None:
        self._fleet = fleet
        self._terms, self._commit = terms, terms.commit
        self._world = world = fleet.world
        self._recorder = fleet.system.recorder
        name = f"workloads/{fleet.name}"
        self._commits = world.stream(f"{name}/commit")
        self._acknowledgements = world.stream(f"{name}/acknowledge")
        self._relays = world.stream(f"{name}/outbox")
        self.backlog = Backlog(terms.jobs, terms.queue, fleet, self._offer)
        self._idle: list[tuple[float, int, int, Unit]] = []
        self._busy: dict[int, Attempt] = {}
        self._unheard: dict[tuple[int, int], Attempt] = {}  # attempts that have no outcome yet
        self._stages: list[Stage] = []  # to which its outcomes bring jobs
        self._is_planned = False

    @property
    def jobs(self) -> int:
        return self.backlog.unfinished

    def begin(self) -> None:
        self.backlog.begin()
        jobs, fleet = self._terms.jobs, self._fleet
        if jobs.after is not None:
            stream = self._world.stream(f"workloads/{fleet.name}/work")
            fleet.system.fleets[jobs.after].duty.lead_to(Stage(jobs, self.backlog, self._world, stream))

    def lead_to(self, stage: Stage) -> None:
        self._stages.append(stage)

    # --- units ---------------------------------------------------------------------------------------

    def take_up(self, unit: Unit, since: float | None = None) -> None:
        heappush(self._idle, (self._world.now, unit.slot, unit.incarnation, unit))
        self._offer()

    def leave(self, unit: Unit) -> None:
        attempt = self._busy.get(unit.id)
        if attempt is None:
            return
        self._cut(attempt)
        if isnan(attempt.committed):
            self.backlog.give_back(attempt)
        else:
            self.backlog.forsake(attempt, "unit-ended")

    def drop(self, unit: Unit) -> None:
        attempt = self._busy.get(unit.id)
        if attempt is not None:
            self._cut(attempt)
            self.backlog.forsake(attempt, "unit-ended")

    def _cut(self, attempt: Attempt) -> None:
        # Who ends at an instant completes no checkpoint then.
        attempt.job.save(nextafter(self._world.now, -inf))
        if attempt.job.is_acknowledged and isnan(attempt.committed):
            attempt.kept = 0.0
        self._conclude(attempt, DeliveryOutcome.UNIT_ENDED)

    def _release(self, attempt: Attempt) -> None:
        """Let a unit go on to its next job."""
        attempt.ended = self._world.now
        del self._busy[attempt.unit.id]
        if attempt.unit.state == READY:
            self.take_up(attempt.unit)

    # --- deliveries ----------------------------------------------------------------------------------

    def _offer(self) -> None:
        """Bring jobs and idle units together, once all has happened that happens at this instant."""
        if not self._is_planned and self._idle and not self.backlog.is_empty:
            self._is_planned = True
            self._world.at(self._world.now, Order.DISPATCH, self._dispatch)

    def _dispatch(self, _: object) -> None:
        self._is_planned = False
        pairs = []
        while self._idle and not self.backlog.is_empty:
            unit = heappop(self._idle)[-1]
            if unit.state == READY:
                pairs.append((self.backlog.take(), unit))
        # Only now: who has done with a job at once takes the next after those who have waited.
        for job, unit in pairs:
            self._deliver(job, unit)

    def _deliver(self, job: Job, unit: Unit) -> None:
        now = self._world.now
        job.save(now)
        attempt = Attempt(job, unit, now, self._terms.checkpoints)
        job.running.append(attempt)
        self._busy[unit.id] = self._unheard[job.id, attempt.number] = attempt
        self._world.at(now + self._terms.time_limit, Order.PATIENCE, self._kill, attempt)
        if self._commit.is_acknowledged_first:
            self._after(self._acknowledgement(attempt), self._hear_first, attempt)
        elif self._is_known(job):
            attempt.is_known = True
            self._acknowledge(attempt)
        else:
            self._work(attempt)

    def _work(self, attempt: Attempt) -> None:
        done = attempt.begin(self._world.now)
        takes = _drawn(self._commit.takes, self._commits, attempt)
        self._world.at(done + takes, Order.ANSWER, self._try_commit, attempt)

    def _kill(self, attempt: Attempt) -> None:
        """Give up what is not committed by the end of the time that it may take, that instant included."""
        if isnan(attempt.ended) and not attempt.is_known:
            attempt.job.save(self._world.now)
            self._conclude(attempt, DeliveryOutcome.KILLED)
            self.backlog.kill(attempt)

    def _try_commit(self, attempt: Attempt) -> None:
        if not isnan(attempt.ended):
            return
        job, wallet = attempt.job, self._fleet.wallet
        job.save(self._world.now)
        if wallet is not None and not wallet.current(attempt.unit):
            if job.is_acknowledged:
                attempt.kept = 0.0
            self._conclude(attempt, DeliveryOutcome.REFUSED)
            self.backlog.forsake(attempt, "refused")
            return
        if self._is_known(job):
            attempt.is_known = True
        else:
            attempt.again = self._why_again(job)
            attempt.commit(self._world.now)
            for stage in self._stages:
                stage.bring(attempt)
        if self._commit.is_acknowledged_first:
            self._conclude(attempt, DeliveryOutcome.ACKNOWLEDGED)
            self.backlog.complete(job)
        else:
            self._acknowledge(attempt)

    def _is_known(self, job: Job) -> bool:
        return job.last is not None and self._world.now < job.last.committed + self._commit.remembered

    def _why_again(self, job: Job) -> int:
        if job.last is None:
            return -1
        why = "key-forgotten" if self._commit.remembered else _AGAIN.get(job.last.outcome, "lease-over")
        return self._world.cause(why)

    # --- acknowledgements ----------------------------------------------------------------------------

    def _acknowledge(self, attempt: Attempt) -> None:
        relay = self._commit.relay
        if relay is None:
            self._after(self._acknowledgement(attempt), self._hear, attempt)
        else:
            self._release(attempt)
            self._after(_drawn(relay, self._relays, attempt), self._hear_relay, attempt)

    def _acknowledgement(self, attempt: Attempt) -> float:
        return _drawn(self._commit.acknowledge, self._acknowledgements, attempt)

    def _is_lost(self, attempt: Attempt) -> bool:
        stream, loss = self._acknowledgements, self._commit.loss
        lane = stream.lane(attempt.job.key, attempt.number)
        return loss > 0 and float(stream.uniform(lane, 1)) < loss

    def _hear(self, attempt: Attempt) -> None:
        if not isnan(attempt.ended):
            return
        if self._is_lost(attempt):
            self._conclude(attempt, DeliveryOutcome.ACKNOWLEDGEMENT_LOST)
            self.backlog.forsake(attempt, "acknowledgement-lost")
        else:
            self._settle(attempt)

    def _hear_relay(self, attempt: Attempt) -> None:
        self._settle(attempt)

    def _settle(self, attempt: Attempt) -> None:
        if self.backlog.acknowledge(attempt):
            attempt.acknowledged = self._world.now
            self._conclude(attempt, DeliveryOutcome.ACKNOWLEDGED)
        else:
            self._conclude(attempt, DeliveryOutcome.LEASE_OVER)

    def _hear_first(self, attempt: Attempt) -> None:
        """Work on what may be forgotten from now on; leave alone what the queue has not heard of."""
        if not isnan(attempt.ended):
            return
        if self._is_lost(attempt):
            self._conclude(attempt, DeliveryOutcome.ACKNOWLEDGEMENT_LOST)
            self.backlog.forsake(attempt, "acknowledgement-lost")
        elif self.backlog.acknowledge(attempt):
            attempt.acknowledged = self._world.now
            self._work(attempt)
        else:
            self._conclude(attempt, DeliveryOutcome.LEASE_OVER)

    # --- record --------------------------------------------------------------------------------------

    def _after(self, seconds: float, act: Callable[[Attempt], object], attempt: Attempt) -> None:
        self._world.at(self._world.now + seconds, Order.ANSWER, act, attempt)

    def _conclude(self, attempt: Attempt, outcome: DeliveryOutcome) -> None:
        attempt.outcome = outcome
        attempt.job.running.remove(attempt)
        if isnan(attempt.ended):
            self._release(attempt)
        self._note(self._unheard.pop((attempt.job.id, attempt.number)))

    def finish(self) -> None:
        for attempt in self._unheard.values():
            attempt.job.save(nextafter(self._world.end, -inf))
            self._note(attempt)
        self.backlog.finish()

    def _note(self, attempt: Attempt) -> None:
        row, workload = self._recorder.row, self._fleet.index
        what = {"job": attempt.job.id, "attempt": attempt.number, "unit": attempt.unit.id}
        row(
            "deliveries", workload=workload, **what, began=attempt.began, ended=attempt.ended,
            outcome=attempt.outcome, resumed=attempt.resumed, kept=attempt.kept, saving=attempt.saving,
        )  # fmt: skip
        if not isnan(attempt.committed):
            row(
                "outcomes", workload=workload, **what, committed=attempt.committed,
                acknowledged=attempt.acknowledged, cause=attempt.again,
            )  # fmt: skip


def _drawn(law: Distribution, stream: Stream, attempt: Attempt) -> float:
    """A time [s] of one attempt."""
    if law.is_constant:
        return law.mean
    return float(law.inverse(stream.uniform(stream.lane(attempt.job.key, attempt.number), 0)))
