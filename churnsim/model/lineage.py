"""The versions of a workload as its units know them: only one, unless a rollout says otherwise."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from churnsim.model.unit import Unit


class Lineage:
    """One version for ever: nothing to tell units, and nothing to hear from them."""

    @property
    def more(self) -> int:
        """Revision of units that are created because more are wanted."""
        return 0

    def begin(self) -> None:
        """Begin with the world, once there are units."""

    def heir(self, unit: Unit) -> int:
        """Return the revision of a unit's replacement."""
        return 0

    def is_served(self, unit: Unit) -> bool:
        """Whether callers are sent to a unit, as soon as it is ready."""
        return True

    def boots(self, unit: Unit) -> bool:
        """Whether the start-up of a unit is ever over."""
        return True

    def crash(self, unit: Unit) -> float:
        """Return the time from ready to a crash that its version is to blame for [s]; infinite for none."""
        return inf

    def first(self, revision: int) -> Unit:
        """Return who of other revisions than this is given up first."""
        raise LookupError("there are no other revisions")

    def join(self, unit: Unit) -> None:
        """Take notice that a unit is wanted."""

    def rise(self, unit: Unit) -> None:
        """Take notice that a unit is ready."""

    def sink(self, unit: Unit) -> None:
        """Take notice that a unit is lost with its node, and will have to be replaced."""

    def strike(self, unit: Unit) -> None:
        """Take notice that a unit is wanted no longer, or about to be replaced."""

    def drain(self, unit: Unit, by: int) -> None:
        """Take notice that a unit begins to drain (1), or has drained (-1)."""

    def wake(self) -> None:
        """Take notice that another number of units is wanted."""

    def finish(self) -> None:
        """Record what has become of every version."""
