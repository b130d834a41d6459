"""A job, and the attempts of units to do it."""

from __future__ import annotations

from math import isnan, nan
from typing import ClassVar

from churnsim.model.checkpoint import Checkpoints
from churnsim.model.unit import Unit
from churnsim.trace.code import DeliveryOutcome, Family, JobState

QUEUED, IN_FLIGHT, DONE, DEAD, LOST, KILLED = (int(state) for state in JobState)


class Job:
    """One job; `id` is its row in the record, `number` its place among those of its workload.

    `key` names its random numbers: a job that another brought has the same ones whenever that was done.
    `source` is that other's row and the number of the delivery whose outcome brought it; (-1, 0): none did.
    """

    FAMILY: ClassVar[int] = int(Family.JOB)
    MOVES: ClassVar[tuple[frozenset[int], ...]] = (
        frozenset({IN_FLIGHT}),
        frozenset({QUEUED, DONE, DEAD, LOST, KILLED}),
        frozenset(),
        frozenset(),
        frozenset(),
        frozenset(),
    )
    __slots__ = (
        "arrived", "attempts", "effects", "id", "is_acknowledged", "key", "last", "number", "running",
        "saved", "source", "state", "work",
    )  # fmt: skip

    def __init__(
        self,
        row: int,
        number: int,
        arrived: float,
        work: float,
        key: int | None = None,
        source: tuple[int, int] = (-1, 0),
    ) -> None:
        self.id = row
        self.number = number
        self.key = number if key is None else key
        self.source = source
        self.state = QUEUED
        self.arrived = arrived
        self.work = work
        self.attempts = 0
        self.effects = 0  # times that its outcome took effect
        self.is_acknowledged = False
        self.saved = 0.0  # work that the last checkpoint holds [s]
        self.last: Attempt | None = None  # whose commit took effect last
        self.running: list[Attempt] = []

    def save(self, now: float) -> None:
        """Take in every checkpoint that is complete now, in the order in which they were."""
        found = [each for attempt in self.running for each in attempt.completed(now)]
        for _, _, attempt, progress in sorted(found, key=lambda each: each[:2]):
            attempt.keep(progress)


class Attempt:
    """A unit at work on a job, from its delivery on.

    Attributes
    ----------
    began, start : float
        Delivered, and working [s].
    resumed : float
        Work that was saved before [s].
    kept : float
        Work of this attempt that lasts [s].
    ended, committed, acknowledged : float
        The unit was done with it, its outcome took effect, the queue heard of it [s]; NaN: not so far.
    again : int
        Cause why its outcome took effect although it had before; -1: it had not.
    is_known : bool
        Whether its job is known to have been committed.
    """

    __slots__ = (
        "acknowledged", "again", "began", "checkpoints", "committed", "ended", "is_known", "job", "kept",
        "most", "number", "outcome", "resumed", "saves", "start", "unit",
    )  # fmt: skip

    def __init__(self, job: Job, unit: Unit, began: float, checkpoints: Checkpoints | None) -> None:
        self.job = job
        self.unit = unit
        self.number = job.attempts
        self.began = began
        self.ended = self.committed = self.acknowledged = nan
        self.again = -1
        self.is_known = False
        self.outcome = DeliveryOutcome.OPEN
        self.checkpoints = checkpoints
        self.resumed = job.saved
        self.start = nan
        self.most = 0 if checkpoints is None else checkpoints.number(job.work - job.saved)
        self.saves = 0
        self.kept = 0.0

    def begin(self, now: float) -> float:
        """Begin to work; return when the work will be done [s]."""
        self.start = now
        done = now + self.job.work - self.resumed
        if self.checkpoints is not None:
            if self.resumed > 0:
                self.start += self.checkpoints.restore
            done = self.start + self.job.work - self.resumed + self.most * self.checkpoints.cost
        return done

    def completed(self, now: float) -> list[tuple[float, int, Attempt, float]]:
        """Checkpoints complete now that were not before: when [s], whose (twice), and the work saved [s]."""
        rule = self.checkpoints
        if rule is None or isnan(self.start) or self.is_known:
            return []
        before, self.saves = self.saves, max(self.saves, rule.complete(self.start, now, self.most))
        return [
            (rule.instant(self.start, number), self.number, self, self.resumed + number * rule.every)
            for number in range(before + 1, self.saves + 1)
        ]

    def keep(self, progress: float) -> None:
        """Let so much of the job's work [s] outlast whoever did it."""
        job = self.job
        if progress > job.saved:
            if job.last is None:  # what was committed before is not kept twice
                self.kept += progress - job.saved
            job.saved = progress

    def commit(self, now: float) -> None:
        """Commit: all its work lasts, and its checkpoints are not needed any more."""
        self.keep(self.job.work)
        self.job.saved = 0.0
        self.job.last = self
        self.job.effects += 1
        self.committed = now
        self.is_known = True

    @property
    def saving(self) -> float:
        """Time that its checkpoints have taken so far [s]."""
        return 0.0 if self.checkpoints is None else self.saves * self.checkpoints.cost
