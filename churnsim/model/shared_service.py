"""A shared service: something that many depend on, and that is up or down."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from churnsim.engine import Order
from churnsim.trace.schema import ServiceState

if TYPE_CHECKING:
    from churnsim.engine import World


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
    """

    FAMILY: ClassVar[int]
    MOVES: ClassVar[tuple[frozenset[int], ...]] = (
        frozenset({int(ServiceState.DOWN)}),
        frozenset({int(ServiceState.UP)}),
    )

    def __init__(self, index: int, name: str, world: World) -> None:
        self.id = index
        self.name = name
        self.state = int(ServiceState.UP)
        self._world = world
        self._faults = 0
        self._waiting: list[tuple[Callable[[Any], object], Any]] = []
        world.born(self, self.state, world.cause("start"), world.start)

    @property
    def is_up(self) -> bool:
        """Whether it answers."""
        return self._faults == 0

    def fail(self, cause: int) -> None:
        """Stop answering, until `recover` has been called as often as `fail`."""
        if self._faults == 0:
            self.about_to_fail()
        self._faults += 1
        if self._faults == 1:
            self._world.become(self, int(ServiceState.DOWN), cause)
            self.failed()

    def recover(self, cause: int) -> None:
        """Answer again, at once those who wait for it."""
        self._faults -= 1
        if self._faults == 0:
            self._world.become(self, int(ServiceState.UP), cause)
            self.recovered()
            waiting, self._waiting = self._waiting, []
            for act, subject in waiting:
                self._world.at(self._world.now, Order.ASK, act, subject)

    def wait(self, act: Callable[[Any], object], subject: Any) -> None:
        """Call ``act(subject)`` the instant it answers again."""
        self._waiting.append((act, subject))

    def about_to_fail(self) -> None:
        """What to settle before the world changes."""

    def failed(self) -> None:
        """What to do once it is down."""

    def recovered(self) -> None:
        """What to do once it is up again."""
