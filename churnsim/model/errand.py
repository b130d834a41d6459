"""Errands: the duty to do one job, for which the unit was created, and to end with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from churnsim.engine import Order
from churnsim.model.job import Attempt, Job
from churnsim.model.labour import CAUSES as _LABOUR_CAUSES
from churnsim.model.labour import Labour, Terms
from churnsim.model.unit import READY, Unit

if TYPE_CHECKING:
    from churnsim.model.fleet import Fleet

CAUSES = (*_LABOUR_CAUSES, "hired", "job-over")


class Errands(Labour):
    """The work of a fleet that has a unit for each job.

    Parameters
    ----------
    terms : Terms
        What is to be done, and how, by how many units at once.
    fleet : Fleet
        Who does it.
    """

    def __init__(self, terms: Terms, fleet: Fleet) -> None:
        super().__init__(terms, fleet)
        self._free: set[int] = set()  # units that are wanted and have no job yet, by number
        self._hired, self._over = self._world.cause("hired"), self._world.cause("job-over")

    def begin(self) -> None:
        super().begin()
        self._world.at(self._world.start, Order.DISPATCH, self._dispatch)

    def lay_down(self, unit: Unit) -> None:
        self._free.discard(unit.id)
        self._offer()

    def _offer(self) -> None:
        # Whoever comes or goes may be a reason to create a unit, idle ones or not.
        if not self._is_planned:
            self._is_planned = True
            self._world.at(self._world.now, Order.DISPATCH, self._dispatch)

    def _dispatch(self, _: object) -> None:
        super()._dispatch(_)
        # What was handed out may be over at once, and its place free for whoever is created.
        self._world.at(self._world.now, Order.DISPATCH, self._hire)

    def _hire(self, _: object) -> None:
        due, most = self.backlog.waiting + self._terms.spare, self._terms.units
        while len(self._free) < due and self._fleet.target < most:
            self._free.add(self._fleet.fill(self._hired).id)

    def _deliver(self, job: Job, unit: Unit) -> None:
        self._free.discard(unit.id)
        super()._deliver(job, unit)

    def _release(self, attempt: Attempt) -> None:
        """Let a unit end with its job."""
        attempt.ended = self._world.now
        del self._busy[attempt.unit.id]
        if attempt.unit.state == READY:
            self._fleet.stop(attempt.unit, self._over)
