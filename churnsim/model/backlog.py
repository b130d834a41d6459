"""The backlog: a queue of jobs that survives every unit and takes back what it does not hear of in time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from churnsim.base.quantity import PositiveDuration
from churnsim.base.recipe import Recipe
from churnsim.engine import Order
from churnsim.model.arrival import Jobs
from churnsim.model.job import DEAD, DONE, IN_FLIGHT, KILLED, LOST, QUEUED, Attempt, Job

if TYPE_CHECKING:
    from churnsim.model.fleet import Fleet

CAUSES = (
    "arrived",
    "delivered",
    "returned",
    "lease-over",
    "attempts-spent",
    "acknowledged",
    "committed",
    "unit-ended",
    "refused",
    "time-limit",
)
"""Why a job is where it is."""


class JobQueue(Recipe):
    """How a queue delivers: whom it hides a job from, for how long, and how often it tries."""

    lease: PositiveDuration = Field(
        "30s", validate_default=True, description="time for which a delivered job is hidden from other units"
    )
    extended: bool = Field(True, description="whether a unit that lives extends its lease until it is done")
    attempts: int = Field(
        5, strict=True, ge=1, le=100_000, description="deliveries of a job, before it is put aside"
    )


class Backlog:
    """The jobs of one workload.

    Parameters
    ----------
    jobs, queue
        How jobs come, and how they are delivered.
    fleet : Fleet
        Whose jobs they are.
    offer : callable
        Called when a job is there to be taken.
    """

    def __init__(self, jobs: Jobs, queue: JobQueue, fleet: Fleet, offer: Callable[[], object]) -> None:
        self._recipe = queue
        self._world = world = fleet.world
        self._system = fleet.system
        self._recorder = fleet.system.recorder
        self._workload = fleet.index
        self._offer = offer
        self._instants = jobs.instants(world, f"workloads/{fleet.name}/jobs")
        stream = world.stream(f"workloads/{fleet.name}/work")
        lanes = stream.lane(np.arange(self._instants.size))
        self._works = np.atleast_1d(jobs.work.inverse(stream.uniform(lanes, 0)))
        self._first = fleet.system.jobs(self._instants.size)
        self._received = 0  # jobs that others brought
        self._waiting: list[tuple[float, int, Job]] = []
        self._unfinished: dict[int, Job] = {}
        self._codes = {cause: world.cause(cause) for cause in CAUSES}

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to take."""
        return not self._waiting

    @property
    def waiting(self) -> int:
        """How many jobs there are to be taken."""
        return len(self._waiting)

    @property
    def unfinished(self) -> int:
        """How many jobs wait or are in flight."""
        return len(self._unfinished)

    def begin(self) -> None:
        """Let the jobs come."""
        if self._instants.size:
            self._world.at(float(self._instants[0]), Order.ASK, self._arrive, 0)

    def _arrive(self, number: int) -> None:
        world, count = self._world, self._instants.size
        while number < count and self._instants[number] == world.now:
            self._enter(Job(self._first + number, number, world.now, float(self._works[number])))
            number += 1
        if number < count:
            world.at(float(self._instants[number]), Order.ASK, self._arrive, number)
        self._offer()

    def receive(self, works: Iterable[tuple[float, int, tuple[int, int]]]) -> None:
        """Take in jobs that others brought: the work [s], key and source of each."""
        for work, key, source in works:
            self._enter(Job(self._system.jobs(1), self._received, self._world.now, work, key, source))
            self._received += 1
        self._offer()

    def _enter(self, job: Job) -> None:
        self._unfinished[job.number] = job
        self._world.born(job, QUEUED, self._codes["arrived"])
        heappush(self._waiting, (self._world.now, job.number, job))

    # --- deliveries ----------------------------------------------------------------------------------

    def take(self) -> Job:
        """Deliver the job that has waited longest."""
        _, _, job = heappop(self._waiting)
        job.attempts += 1
        self._world.become(job, IN_FLIGHT, self._codes["delivered"])
        if not self._recipe.extended:
            self._expire(job)
        return job

    def acknowledge(self, attempt: Attempt) -> bool:
        """Hear that a job may be forgotten; return whether that came before the lease was over."""
        if not self._is_leased(attempt):
            return False
        attempt.job.is_acknowledged = True
        if attempt.is_known:
            self._end(attempt.job, DONE, "acknowledged")
        return True

    def complete(self, job: Job) -> None:
        """Take notice that a job that was acknowledged first has been committed."""
        self._end(job, DONE, "committed")

    def forsake(self, attempt: Attempt, cause: str) -> None:
        """Hear no more of an attempt: a lease runs out, a job that was acknowledged is lost."""
        if not self._is_leased(attempt):
            return
        if attempt.job.is_acknowledged:
            self._end(attempt.job, LOST, cause)
        elif self._recipe.extended:
            self._expire(attempt.job)

    def give_back(self, attempt: Attempt) -> None:
        """Take a job back at once from a unit that ends and says so."""
        if attempt.job.is_acknowledged:
            self.forsake(attempt, "unit-ended")
        elif self._is_leased(attempt):
            self._requeue(attempt.job, "returned")

    def kill(self, attempt: Attempt) -> None:
        """Give up a job that took longer than it may, if this attempt is the one that counts."""
        if self._is_leased(attempt):
            self._end(attempt.job, KILLED, "time-limit")

    def _is_leased(self, attempt: Attempt) -> bool:
        return attempt.job.state == IN_FLIGHT and attempt.job.attempts == attempt.number

    def _expire(self, job: Job) -> None:
        when = self._world.now + self._recipe.lease
        self._world.at(when, Order.PATIENCE, self._lease_over, (job, job.attempts))

    def _lease_over(self, lease: tuple[Job, int]) -> None:
        job, attempt = lease
        if job.state == IN_FLIGHT and job.attempts == attempt and not job.is_acknowledged:
            self._requeue(job, "lease-over")

    def _requeue(self, job: Job, cause: str) -> None:
        if job.attempts >= self._recipe.attempts:
            self._end(job, DEAD, "attempts-spent")
            return
        self._world.become(job, QUEUED, self._codes[cause])
        heappush(self._waiting, (self._world.now, job.number, job))
        self._offer()

    # --- record --------------------------------------------------------------------------------------

    def _end(self, job: Job, state: int, cause: str) -> None:
        self._world.become(job, state, self._codes[cause])
        del self._unfinished[job.number]
        self._note(job, self._world.now, self._codes[cause])

    def finish(self) -> None:
        """Record the jobs that are not ended at the horizon."""
        for job in self._unfinished.values():
            self._note(job, np.nan, -1)

    def _note(self, job: Job, ended: float, cause: int) -> None:
        self._recorder.row(
            "jobs", job=job.id, workload=self._workload, number=job.number, arrived=job.arrived,
            work=job.work, source=job.source[0], source_attempt=job.source[1], attempts=job.attempts,
            ended=ended, fate=job.state, cause=cause,
        )  # fmt: skip
