"""A node: a machine on which units stand, and with which they fall."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, ClassVar

from churnsim.model.link import Link
from churnsim.trace.code import Family, NodeState

if TYPE_CHECKING:
    from churnsim.model.fleet import Fleet
    from churnsim.model.unit import Unit

BOOTING, UP, DRAINING, LOST, NOT_READY, GONE, ISOLATED = (int(state) for state in NodeState)


class Node:
    """The `incarnation`-th machine to fill `slot` of a pool.

    Attributes
    ----------
    place : int
        Its row in the `Space`.
    units : dict of Unit to Fleet
        Who stands on it, in order of arrival.
    bereft : list of (Fleet, Unit)
        Who was lost with it and has not been replaced.
    zombies : dict of Unit to Fleet
        Who was evicted from it without hearing of it.
    link : Link
        Whether those who stand on it reach issuers and policies.
    images : dict of (int, int) to float
        When it has which images, by workload and revision; those that it pulls now lie ahead [s].
    faults, cuts : int
        How many failures hold it down, and how many cut it off.
    changes : int
        Grows when it is lost or cut off and when it is back, so that stale turns are dropped.
    is_draining, is_replaced : bool
        Whether it was told to drain; whether its successor has been ordered, or none is wanted.
    ordered, up, drained, missed, gone : float
        When; NaN where not yet [s]. `missed` is when it was last found not ready.
    """

    FAMILY: ClassVar[int] = int(Family.NODE)
    MOVES: ClassVar[tuple[frozenset[int], ...]] = (
        frozenset({UP}),
        frozenset({DRAINING, LOST, GONE, ISOLATED}),
        frozenset({LOST, GONE, ISOLATED}),
        frozenset({UP, DRAINING, NOT_READY, GONE}),
        frozenset({UP, DRAINING, GONE}),
        frozenset(),
        frozenset({UP, DRAINING, LOST, GONE}),
    )
    __slots__ = (
        "bereft", "changes", "cuts", "drained", "faults", "gone", "id", "images", "incarnation",
        "is_draining", "is_replaced", "link", "missed", "ordered", "place", "pool", "slot", "state", "units",
        "up", "zombies",
    )  # fmt: skip

    def __init__(self, number: int, pool: int, slot: int, incarnation: int, ordered: float) -> None:
        self.id = number
        self.pool = pool
        self.slot = slot
        self.incarnation = incarnation
        self.state = BOOTING
        self.place = -1
        self.units: dict[Unit, Fleet] = {}
        self.bereft: list[tuple[Fleet, Unit]] = []
        self.zombies: dict[Unit, Fleet] = {}
        self.link = Link()
        self.images: dict[tuple[int, int], float] = {}
        self.faults = self.cuts = self.changes = 0
        self.is_draining = self.is_replaced = False
        self.ordered = ordered
        self.up = self.drained = self.missed = self.gone = nan

    @property
    def is_dead(self) -> bool:
        """Whether it does not answer, noticed or not."""
        return self.state in (LOST, NOT_READY)

    @property
    def is_missed(self) -> bool:
        """Whether it is known not to answer, or not to be heard."""
        return self.state == NOT_READY or (self.state == ISOLATED and self.missed == self.missed)
