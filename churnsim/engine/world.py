"""The world: simulated time on SimPy, and the one door through which every state changes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from enum import IntEnum
from heapq import heappush
from typing import Any, ClassVar, Protocol

import simpy

from churnsim.base.errors import LawBroken
from churnsim.engine.stream import Stream, Streams


class Order(IntEnum):
    """Who goes first among turns at the same instant (docs/design.md).

    A request at the instant of a revocation is judged against the new intent.
    """

    INTENT = 1
    ARRIVAL = 2
    FAULT = 3
    RECOVERY = 4  # after faults: where one outage begins as another ends, there is no instant in between
    LIFECYCLE = 5
    ANSWER = 6  # signatures that are done; after the ends of units, so that the dead are given nothing
    PATIENCE = 7  # after answers: one that comes at the last instant is in time
    ASK = 8  # what units ask of shared services
    SERVE = 9  # a desk takes in all who came at this instant, whatever the order of their turns
    DISPATCH = 10  # a queue hands jobs to all who are free at this instant
    CONTROL = 11  # autoscalers see what all this has come to
    ROLLOUT = 12  # rollouts replace units of what is wanted by then


class Entity(Protocol):
    """Whatever has a state: a unit, an endpoint, an issuer, a policy source.

    ``MOVES[state]`` is the set of states it may take next.
    """

    FAMILY: ClassVar[int]
    MOVES: ClassVar[tuple[frozenset[int], ...]]
    id: int
    state: int


class Sink(Protocol):
    """Whoever is told of every fact: the recorder, a progress bar, a researcher's own callable."""

    def __call__(self, time: float, family: int, entity: int, state: int, cause: int) -> None: ...


class World:
    """A run's clock, its queue of turns, its random streams and its one door.

    Parameters
    ----------
    start : float
        First instant [s]; at or before 0, the history that makes the state at 0 stationary.
    end : float
        Horizon [s]; a turn at or after it never happens.
    streams : Streams
        The named random streams of this replication.
    sinks : sequence of Sink
        Who hears of every fact, in this order.
    causes : sequence of str
        Names of causes; a cause is handed on as its position here.
    """

    def __init__(
        self, *, start: float, end: float, streams: Streams, sinks: Sequence[Sink], causes: Sequence[str]
    ) -> None:
        self.start = start
        self.end = end
        self.env = simpy.Environment(initial_time=start)
        self.turns = 0
        self._streams = streams
        self._sinks = tuple(sinks)
        self._causes = {name: code for code, name in enumerate(causes)}

    @property
    def now(self) -> float:
        """The present instant [s]."""
        return self.env._now

    @property
    def is_quiet(self) -> bool:
        """Whether no other turn is on the queue for this instant."""
        queue = self.env._queue
        return not queue or queue[0][0] > self.env._now

    @property
    def following(self) -> float:
        """The instant of the next turn on the queue [s]; the world's end if there is none."""
        queue = self.env._queue
        return queue[0][0] if queue else self.end

    def stream(self, name: str) -> Stream:
        """Return the named random stream."""
        return self._streams.named(name)

    def cause(self, name: str) -> int:
        """Return the code of a declared cause."""
        return self._causes[name]

    def at(self, when: float, order: int, act: Callable[[Any], object], subject: Any = None) -> None:
        """Call ``act(subject)`` at the instant `when` [s], among its equals by `order`.

        Raises
        ------
        ValueError
            If `when` lies in the past or is not a number.
        """
        if when >= self.end:
            return  # Nothing at or after the horizon can change the record.
        env = self.env
        if not when >= env._now:
            raise ValueError(f"a turn at {when} s cannot be put before the present, {env._now} s")
        # Straight onto SimPy's heap: `schedule` takes a delay, and now + (when - now) may miss `when`
        # by one rounding, which would let turns meant for the same instant overtake each other.
        entry: Any = (when, order, next(env._eid), _Turn(env, self, act, subject))
        heappush(env._queue, entry)

    def process(self, generator: Generator[simpy.Event, Any, Any]) -> simpy.Process:
        """Start a SimPy process."""
        return self.env.process(generator)

    def born(self, entity: Entity, state: int, cause: int, since: float | None = None) -> None:
        """Let an entity enter the record in `state`, since now or since an instant before the start."""
        entity.state = state
        time = self.env._now if since is None else since
        for sink in self._sinks:
            sink(time, entity.FAMILY, entity.id, state, cause)

    def become(self, entity: Entity, state: int, cause: int) -> None:
        """Change an entity's state now, and tell every sink: the one door.

        Raises
        ------
        LawBroken
            If the entity may not move from its state to `state`.
        """
        if state not in entity.MOVES[entity.state]:
            raise LawBroken(
                "L02",
                f"an entity of family {entity.FAMILY} may not move from state {entity.state} to {state}",
                self.env._now,
                str(entity.id),
            )
        entity.state = state
        time = self.env._now
        for sink in self._sinks:
            sink(time, entity.FAMILY, entity.id, state, cause)

    def run(self) -> None:
        """Let every turn before the horizon happen."""
        self.env.run(until=self.end)


class _Turn(simpy.Event):
    """One call at one instant, on SimPy's queue."""

    def __init__(
        self, env: simpy.Environment, world: World, act: Callable[[Any], object], subject: Any
    ) -> None:
        # As SimPy's own Timeout does: triggered from birth, so that nobody else can trigger it.
        self.env = env
        self.callbacks = [_take]
        self._value = None
        self._ok = True
        self.world = world
        self.act = act
        self.subject = subject


def _take(turn: Any) -> None:
    turn.world.turns += 1
    turn.act(turn.subject)
