"""Checks of queue disciplines: a rank that is a number and depends on nothing else."""

from __future__ import annotations

import math

from churnsim.testing.check import checks, require
from churnsim.testing.subject import Subject

_CASES = [
    (number, booted, last, u)
    for number in (1, 2, 1_000_000)
    for booted in (-1e5, 0.0, 1e6)
    for last in (-1e6, 0.0, 7.5)
    for u in (1e-12, 0.5, 1 - 1e-12)
]


@checks("queue")
def ranks_by_a_number(subject: Subject) -> None:
    """Finite, whoever asks: ranks are compared."""
    for case in _CASES:
        rank = float(subject.recipe.rank(*case))
        require(math.isfinite(rank), f"{subject.name}: rank {rank} of {case}")


@checks("queue")
def ranks_by_nothing_but_what_it_is_told(subject: Subject) -> None:
    """The same request has the same rank, whoever was ranked in between; chance only where it `draws`."""
    queue = subject.recipe
    once = [queue.rank(*case) for case in _CASES]
    require(once == [queue.rank(*case) for case in _CASES], f"{subject.name}: remembers something")
    if not queue.draws:
        same = [queue.rank(*case[:3], 0.9) for case in _CASES]
        require(once == same, f"{subject.name}: uses the uniform; say draws = True")
