"""Relapses: how often the units of a slot have crashed in a row, and how long the next one waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from churnsim.model.restart import Restart


class Relapses:
    """Crashes in a row, slot by slot.

    Parameters
    ----------
    restart : Restart
        How long a slot waits after each of them.
    """

    def __init__(self, restart: Restart) -> None:
        self._restart = restart
        self._crashes: dict[int, int] = {}
        self._pauses: dict[int, float] = {}

    def count(self, slot: int, lasted: float) -> None:
        """Count the crash of a unit that was ready for so long [s]; NaN: it never was."""
        is_sound = lasted >= self._restart.reset
        row = 1 if is_sound else self._crashes.get(slot, 0) + 1
        self._crashes[slot], self._pauses[slot] = row, self._restart.pause(row)

    def forget(self, slot: int) -> None:
        """Begin to count again, for a unit of the slot has ended otherwise."""
        self._crashes.pop(slot, None)

    def pause(self, slot: int) -> float:
        """Return how long the next unit of the slot has to wait [s], once."""
        return self._pauses.pop(slot, 0.0)
