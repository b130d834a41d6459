"""Pull: every enforcement point asks the source on a clock of its own.

A poll that finds no new version changes nothing, so no poll is ever put on the world's queue. With a
constant period only the polls that can matter are worked out, in closed form; with a varying one every
poll's instant is drawn, in vectorised blocks.
"""

from collections.abc import Iterator
from math import ceil, isfinite, log
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from churnsim.base.distribution import Law
from churnsim.base.quantity import Share
from churnsim.engine import Stream
from churnsim.model.copies import empty, from_fetches, joined, ragged, starts
from churnsim.model.gap import Gap
from churnsim.model.line import ReadCapacity
from churnsim.model.refresh import Copies, Floats, Indices, Lives, Refresh, Source
from churnsim.model.retry import RETRIES, Retry
from churnsim.model.sawtooth import Sawtooth

_LOT = 1024  # points whose polls are drawn together
_WIDTH = 64  # polls drawn per point and step
_NARROW = 8  # the same where many of them fail


class PullRefresh(Refresh):
    """Ask at intervals; each answer is applied after a delay, or lost.

    A poll that fails, because it is lost or the source is down, is followed by the next one at its usual
    interval, or by a retry. What a point starts with is never lost: it is not ready before it has a policy.
    Source: docs/theory.md O23, O30.
    """

    kind: Literal["pull"] = "pull"
    every: Gap = Field(description="time between a point's polls")
    delay: Law = Field("0s", validate_default=True, description="time from reading at the source to applying")
    loss: Share = Field("0%", validate_default=True, description="chance that a poll comes to nothing")
    retry: Annotated[Retry, RETRIES] | None = Field(
        None, description="when a poll that failed is made again; after the usual time by default"
    )
    capacity: ReadCapacity | None = Field(
        None,
        description="polls of all points that the source answers per time, in the order in which they come; "
        "by default any number",
    )

    @property
    def memory(self) -> float:
        # As long as losses in a row go on with a chance above one in a thousand.
        polls = ceil(log(1e-3) / log(self.loss)) if 0.0 < self.loss < 1.0 else 0
        return (2 + polls) * self.every.longest + self.delay.longest

    def first_pause(self, stream: Stream, lane: int, tries: int) -> float | None:
        if self.retry is not None:
            pause = self.retry.delay(tries, 0.0, 0.0, stream.uniform(lane, tries))
            if self.retry.waits_for_recovery:
                return None
            if isfinite(pause):
                return pause
        return float(self.every.inverse(stream.uniform(lane, tries)))

    @property
    def reads_per_s(self) -> float | None:
        return self.capacity

    def asks(self, lives: Lives, source: Source) -> tuple[Indices, Floats]:
        found = []
        for lot in _lots(lives):
            who, _, at = self._reaching(lot, source)
            found.append((lot.unit[who], at))
        none = (np.empty(0, np.int64), np.empty(0))
        unit, when = (np.concatenate(column) for column in zip(none, *found, strict=True))
        return unit, when

    def settle(self, lives: Lives, source: Source) -> Copies:
        if not lives.unit.size:
            return empty()
        if self._is_regular(source):
            return self._settle_regular(lives, source)
        return joined([self._settle_drawn(lot, source) for lot in _lots(lives)])

    def _is_regular(self, source: Source) -> bool:
        """Whether the closed form holds: constant laws, no stale copy between two answered polls."""
        if not (self.every.is_constant and self.delay.is_constant) or self.loss or self.retry is not None:
            return False
        if source.slow.size or source.line is not None:
            return False
        period, delay = self.every.mean, self.delay.mean
        between = source.down[1:, 0] - source.down[:-1, 1]
        return source.budget >= period + delay and bool(np.all(between > period))

    # --- every poll drawn ----------------------------------------------------------------------------

    def _settle_drawn(self, lives: Lives, source: Source) -> Copies:
        who, number, asked = self._reaching(lives, source)
        # Whoever is in line is read what is the newest when his turn comes.
        read = asked if source.line is None else source.when_up(source.line.of_units(lives.unit[who]))
        delay = np.asarray(
            self.delay.inverse(
                lives.delays.uniform(lives.delays.lane(lives.slot[who], lives.incarnation[who]), number)
            ),
            float,
        )
        applied = read + delay * source.slowness(read)
        n = lives.unit.size
        everyone = np.concatenate([np.arange(n), who])
        times = np.concatenate([self._before(lives, source), read])
        arrived = np.concatenate([np.where(lives.aged, source.start, lives.since), applied])
        order = np.argsort(everyone, kind="stable")
        everyone, times, arrived = everyone[order], times[order], arrived[order]
        inside = (asked >= source.t0) & (asked < source.t1)
        fetches = starts(lives, source) + np.bincount(who[inside], minlength=n)
        return from_fetches(lives, source, everyone, source.version(times), times, arrived, fetches)

    def _reaching(self, lives: Lives, source: Source) -> tuple[Indices, Indices, Floats]:
        """Polls that reach the source while it is up: position in `lives`, number, instant [s]."""
        varies = self.loss or self.retry is not None
        who, number, at = self._attempts(lives, source) if varies else self._polls(lives, source)
        up = ~source.is_down(at)
        return who[up], number[up], at[up]

    def _before(self, lives: Lives, source: Source) -> Floats:
        """Instant [s] of the poll before the first: for a new point the fetch that it started with."""
        if not self.every.is_constant:
            # How old the copy is that an aged point holds at the start no uniform tells: take it for new.
            return np.where(lives.aged, source.start, lives.since)
        phase = self.every.equilibrium(
            lives.polls.uniform(lives.polls.lane(lives.slot, lives.incarnation), 0)
        )
        return np.where(lives.aged, source.start + phase - self.every.mean, lives.since)

    def _polls(self, lives: Lives, source: Source) -> tuple[Indices, Indices, Floats]:
        """All polls: position in `lives`, number (from 1), instant [s]; sorted by position and time."""
        lanes = lives.polls.lane(lives.slot, lives.incarnation)
        uniform = lives.polls.uniform
        rest = np.asarray(self.every.equilibrium(uniform(lanes, 0)), float)
        step = np.asarray(self.every.inverse(uniform(lanes, 1)), float)
        due = np.where(lives.aged, source.start + rest, lives.since + step)
        # The next gap to draw: an aged point has used uniform 0, a new one uniform 1.
        index = np.where(lives.aged, 1, 2)
        number = np.ones(due.size, np.int64)
        whos, numbers, times = [], [], []
        rows = np.flatnonzero(due < lives.until)
        while rows.size:
            columns = np.arange(_WIDTH)
            gaps = np.asarray(
                self.every.inverse(uniform(lanes[rows][:, None], index[rows][:, None] + columns)), float
            )
            block = np.cumsum(np.concatenate([due[rows][:, None], gaps], axis=1), axis=1)
            inside = block[:, :-1] < lives.until[rows][:, None]
            whos.append(np.repeat(rows, inside.sum(axis=1)))
            numbers.append((number[rows][:, None] + columns)[inside])
            times.append(block[:, :-1][inside])
            due[rows] = block[:, -1]
            index[rows] += _WIDTH
            number[rows] += _WIDTH
            rows = rows[due[rows] < lives.until[rows]]
        if not whos:
            return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
        who = np.concatenate(whos)
        order = np.argsort(who, kind="stable")
        return who[order], np.concatenate(numbers)[order], np.concatenate(times)[order]

    def _attempts(self, lives: Lives, source: Source) -> tuple[Indices, Indices, Floats]:
        """All polls that come to something, where what follows on a poll depends on whether it failed."""
        lanes, losing, retrying = (
            lives.polls.lane(lives.slot, lives.incarnation, *more) for more in ((), (1,), (2,))
        )
        uniform = lives.polls.uniform
        due = np.where(
            lives.aged,
            source.start + np.asarray(self.every.equilibrium(uniform(lanes, 0)), float),
            lives.since + np.asarray(self.every.inverse(uniform(lanes, 1)), float),
        )
        number, tries = np.ones(due.size, np.int64), np.zeros(due.size, np.int64)
        first = np.zeros(due.size)
        width = _WIDTH if self.loss < 0.02 else _NARROW
        whos, numbers, times = [], [], []
        rows = np.flatnonzero(due < lives.until)
        while rows.size:
            # A block of polls, up to the first that fails; what follows on that one it decides itself.
            counted = number[rows][:, None] + np.arange(width)
            index = counted + ~lives.aged[rows][:, None]
            gaps = np.asarray(self.every.inverse(uniform(lanes[rows][:, None], index)), float)
            gaps = np.broadcast_to(gaps, counted.shape)
            at = np.cumsum(np.concatenate([due[rows][:, None], gaps[:, :-1]], axis=1), axis=1)
            failed = source.is_down(at) | (uniform(losing[rows][:, None], counted) < self.loss)
            last = np.where(failed.any(axis=1), failed.argmax(axis=1), width - 1)
            answered = ~failed & (np.arange(width) <= last[:, None]) & (at < lives.until[rows][:, None])
            whos.append(np.repeat(rows, answered.sum(axis=1)))
            numbers.append(counted[answered])
            times.append(at[answered])
            each = np.arange(rows.size)
            now, usual, lost = at[each, last], gaps[each, last], failed[each, last]
            number[rows] += last + 1
            tries[rows] = np.where(lost, np.where(last > 0, 1, tries[rows] + 1), 0)
            first[rows] = np.where(tries[rows] == 1, now, first[rows])
            due[rows] = now + usual
            if self.retry is not None:
                self._ask_again(source, rows, now, lost, due, tries, first, retrying, number)
            rows = rows[due[rows] < lives.until[rows]]
        if not whos:
            return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
        who = np.concatenate(whos)
        order = np.argsort(who, kind="stable")
        return who[order], np.concatenate(numbers)[order], np.concatenate(times)[order]

    def _ask_again(
        self,
        source: Source,
        rows: Indices,
        now: Floats,
        lost: NDArray[np.bool_],
        due: Floats,
        tries: Indices,
        first: Floats,
        lanes: NDArray[np.uint64],
        number: Indices,
    ) -> None:
        """Let the retry say when those whose poll `now` failed ask again; where it does not, as usual."""
        assert self.retry is not None
        if self.retry.waits_for_recovery:
            down = source.is_down(now)
            due[rows[down]] = source.when_up(now[down])
            return
        chance = Stream.uniform(lanes[rows], number[rows] - 1)
        for i in np.flatnonzero(lost).tolist():
            row = rows[i]
            pause = self.retry.delay(int(tries[row]), float(now[i] - first[row]), 0.0, float(chance[i]))
            if isfinite(pause):
                due[row] = now[i] + pause

    # --- constant period -----------------------------------------------------------------------------

    def _settle_regular(self, lives: Lives, source: Source) -> Copies:
        period, delay = self.every.mean, self.delay.mean
        anchor = self._before(lives, source)
        teeth = Sawtooth(anchor, period, delay)

        begin = np.where(lives.aged, source.start, lives.since)
        low = np.searchsorted(source.commits, begin, side="right")
        who, commit = ragged(low, np.searchsorted(source.commits, lives.until, side="left"))
        read = teeth.next_poll(who, source.commits[commit])
        if source.down.size:
            spell = np.maximum(np.searchsorted(source.down[:, 0], read, side="right") - 1, 0)
            read = np.where(source.is_down(read), teeth.next_poll(who, source.down[spell, 1]), read)
        alive = read < lives.until[who]
        everyone = np.concatenate([np.arange(lives.unit.size), who[alive]])
        # What an aged point holds at the start it read at its poll before.
        times = np.concatenate([anchor, read[alive]])
        order = np.lexsort((times, everyone))
        everyone, times = everyone[order], times[order]
        started = np.diff(everyone, prepend=-1) > 0
        arrived = np.where(started, begin[everyone], times + delay)
        copies = from_fetches(
            lives, source, everyone, source.version(times), times, arrived, starts(lives, source)
        )
        polls, lapses = teeth.account(lives, source)
        return Copies(copies.adoptions, polls, lapses)


def _lots(lives: Lives) -> Iterator[Lives]:
    for low in range(0, lives.unit.size, _LOT):
        yield lives.where(slice(low, low + _LOT))
