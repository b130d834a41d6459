"""A shared service: something that many depend on, and that is up, down, or blocked by what it needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from churnsim.engine import Order
from churnsim.trace.code import ServiceState

if TYPE_CHECKING:
    from churnsim.engine import World

UP, DOWN, BLOCKED = (int(state) for state in ServiceState)


class SharedService:
    """State of an issuer or a policy source at work.

    Parameters
    ----------
    index : int
        Position among the scenario's services of its family.
    name : str
        Its name.
    world : World
        Where it stands.
    is_starting : bool
        Whether it has yet to start when the world begins; else it has long been up.
    """

    FAMILY: ClassVar[int]
    MOVES: ClassVar[tuple[frozenset[int], ...]] = (
        frozenset({DOWN}),
        frozenset({UP, BLOCKED}),
        frozenset({UP, DOWN}),
    )

    def __init__(self, index: int, name: str, world: World, is_starting: bool = False) -> None:
        self.id = index
        self.name = name
        self.state = BLOCKED if is_starting else UP
        self._world = world
        self._faults = 0
        self._waiting: list[tuple[Callable[[Any], object], Any]] = []
        self._needs: tuple[SharedService, ...] = ()
        self._needed_by: list[SharedService] = []
        world.born(self, self.state, world.cause("start"), world.start)

    @property
    def is_up(self) -> bool:
        """Whether it answers."""
        return self.state == UP

    def need(self, services: Sequence[SharedService]) -> None:
        """Start, from now on, only while all of these are up."""
        self._needs = tuple(services)
        for service in services:
            service._needed_by.append(self)

    def fail(self, cause: int) -> None:
        """Stop answering, until `recover` has been called as often as `fail`."""
        self._faults += 1
        if self._faults > 1:
            return
        was_up = self.is_up
        if was_up:
            self.about_to_fail()
        self._world.become(self, DOWN, cause)
        if was_up:
            self.failed()

    def recover(self, cause: int) -> None:
        """Answer again, at once those who wait for it, if what it needs is up."""
        self._faults -= 1
        if self._faults == 0:
            if self._can_start:
                self._start(cause)
            else:
                self._world.become(self, BLOCKED, cause)

    def look(self, _: object = None) -> None:
        """Start if it is blocked and what it needs is up."""
        if self.state == BLOCKED and self._can_start:
            self._start(self._world.cause("needs-met"))

    def wait(self, act: Callable[[Any], object], subject: Any) -> None:
        """Call ``act(subject)`` the instant it answers again."""
        self._waiting.append((act, subject))

    def about_to_fail(self) -> None:
        """What to settle before the world changes."""

    def failed(self) -> None:
        """What to do once it is down."""

    def recovered(self) -> None:
        """What to do once it is up again."""

    @property
    def _can_start(self) -> bool:
        return all(service.is_up for service in self._needs)

    def _start(self, cause: int) -> None:
        self._world.become(self, UP, cause)
        self.recovered()
        waiting, self._waiting = self._waiting, []
        for act, subject in waiting:
            self._world.at(self._world.now, Order.ASK, act, subject)
        for service in self._needed_by:
            service.look()
