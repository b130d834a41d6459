"""Blue and green: a second fleet beside the first, to which callers are sent once all of it is ready."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from churnsim.base.quantity import Duration
from churnsim.model.rollout import Course, Rollout, Sight, Step


class BlueGreenRollout(Rollout):
    """A whole second fleet; once it is ready callers are sent there, and the first is kept for a while.

    Back there again at once if the new version is taken back meanwhile.
    """

    kind: Literal["blue-green"] = "blue-green"
    keep: Duration = Field(
        "10m", validate_default=True, description="time from the switch until the old units are stopped"
    )

    @property
    def surge(self) -> float:
        return 1.0

    @property
    def unavailable(self) -> float:
        return 0.0

    @property
    def keeps_old(self) -> bool:
        return True

    def course(self, is_back: bool) -> Course:
        return _Switch(0.0 if is_back else self.keep)


class _Switch:
    """One switch: since when it has been made."""

    def __init__(self, keep: float) -> None:
        self._keep = keep
        self._ends: float | None = None

    def step(self, sight: Sight) -> Step:
        if self._ends is None:
            if sight.ready < sight.desired:
                # A second fleet and no third, which there would be where two versions are bad.
                create = max(sight.desired - sight.there, 0)
                third = sight.there + sight.old + create - 2 * sight.desired
                return Step(create, min(max(third, 0), sight.old))
            self._ends = sight.now + self._keep
            return Step(switch=True, until=self._ends, is_complete=True)
        if sight.now < self._ends:
            return Step(until=self._ends, is_complete=True)
        return Step(stop=sight.old, is_complete=True, is_over=not sight.old)
