"""The slow twin's errands: after everything else at an instant, the jobs are counted and units created."""

from __future__ import annotations

from typing import Any

from tests.twin.clock import DISPATCH
from tests.twin.work import Delivery, Work


class Errands(Work):
    """A queue with a unit for each delivery."""

    def __init__(self, fleet: Any, recipe: Any) -> None:
        super().__init__(fleet, recipe)
        self.clock.call(self.clock.start, DISPATCH, self._dispatch)

    def missed(self, unit: Any) -> None:
        """A unit was told to stop, or is gone."""
        self.clock.call(self.clock.now, DISPATCH, self._dispatch)

    def _dispatch(self) -> None:
        super()._dispatch()
        # What was handed out may be over at once, as a job is that is known to have been committed.
        self.clock.call(self.clock.now, DISPATCH, self._hire)

    def _hire(self) -> None:
        wanted = self.fleet.wanted
        working = sum(unit.delivery is not None for unit in wanted)
        due = min(working + len(self._waiting) + self.recipe.spare, self.recipe.limit)
        for _ in range(due - len(wanted)):
            self.fleet.add()

    def _free(self, delivery: Delivery) -> None:
        delivery.ended = self.clock.now
        delivery.unit.delivery = None
        if not delivery.unit.is_stopped:
            delivery.unit.retire("job-over")
