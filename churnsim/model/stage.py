"""Stages: jobs that the outcomes of another workload bring."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from churnsim.engine import Order, Stream, World
from churnsim.model.arrival import Jobs
from churnsim.model.job import Attempt

if TYPE_CHECKING:
    from churnsim.model.backlog import Backlog


class Stage:
    """What comes to one queue, all of an instant together.

    A job's numbers hang on whose outcome brought it, the how manieth of that job it was, and its place among
    those that it brought; when, and by which unit, is nothing to them.

    Parameters
    ----------
    jobs : Jobs
        How many come of an outcome, and how much work each brings.
    backlog : Backlog
        Where they come to.
    world : World
        Where that happens.
    stream : Stream
        Of their work.
    """

    def __init__(self, jobs: Jobs, backlog: Backlog, world: World, stream: Stream) -> None:
        self._jobs = jobs
        self._backlog = backlog
        self._world = world
        self._stream = stream
        self._due: list[tuple[int, int, Attempt]] = []

    def bring(self, attempt: Attempt) -> None:
        """Let an outcome that takes effect now bring its jobs, once all have that do now."""
        if not self._due:
            self._world.at(self._world.now, Order.ASK, self._arrive)
        self._due.append((attempt.job.number, attempt.job.effects, attempt))

    def _arrive(self, _: object) -> None:
        self._backlog.receive(self._brought())
        self._due.clear()

    def _brought(self) -> Iterator[tuple[float, int, tuple[int, int]]]:
        law = self._jobs.work
        for _, effect, attempt in sorted(self._due, key=lambda due: due[:2]):
            for place in range(self._jobs.each):
                key = self._stream.lane(attempt.job.key, effect, place)
                work = law.mean if law.is_constant else float(law.inverse(self._stream.uniform(key, 0)))
                yield work, key, (attempt.job.id, attempt.number)
