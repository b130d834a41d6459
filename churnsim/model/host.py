"""A host: a unit of a function as its requests see it."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from churnsim.model.unit import Unit


class Host:
    """One unit, and the requests that it has taken.

    Parameters
    ----------
    unit : Unit
        Which.
    is_kept : bool
        Whether it fills a slot that is never empty, so that it is not let go when it is idle.
    first : int
        Number of the request for which it was started, if it was for one.

    Attributes
    ----------
    taken : dict of int to None
        Numbers of its requests, in the order in which it took them; they wait until it is ready.
    is_open : bool
        Whether it takes requests.
    is_ready : bool
        Whether it serves them.
    is_leaving : bool
        Whether its lifetime is over, so that it stops when it has done what it has begun.
    is_offered : bool
        Whether it is in the line of those with a place that are as far as it is.
    idle_until : float
        When it is let go if nobody comes [s].
    watched : float
        For when it is in the calendar of those to be let go [s]; infinite: it is not.
    """

    __slots__ = (
        "first", "idle_until", "is_kept", "is_leaving", "is_offered", "is_open", "is_ready", "taken", "unit",
        "watched",
    )  # fmt: skip

    def __init__(self, unit: Unit, is_kept: bool, first: int) -> None:
        self.unit = unit
        self.is_kept = is_kept
        self.first = first
        self.taken: dict[int, None] = {}
        self.is_open = True
        self.is_ready = self.is_leaving = self.is_offered = False
        self.idle_until = self.watched = inf
