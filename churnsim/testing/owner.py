"""Checks of owners: as many slots as there are, and a pace that gets somewhere."""

from __future__ import annotations

from churnsim.testing.check import checks, require
from churnsim.testing.subject import Subject


@checks("owner")
def owns_whole_slots(subject: Subject) -> None:
    """None, or from one to all; more replicas are never served by smaller groups."""
    before = 0
    for replicas in (1, 2, 7, 1000, 1_000_000):
        slots = subject.recipe.slots(replicas)
        require(isinstance(slots, int), f"{subject.name}: slots({replicas}) is {slots!r}, no whole number")
        require(0 <= slots <= replicas, f"{subject.name}: slots({replicas}) is {slots}")
        require(slots >= before, f"{subject.name}: fewer slots of {replicas} than of fewer replicas")
        before = slots


@checks("owner")
def goes_on_at_a_pace(subject: Subject) -> None:
    """A rate, or all at once."""
    pace = subject.recipe.pace
    require(pace is None or pace > 0, f"{subject.name}: a pace of {pace}/s never ends")
