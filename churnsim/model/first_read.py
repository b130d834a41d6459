"""First reads: how units that start are given their policy, so many at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import inf
from typing import TYPE_CHECKING, Annotated, Protocol, Self

from pydantic import Field, model_validator

from churnsim.base.distribution import Law
from churnsim.base.errors import located, refusal
from churnsim.base.quantity import PositiveDuration
from churnsim.base.recipe import Recipe
from churnsim.engine import Order
from churnsim.model.retry import RETRIES, Retry
from churnsim.model.unit import Unit

if TYPE_CHECKING:
    from churnsim.engine import World


class FirstRead(Recipe):
    """Reads of units that start: first come, first served; who has given up is answered in vain."""

    at_once: int = Field(
        1, strict=True, ge=1, le=100_000, description="units that are answered at the same time"
    )
    takes: Law = Field(description="time that one answer takes", examples=["200ms"])
    timeout: PositiveDuration | None = Field(
        None, description="how long a unit waits for its answer before it gives up; by default for ever"
    )
    retry: Annotated[Retry, RETRIES] | None = Field(
        None,
        description="when a unit asks again; by default at once, in an outage as its refresh does",
    )

    @model_validator(mode="after")
    def _asks_again(self) -> Self:
        if self.retry is not None and self.retry.gives_up:
            kind = str(getattr(self.retry, "kind", ""))
            said = f"a unit that may never ask again may never start (got {kind})"
            raise located(
                refusal("retry", said, "take another rule, or leave it out"), "retry", "kind", value=kind
            )
        return self


@dataclass(eq=False, slots=True)
class FirstAsk:
    """A unit's wish for its first policy, since it was first `asked` [s]; `then` it can go on."""

    unit: Unit
    then: Callable[[], object]
    asked: float
    tries: int = 0


class Asker(Protocol):
    """Who asks for units: the readers of one fleet."""

    def answered(self, ask: FirstAsk) -> None:
        """The policy has come."""

    def unanswered(self, ask: FirstAsk) -> None:
        """It gave up, or the source went down."""


@dataclass(eq=False, slots=True)
class _Read:
    place: tuple[str, int, int]
    ask: FirstAsk
    by: Asker
    work: float
    is_over: bool = False


@dataclass(eq=False)
class ReadingDesk:
    """Who answers first reads.

    When an answer is ready is known as soon as its reader has come: nobody overtakes, and none that was
    given up is dropped. All who come at one instant are taken in at its end, by fleet, slot and incarnation.

    Parameters
    ----------
    recipe : FirstRead
        What it can do.
    world : World
        Where it stands.
    slowness : callable
        How many times as long an answer takes that is begun at an instant [s].
    """

    recipe: FirstRead
    world: World
    slowness: Callable[[float], float]
    _free: list[float] = field(init=False)
    _coming: list[_Read] = field(default_factory=list)
    _open: dict[_Read, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._free = [-inf] * self.recipe.at_once

    def come(self, place: tuple[str, int, int], ask: FirstAsk, by: Asker, work: float) -> None:
        """Let a unit ask now; `work` is how long its answer takes when nothing is slow [s]."""
        self._coming.append(_Read(place, ask, by, work))
        if len(self._coming) == 1:
            self.world.at(self.world.now, Order.SERVE, self._serve)

    def fail(self) -> None:
        """Lose whatever is there: the source is down."""
        lost, self._open = list(self._open), {}
        self._free = [-inf] * self.recipe.at_once
        for read in lost:
            read.is_over = True
            read.by.unanswered(read.ask)

    def lose(self, unit: Unit) -> None:
        """Lose what a unit waits for that cannot be told any more; its answer is worked out all the same."""
        for read in [read for read in self._open if read.ask.unit is unit]:
            self._conclude(read)
            read.by.unanswered(read.ask)

    def _serve(self, _: object) -> None:
        coming, self._coming = sorted(self._coming, key=lambda read: read.place), []
        now, timeout = self.world.now, self.recipe.timeout
        for read in coming:
            begin = max(now, heappop(self._free))
            end = begin + read.work * self.slowness(begin)
            heappush(self._free, end)
            self._open[read] = None
            if timeout is not None and end > now + timeout:
                self.world.at(now + timeout, Order.PATIENCE, self._give_up, read)
            else:
                self.world.at(end, Order.ANSWER if end > now else Order.SERVE, self._answer, read)

    def _answer(self, read: _Read) -> None:
        if not read.is_over:
            self._conclude(read)
            read.by.answered(read.ask)

    def _give_up(self, read: _Read) -> None:
        if not read.is_over:
            self._conclude(read)
            read.by.unanswered(read.ask)

    def _conclude(self, read: _Read) -> None:
        read.is_over = True
        del self._open[read]
