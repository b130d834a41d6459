"""The slow twin's work: every delivery a process, every checkpoint, commit and lease an event."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import takewhile
from math import ceil, nan
from typing import Any

import simpy

from tests.twin.clock import ANSWER, CHECKPOINT, DISPATCH, PATIENCE, REQUEST, draw, renewal_points


class Job:
    """A job at its queue."""

    def __init__(self, number: int, key: int, arrived: float, work: float, source: Any = None) -> None:
        self.number = number
        self.key = key  # of its random numbers
        self.source = source  # the delivery whose outcome brought it
        self.arrived = arrived
        self.work = work
        self.ended = nan
        self.state = "queued"
        self.deliveries: list[Delivery] = []
        self.is_acknowledged = False
        self.saved = 0.0
        self.committed: list[Delivery] = []


class Delivery:
    """A job in the hands of a unit."""

    def __init__(self, job: Job, unit: Any, began: float) -> None:
        self.job = job
        self.unit = unit
        self.began = began
        self.number = len(job.deliveries) + 1
        self.resumed = job.saved
        self.kept = self.saving = 0.0
        self.ended = self.committed = self.acknowledged = nan
        self.is_known = False  # whether its unit knows that the job has been committed
        self.outcome = "open"
        self.again = ""
        self.task: simpy.Process | None = None

    @property
    def is_leased(self) -> bool:
        """Whether the queue still waits for this delivery to be acknowledged."""
        return self.job.state == "in-flight" and self.job.deliveries[-1] is self


class Work:
    """The queue of a fleet and the units that work it off."""

    def __init__(self, fleet: Any, recipe: Any) -> None:
        self.fleet = fleet
        self.recipe = recipe
        self.clock = fleet.clock
        self.jobs: list[Job] = []
        self._waiting: list[tuple[float, int, Job]] = []
        self._idle: list[tuple[float, int, int, Any]] = []
        self._brought: list[tuple[int, int, int, Delivery]] = []
        for number, when in enumerate(takewhile(lambda when: when < self.clock.end, self._instants())):
            self.clock.call(when, REQUEST, self._arrive, number)

    def _instants(self) -> Iterator[float]:
        jobs = self.recipe.jobs
        if jobs.after is not None:
            return iter(())
        if jobs.every is None:
            return iter([jobs.at] * jobs.count)
        stream = self._stream("jobs")
        return renewal_points(jobs.every, stream, stream.lane(0), self.clock.start)

    def _stream(self, purpose: str) -> Any:
        return self.fleet.stream(f"workloads/{self.fleet.name}/{purpose}")

    def _drawn(self, purpose: str, law: Any, delivery: Delivery) -> float:
        stream = self._stream(purpose)
        return draw(law, stream, stream.lane(delivery.job.key, delivery.number), 0)

    # --- the queue -----------------------------------------------------------------------------------

    def _arrive(self, number: int) -> None:
        self._enter(number, self._stream("work").lane(number))

    def _enter(self, key: int, lane: int, source: Delivery | None = None) -> None:
        work = draw(self.recipe.jobs.work, self._stream("work"), lane, 0)
        job = Job(len(self.jobs), key, self.clock.now, work, source)
        self.jobs.append(job)
        self._wait(job)

    def bring(self, delivery: Delivery) -> None:
        """Let an outcome of the stage before bring its jobs, behind those of earlier ones."""
        for place in range(self.recipe.jobs.each):
            job = delivery.job
            self._brought.append((job.number, len(job.committed), place, delivery))
            self.clock.call(self.clock.now, REQUEST, self._follow)

    def _follow(self) -> None:
        first = min(self._brought, key=lambda brought: brought[:3])
        self._brought.remove(first)
        _, effect, place, delivery = first
        lane = self._stream("work").lane(delivery.job.key, effect, place)
        self._enter(lane, lane, delivery)

    def _wait(self, job: Job) -> None:
        job.state = "queued"
        self._waiting.append((self.clock.now, job.number, job))
        self.clock.call(self.clock.now, DISPATCH, self._dispatch)

    def _dispatch(self) -> None:
        self._waiting.sort(key=lambda row: row[:2])
        self._idle = sorted((row for row in self._idle if not row[3].is_stopped), key=lambda row: row[:3])
        while self._waiting and self._idle:
            job, unit = self._waiting.pop(0)[2], self._idle.pop(0)[3]
            delivery = Delivery(job, unit, self.clock.now)
            job.deliveries.append(delivery)
            job.state = "in-flight"
            if not self.recipe.queue.extended:
                self._expire(delivery)
            unit.delivery = delivery
            limit = self.recipe.terms.time_limit
            self.clock.call(self.clock.now + limit, PATIENCE, self._kill, delivery)
            delivery.task = self.clock.env.process(self._do(delivery))

    def _expire(self, delivery: Delivery) -> None:
        self.clock.call(self.clock.now + self.recipe.queue.lease, PATIENCE, self._lease_over, delivery)

    def _lease_over(self, delivery: Delivery) -> None:
        if delivery.is_leased and not delivery.job.is_acknowledged:
            self._take_back(delivery.job)

    def _take_back(self, job: Job) -> None:
        if len(job.deliveries) < self.recipe.queue.attempts:
            self._wait(job)
        else:
            self._end(job, "dead")

    def _kill(self, delivery: Delivery) -> None:
        if delivery.is_known or delivery.ended == delivery.ended:
            return
        delivery.task.interrupt()
        is_leased, delivery.outcome = delivery.is_leased, "killed"
        self._free(delivery)
        if is_leased:
            self._end(delivery.job, "killed")

    def _end(self, job: Job, state: str) -> None:
        job.state, job.ended = state, self.clock.now

    # --- units ---------------------------------------------------------------------------------------

    def welcome(self, unit: Any) -> None:
        """Let a unit that is ready, or done with a job, take the next."""
        self._idle.append((self.clock.now, unit.slot, unit.incarnation, unit))
        self.clock.call(self.clock.now, DISPATCH, self._dispatch)

    def dismiss(self, unit: Any, is_told: bool) -> None:
        """Take from a unit that is gone what it has in hand; who was told gives it back itself."""
        delivery, unit.delivery = unit.delivery, None
        if delivery is None:
            return
        if delivery.task.is_alive:
            delivery.task.interrupt()
        delivery.ended, delivery.outcome = self.clock.now, "unit-ended"
        if not delivery.is_leased:
            return
        if delivery.job.is_acknowledged:
            delivery.kept = 0.0
            self._end(delivery.job, "lost")
        elif is_told and delivery.committed != delivery.committed:
            self._take_back(delivery.job)
        elif self.recipe.queue.extended:
            self._expire(delivery)

    def _free(self, delivery: Delivery) -> None:
        delivery.ended = self.clock.now
        delivery.unit.delivery = None
        if not delivery.unit.is_stopped:
            self.welcome(delivery.unit)

    def _fail(self, delivery: Delivery, outcome: str) -> None:
        delivery.outcome = outcome
        self._free(delivery)
        if delivery.is_leased and delivery.job.is_acknowledged:
            delivery.kept = 0.0
            self._end(delivery.job, "lost")
        elif delivery.is_leased and self.recipe.queue.extended:
            self._expire(delivery)

    # --- a delivery ----------------------------------------------------------------------------------

    def _do(self, delivery: Delivery) -> Generator[simpy.Event, Any, None]:
        try:
            yield from self._live(delivery)
        except simpy.Interrupt:
            return

    def _live(self, delivery: Delivery) -> Generator[simpy.Event, Any, None]:
        job, clock, commit = delivery.job, self.clock, self.recipe.commit
        if commit.kind == "at-most-once":
            if not (yield from self._tell(delivery)):
                return
            job.is_acknowledged, delivery.acknowledged = True, clock.now
        delivery.is_known = self._is_known(job)
        if not delivery.is_known:
            yield from self._toil(delivery)
            identity = delivery.unit.identity
            if identity is not None and not _is_good(identity.credentials[-1], clock.now):
                self._fail(delivery, "refused")
                return
            if not self._is_known(job):
                self._commit(delivery)
            delivery.is_known = True
        if commit.kind == "at-most-once":
            delivery.outcome = "acknowledged"
            self._free(delivery)
            self._end(job, "done")
        elif getattr(commit, "outbox", None) is not None:
            clock.env.process(self._relay(delivery))
            self._free(delivery)
        elif (yield from self._tell(delivery)):
            delivery.outcome, delivery.acknowledged = "acknowledged", clock.now
            self._end(job, "done")
            self._free(delivery)

    def _tell(self, delivery: Delivery) -> Generator[simpy.Event, Any, bool]:
        """Acknowledge, and say whether the queue has heard in time."""
        commit, stream = self.recipe.commit, self._stream("acknowledge")
        yield self.clock.at(self.clock.now + self._drawn("acknowledge", commit.acknowledge, delivery), ANSWER)
        if stream.uniform(stream.lane(delivery.job.key, delivery.number), 1) < commit.loss:
            self._fail(delivery, "acknowledgement-lost")
        elif not delivery.is_leased:
            self._fail(delivery, "lease-over")
        else:
            return True
        return False

    def _relay(self, delivery: Delivery) -> Generator[simpy.Event, Any, None]:
        yield self.clock.at(
            self.clock.now + self._drawn("outbox", self.recipe.commit.outbox, delivery), ANSWER
        )
        if delivery.is_leased:
            delivery.outcome, delivery.acknowledged = "acknowledged", self.clock.now
            self._end(delivery.job, "done")
        else:
            delivery.outcome = "lease-over"

    def _toil(self, delivery: Delivery) -> Generator[simpy.Event, Any, None]:
        job, clock, rule = delivery.job, self.clock, self.recipe.terms.checkpoints
        start, left, stops = clock.now, job.work - delivery.resumed, 0
        if rule is not None:
            if delivery.resumed > 0:
                start += rule.restore
            stops = max(ceil(left / rule.every - 1e-9) - 1, 0)
            for stop in range(1, stops + 1):
                yield clock.at(start + stop * (rule.every + rule.cost), CHECKPOINT)
                delivery.saving += rule.cost
                self._save(delivery, delivery.resumed + stop * rule.every)
        cost = rule.cost if rule is not None else 0.0
        takes = self._drawn("commit", self.recipe.commit.takes, delivery)
        yield clock.at(start + left + stops * cost + takes, ANSWER)

    def _save(self, delivery: Delivery, progress: float) -> None:
        job = delivery.job
        if progress > job.saved:
            if not job.committed:
                delivery.kept += progress - job.saved
            job.saved = progress

    def _is_known(self, job: Job) -> bool:
        kept = getattr(self.recipe.commit, "retention", 0.0)
        return any(self.clock.now < each.committed + kept for each in job.committed)

    def _commit(self, delivery: Delivery) -> None:
        job = delivery.job
        if job.committed:
            before = job.committed[-1].outcome
            delivery.again = before if before in ("unit-ended", "acknowledgement-lost") else "lease-over"
            if self.recipe.commit.kind == "exactly-once":
                delivery.again = "key-forgotten"
        self._save(delivery, job.work)
        job.saved = 0.0
        job.committed.append(delivery)
        delivery.committed = self.clock.now
        for fleet in self.fleet.world.fleets.values():
            if fleet.work is not None and fleet.work.recipe.jobs.after == self.fleet.name:
                fleet.work.bring(delivery)


def _is_good(credential: Any, now: float) -> bool:
    return bool(now < credential.expires and credential.revoked != credential.revoked)
