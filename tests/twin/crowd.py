"""A slow twin of calls that take time: every attempt waits, is worked on and may be given up by itself."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from math import inf

import numpy as np


@dataclass(frozen=True)
class Terms:
    """How a callee serves and its caller calls.

    Parameters
    ----------
    rate : callable
        Calls per time [1/s] at an instant [s], never more than `most`.
    most : float
        [1/s]
    units, workers, queue : int
        Units; requests each works on, and that wait in it at most.
    capacity : float
        Requests that a unit serves per time [1/s].
    retries : int
        Further attempts of a call at most.
    budget : float
        Retries that each call saves up for all; infinite: as many as they like.
    timeout, pause : float
        How long a caller waits, and pauses on average before it tries again, by an exponential law [s].
    listed : callable, optional
        Numbers of the units that are listed at an instant [s]; of those that are gone, -1. By default all.
    """

    rate: Callable[[float], float]
    most: float
    units: int
    workers: int
    queue: int
    capacity: float
    retries: int = 0
    budget: float = inf
    timeout: float = inf
    pause: float = 0.0
    listed: Callable[[float], Sequence[int]] | None = None


@dataclass(eq=False)
class _Attempt:
    """One attempt: of which call, the how manieth, and whether its caller still waits."""

    counted: bool
    number: int
    is_waited_for: bool = True


@dataclass(eq=False)
class _Unit:
    """One unit: how many it works on, and who waits, first come, first served."""

    busy: int = 0
    waiting: deque[_Attempt] = field(default_factory=deque)


class Crowd:
    """Calls that come by chance, and what becomes of each.

    Parameters
    ----------
    terms : Terms
        How it goes.
    random : numpy.random.Generator
        Chance.
    counted : pair of float
        From when to when calls come that are counted [s].

    Attributes
    ----------
    counts : Counter
        Calls (`first`, `answered`, `failed`) and attempts (`attempts`, `served`, `shed`, `timed_out`,
        `no_endpoint`, `dead_endpoint`).
    """

    def __init__(
        self, terms: Terms, random: np.random.Generator, counted: tuple[float, float] = (0.0, inf)
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._terms, self._counted = terms, counted
        self._uniform = _drawn(random.random)
        self._gap = _drawn(random.standard_exponential)
        self._units = [_Unit() for _ in range(terms.units)]
        self._saved = 0.0
        self._events: list[tuple[float, int, Callable[[float, object], None], object]] = []
        self._ticket = count()
        self._next(0.0, None)

    def run(self, until: float) -> None:
        """Live until an instant [s]."""
        while self._events[0][0] < until:
            now, _, happen, what = heappop(self._events)
            happen(now, what)

    def finish(self) -> None:
        """Let nobody else come, and all who are there have what they wait for."""
        while self._events:
            now, _, happen, what = heappop(self._events)
            if happen != self._call:
                happen(now, what)

    def _at(self, when: float, happen: Callable[[float, object], None], what: object) -> None:
        heappush(self._events, (when, next(self._ticket), happen, what))

    def _next(self, now: float, _: object) -> None:
        self._at(now + next(self._gap) / self._terms.most, self._call, None)

    def _call(self, now: float, _: object) -> None:
        self._next(now, None)
        if next(self._uniform) * self._terms.most < self._terms.rate(now):
            self._saved += min(self._terms.budget, self._terms.retries)
            is_counted = self._counted[0] <= now < self._counted[1]
            self.counts["first"] += is_counted
            self._ask(now, _Attempt(is_counted, 0))

    def _ask(self, now: float, attempt: object) -> None:
        assert isinstance(attempt, _Attempt)
        terms = self._terms
        listed = range(terms.units) if terms.listed is None else terms.listed(now)
        number = listed[int(next(self._uniform) * len(listed))] if listed else None
        self.counts["attempts"] += attempt.counted
        if number is None or number < 0:
            self.counts["no_endpoint" if number is None else "dead_endpoint"] += attempt.counted
            self._fail(now, attempt)
            return
        unit = self._units[number]
        if unit.busy == terms.workers and len(unit.waiting) == terms.queue:
            self.counts["shed"] += attempt.counted
            self._fail(now, attempt)
            return
        if unit.busy < terms.workers:
            unit.busy += 1
            self._work(now, unit, attempt)
        else:
            unit.waiting.append(attempt)
        if terms.timeout < inf:
            self._at(now + terms.timeout, self._give_up, attempt)

    def _work(self, now: float, unit: _Unit, attempt: _Attempt) -> None:
        work = next(self._gap) * self._terms.workers / self._terms.capacity
        self._at(now + work, self._answer, (unit, attempt))

    def _answer(self, now: float, what: object) -> None:
        unit, attempt = what  # type: ignore[misc]
        # Whoever has given up is worked on all the same: nobody tells.
        self.counts["served" if attempt.is_waited_for else "timed_out"] += attempt.counted
        self.counts["answered"] += attempt.counted and attempt.is_waited_for
        attempt.is_waited_for = False
        if unit.waiting:
            self._work(now, unit, unit.waiting.popleft())
        else:
            unit.busy -= 1

    def _give_up(self, now: float, attempt: object) -> None:
        assert isinstance(attempt, _Attempt)
        if attempt.is_waited_for:
            attempt.is_waited_for = False
            self._fail(now, attempt)

    def _fail(self, now: float, attempt: _Attempt) -> None:
        if attempt.number < self._terms.retries and self._saved >= 1.0:
            self._saved -= 1.0
            again = _Attempt(attempt.counted, attempt.number + 1)
            self._at(now + next(self._gap) * self._terms.pause, self._ask, again)
        else:
            self.counts["failed"] += attempt.counted


def _drawn(draw: Callable[[int], np.ndarray]) -> Iterator[float]:
    while True:
        yield from draw(1 << 14).tolist()
