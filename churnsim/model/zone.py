"""A zone: nodes that fail together, and the rate at which those that are lost are evicted."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING

from churnsim.engine import Order
from churnsim.model.control_plane import ControlPlane
from churnsim.model.node import Node

if TYPE_CHECKING:
    from churnsim.engine import World

_MANY_LEAST = 3  # fewer nodes not ready are never many, whatever their share (F187)


class Zone:
    """Nodes of one zone that are or were up, and the queue of those that are not ready.

    A node that is not ready is marked for eviction at a limited rate; its units put up with the mark for the
    toleration, and are then replaced. Source: F184-F187.

    Parameters
    ----------
    name : str
        Its name.
    control : ControlPlane
        The timings.
    world : World
        Where it stands.
    evict : callable
        Replaces the units of a node.
    review : callable
        Lets every zone look at its queue, knowing how the others are.
    """

    def __init__(
        self,
        name: str,
        control: ControlPlane,
        world: World,
        evict: Callable[[Node], object],
        review: Callable[[object], object],
    ) -> None:
        self.name = name
        self.faults = 0
        self.nodes: dict[Node, None] = {}  # in order of arrival
        self.stalled: list[Node] = []  # cannot boot while it is down
        self._unready: dict[Node, None] = {}
        self._control = control
        self._world = world
        self._evict = evict
        self._review = review
        self._queue: deque[Node] = deque()
        self._marked: dict[Node, float] = {}  # since when [s]
        self._last = self._due = -inf

    @property
    def is_dark(self) -> bool:
        """Whether no node of it is ready."""
        return len(self._unready) == len(self.nodes)

    def miss(self, node: Node) -> None:
        """Queue up a node that is not ready any more."""
        self._unready[node] = None
        self._queue.append(node)

    def back(self, node: Node) -> None:
        """Count a node as ready again, if it was not, or as gone."""
        if node in self._unready:
            del self._unready[node]
            self._marked.pop(node, None)
            if node in self._queue:
                self._queue.remove(node)

    def look(self, is_all_dark: bool) -> None:
        """Mark the next nodes of the queue, as far as the rate allows.

        Where no node of any zone is ready, it is rather the control plane that is deaf: marks are lifted.
        """
        world, rate = self._world, self.rate
        if is_all_dark:
            self._queue.extendleft(reversed(self._marked))
            self._marked.clear()
            return
        while self._queue and rate > 0:
            due = self._last + 1.0 / rate
            if due > world.now:
                if due != self._due:
                    self._due = due
                    world.at(due, Order.LIFECYCLE, self._review)
                return
            node = self._queue.popleft()
            self._last = self._marked[node] = world.now
            until = world.now + self._control.toleration
            world.at(until, Order.LIFECYCLE, self._run_out, (node, world.now))

    @property
    def rate(self) -> float:
        """Nodes that may be marked per time [1/s], while other zones are well.

        A zone that is lost as a whole is evicted at the full rate: there is room elsewhere.
        """
        unready, all_of_them = len(self._unready), len(self.nodes)
        is_many = unready >= _MANY_LEAST and unready >= self._control.unhealthy * all_of_them
        if self.is_dark or not is_many:
            return self._control.eviction_rate
        return self._control.reduced_rate if all_of_them > self._control.large else 0.0

    def _run_out(self, mark: tuple[Node, float]) -> None:
        node, since = mark
        if self._marked.get(node) == since:
            del self._marked[node]
            self._evict(node)
