"""The slow twin's clock: SimPy with absolute times and a fixed order among equals."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappush
from typing import Any

import simpy

from churnsim.base.distribution import Distribution
from churnsim.engine import Stream

# Order at one instant: intent, expiries, propagation, faults, lifecycle, answers, patience that ends,
# requests, what is made of all of them, autoscalers, who see all of it, and rollouts, who see those too.
# Asking a service for something is a request: who is gone at t no longer asks at t. An outage that begins
# where another ends leaves no gap, and what is committed as one begins is sent when it is over. Whoever
# starts as a snapshot is taken begins with it.
INTENT, EXPIRY, ARRIVAL, FAIL, SEND, RECOVER, TAKE, LIFECYCLE = 1, 2, 3, 4, 4.2, 4.5, 4.8, 5
ANSWER, PATIENCE, REQUEST, SERVE, CONTROL, ROLLOUT = 5.2, 5.4, 6, 7, 8, 9
# What is saved at an instant is saved for whoever commits or begins then; jobs are handed out after all else.
CHECKPOINT, DISPATCH = 5.1, 7.5


class Clock:
    """Time from `start` to `end` [s]."""

    def __init__(self, start: float, end: float) -> None:
        self.start = start
        self.end = end
        self.env = simpy.Environment(initial_time=start)

    @property
    def now(self) -> float:
        """The present instant [s]."""
        return self.env._now

    def at(self, when: float, order: float) -> simpy.Event:
        """Return an event that happens at the instant `when` [s]."""
        env = self.env
        event = simpy.Event(env)
        event._ok, event._value = True, None
        # A timeout takes a delay, and now + (when - now) may miss `when` by one rounding.
        heappush(env._queue, (when, order, next(env._eid), event))
        return event

    def call(self, when: float, order: float, act: Any, *subjects: Any) -> None:
        """Call ``act(*subjects)`` at the instant `when` [s]."""
        self.at(when, order).callbacks.append(lambda _: act(*subjects))


def draw(law: Distribution, stream: Stream, lane: int, index: int) -> float:
    """Return one variate [s]."""
    return law.mean if law.is_constant else float(law.inverse(stream.uniform(lane, index)))


def renewal_points(every: Distribution, stream: Stream, lane: int, start: float) -> Iterator[float]:
    """Yield the instants [s] of a stationary renewal process from `start` on."""
    when = start + float(every.equilibrium(stream.uniform(lane, 0)))
    index = 1
    while True:
        yield when
        when += draw(every, stream, lane, index)
        index += 1
