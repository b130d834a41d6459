"""Checks of restarts: pauses that are times, and never shrink from crash to crash."""

from __future__ import annotations

import math
from itertools import pairwise

from churnsim.testing.check import checks, require
from churnsim.testing.subject import Subject


@checks("restart")
def never_waits_less_after_more_crashes(subject: Subject) -> None:
    """Pauses are finite, not negative, and do not shrink; the first thousand of them."""
    pauses = [subject.recipe.pause(crashes) for crashes in range(1, 1001)]
    require(all(0 <= each < math.inf for each in pauses), f"{subject.name}: {min(pauses)} to {max(pauses)} s")
    require(all(a <= b for a, b in pairwise(pauses)), f"{subject.name}: pauses shrink")


@checks("restart")
def remembers_for_a_while(subject: Subject) -> None:
    """What is remembered is forgotten within the memory."""
    restart = subject.recipe
    require(0 <= restart.reset <= restart.memory < math.inf, f"{subject.name}: memory {restart.memory}")
