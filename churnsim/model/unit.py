"""A unit, and its entry in the endpoint list: the entities of ephemeral execution."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, ClassVar

from churnsim.model.link import Link, is_severed
from churnsim.trace.code import EndpointState, Family, UnitState

if TYPE_CHECKING:
    from churnsim.model.shared_service import SharedService

PENDING, STARTING, READY, DRAINING, GONE = (int(state) for state in UnitState)
UNLISTED, LISTED = (int(state) for state in EndpointState)


class Unit:
    """One short-lived piece of compute: the `incarnation`-th to fill `slot`."""

    FAMILY: ClassVar[int] = int(Family.UNIT)
    MOVES: ClassVar[tuple[frozenset[int], ...]] = (
        frozenset({PENDING, STARTING, GONE}),
        frozenset({READY, DRAINING, GONE}),
        frozenset({DRAINING, GONE}),
        frozenset({GONE}),
        frozenset(),
    )
    __slots__ = (
        "booted", "endpoint", "id", "incarnation", "is_disowned", "links", "ready", "revision", "seat",
        "slot", "state",
    )  # fmt: skip

    def __init__(self, number: int, slot: int, incarnation: int, revision: int = 0) -> None:
        self.id = number
        self.slot = slot
        self.incarnation = incarnation
        self.revision = revision
        self.state = PENDING
        self.booted = nan
        self.ready = nan
        self.seat = -1
        self.is_disowned = False  # goes on, although nobody wants it any more
        self.endpoint: Endpoint | None = None
        self.links: tuple[Link, ...] = ()  # of the places where it stands

    @property
    def is_stopped(self) -> bool:
        """Whether it has been told to stop, or is gone."""
        return self.state >= DRAINING

    def reaches(self, service: SharedService, now: float) -> bool:
        """Whether nothing lies between it and a service now [s]."""
        return not self.links or not is_severed(self.links, service, now)


class Endpoint:
    """A unit's entry in the list that callers pick from; it lags behind the unit."""

    FAMILY: ClassVar[int] = int(Family.ENDPOINT)
    MOVES: ClassVar[tuple[frozenset[int], ...]] = (frozenset({LISTED}), frozenset({UNLISTED}))
    __slots__ = ("id", "is_wanted", "state", "wishes")

    def __init__(self, number: int) -> None:
        self.id = number
        self.state = UNLISTED
        self.is_wanted = False
        self.wishes = 0  # how often somebody wanted it in the list, or out of it

    def want(self, is_wanted: bool) -> None:
        """Want it in the list, or out of it; what was wanted before does not happen any more."""
        self.is_wanted = is_wanted
        self.wishes += 1
