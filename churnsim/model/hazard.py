"""The hazard: a law by which units end without notice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from churnsim.base.distribution import Distribution
from churnsim.engine.draws import Draws

if TYPE_CHECKING:
    from churnsim.model.fleet import Fleet
    from churnsim.model.unit import Unit


@dataclass(frozen=True)
class Hazard:
    """A law of abrupt ends, counted from ready."""

    fleet: Fleet
    law: Distribution
    draws: Draws
    cause: int

    def strike(self, unit: Unit) -> None:
        """End a unit without notice, unless it was told to stop before."""
        if not unit.is_stopped:
            self.fleet.crash(unit, self.cause)
