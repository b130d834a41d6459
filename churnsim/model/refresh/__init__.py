"""Refresh: how an enforcement point's copy of a policy follows the source."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from churnsim.base.recipe import Recipe
from churnsim.base.registry import Kinds
from churnsim.engine import Stream
from churnsim.trace.intervals import Spans

if TYPE_CHECKING:
    from churnsim.model.line import Line

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Columns = dict[str, NDArray[Any]]

_LOT = 1 << 16  # pairs of a point and a version that are settled together


@dataclass(frozen=True)
class Lives:
    """The enforcement points of one policy in one fleet, each from its first policy to its end.

    Parameters
    ----------
    unit, slot, incarnation : (n,) arrays
        Who.
    since, until : (n,) arrays
        Ready with a policy, and gone or the horizon [s].
    aged : (n,) array of bool
        Whether it was ready before the world began (then `since` is its true, earlier instant).
    polls, delays : Stream
        Uniforms of this fleet; lane = (slot, incarnation).
    """

    unit: Indices
    slot: Indices
    incarnation: Indices
    since: Floats
    until: Floats
    aged: NDArray[np.bool_]
    polls: Stream
    delays: Stream

    def where(self, chosen: slice | NDArray[Any]) -> Lives:
        """Return the points that a slice, mask or index array picks."""
        columns = ("unit", "slot", "incarnation", "since", "until", "aged")
        return replace(self, **{name: getattr(self, name)[chosen] for name in columns})

    def lots(self, source: Source) -> Iterator[Lives]:
        """Yield the points bit by bit, few at a time where there are many versions to hear of."""
        size = _LOT // (source.commits.size + 1) + 1
        for low in range(0, self.unit.size, size):
            yield self.where(slice(low, low + size))


@dataclass(frozen=True)
class Source:
    """What happened at a policy source, and what its readers do about it.

    Parameters
    ----------
    commits : (v,) array
        Instants [s] from which versions 1, 2, … can be read; sorted.
    down : (m, 2) array
        Outages ``[from, to)`` [s]; disjoint and sorted.
    budget : float
        Age [s] beyond which a copy counts as stale; infinite for never.
    start, t0, t1 : float
        World's start and measured window [s].
    slow : (s, 3) array
        From when to when [s] an answer takes how many times as long.
    line : Line or None
        When those who follow are read to; None where nobody has to wait.
    """

    commits: Floats
    down: Floats
    budget: float
    start: float
    t0: float
    t1: float
    slow: Floats = field(default_factory=lambda: np.empty((0, 3)))
    line: Line | None = None

    def told(self, spells: Iterable[tuple[float, float]]) -> Source:
        """Return the source as it is for who does not reach it at some times [s]: down then, too."""
        down = np.concatenate([self.down, np.array(list(spells), float).reshape(-1, 2)])
        joined = Spans.of(down[:, 0], down[:, 1])
        return replace(self, down=np.column_stack([joined.start, joined.end]))

    @property
    def sent(self) -> Floats:
        """Instants [s] at which versions 1, 2, … can leave: when committed, or when the source is back."""
        return self.when_up(self.commits)

    def when_up(self, at: Floats) -> Floats:
        """The instants `at` [s], or where the source is down, when it is back."""
        if not self.down.size:
            return at
        spell = np.maximum(np.searchsorted(self.down[:, 0], at, side="right") - 1, 0)
        up: Floats = np.where(self.is_down(at), self.down[spell, 1], at)
        return up

    def version(self, at: Floats) -> Indices:
        """Head version at the instants `at`; a commit counts from its own instant on."""
        return np.searchsorted(self.commits, at, side="right").astype(np.int64)

    def slowness(self, at: Floats) -> Floats | float:
        """How many times as long an answer takes that leaves at the instants `at`."""
        if not self.slow.size:
            return 1.0
        factor = np.ones(at.shape)
        for begin, end, times in self.slow.tolist():
            factor[(at >= begin) & (at < end)] *= times
        return factor

    def is_down(self, at: Floats) -> NDArray[np.bool_]:
        """Whether the source is down at the instants `at`."""
        if not self.down.size:
            return np.zeros(at.shape, bool)
        spell = np.searchsorted(self.down[:, 0], at, side="right") - 1
        down: NDArray[np.bool_] = (spell >= 0) & (at < self.down[np.maximum(spell, 0), 1])
        return down


@dataclass(frozen=True)
class Copies:
    """What became of the copies: columns of the tables adoptions, polls and lapses (without policy).

    Of a lapse, a time in which a copy was older than the budget, also when that copy was `read` [s].
    """

    adoptions: Columns
    polls: Columns
    lapses: Columns

    def in_order_of(self, lives: Lives) -> Copies:
        """Return the same copies with their adoptions in order of points and time, as the trace has them."""
        place = np.argsort(lives.unit)
        who = place[np.searchsorted(lives.unit, self.adoptions["unit"], sorter=place)]
        order = np.lexsort((self.adoptions["applied"], who))
        return replace(self, adoptions={name: column[order] for name, column in self.adoptions.items()})


class Refresh(Recipe):
    """A way of refreshing a copy."""

    @property
    @abstractmethod
    def memory(self) -> float:
        """How long the past matters [s]."""

    @abstractmethod
    def first_pause(self, stream: Stream, lane: int, tries: int) -> float | None:
        """Return the pause [s] before a unit that found the source down at start-up asks again.

        None: it is told the instant the source is back.
        """

    def visible(self, commits: Floats) -> Floats:
        """From when on whoever reads for the first time is given versions committed at `commits` [s]."""
        return commits

    @property
    def reads_per_s(self) -> float | None:
        """How many of those who follow the source reads to per time [1/s]; None for any number."""
        return None

    def asks(self, lives: Lives, source: Source) -> tuple[Indices, Floats]:
        """Who of `lives` comes to a source with a capacity to read, and when [s]; by point, then time."""
        return np.empty(0, np.int64), np.empty(0)

    @abstractmethod
    def settle(self, lives: Lives, source: Source) -> Copies:
        """Work out when every point applied which version."""


REFRESHES = Kinds("refresh", "churnsim.model.refresh", Refresh)
