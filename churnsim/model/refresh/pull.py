"""Pull: every enforcement point asks the source on a clock of its own.

A poll that finds no new version changes nothing, so no poll is ever put on the world's queue. With a
constant period only the polls that can matter are worked out, in closed form; with a varying one every
poll's instant is drawn, in vectorised blocks.
"""

from typing import Literal

import numpy as np
from pydantic import Field

from churnsim.base.distribution import Law
from churnsim.engine import Stream
from churnsim.model.copies import empty, from_fetches, joined, ragged, starts
from churnsim.model.gap import Gap
from churnsim.model.refresh import Copies, Floats, Indices, Lives, Refresh, Source
from churnsim.model.sawtooth import Sawtooth

_LOT = 1024  # points whose polls are drawn together
_WIDTH = 64  # polls drawn per point and step


class PullRefresh(Refresh):
    """Ask at intervals; each answer is applied after a delay."""

    kind: Literal["pull"] = "pull"
    every: Gap = Field(description="time between a point's polls")
    delay: Law = Field("0s", validate_default=True, description="time from reading at the source to applying")

    @property
    def memory(self) -> float:
        return 2 * self.every.longest + self.delay.longest

    def retry(self, stream: Stream, lane: int, tries: int) -> float | None:
        return float(self.every.inverse(stream.uniform(lane, tries)))

    def settle(self, lives: Lives, source: Source) -> Copies:
        if not lives.unit.size:
            return empty()
        if self._is_regular(source):
            return self._settle_regular(lives, source)
        lots = [slice(i, i + _LOT) for i in range(0, lives.unit.size, _LOT)]
        return joined([self._settle_drawn(_part(lives, lot), source) for lot in lots])

    def _is_regular(self, source: Source) -> bool:
        """Whether the closed form holds: constant laws, no stale copy between two answered polls."""
        if not (self.every.is_constant and self.delay.is_constant):
            return False
        period, delay = self.every.mean, self.delay.mean
        between = source.down[1:, 0] - source.down[:-1, 1]
        return source.budget >= period + delay and bool(np.all(between > period))

    # --- every poll drawn ----------------------------------------------------------------------------

    def _settle_drawn(self, lives: Lives, source: Source) -> Copies:
        who, number, read = self._polls(lives, source)
        delay = np.asarray(
            self.delay.inverse(
                lives.delays.uniform(lives.delays.lane(lives.slot[who], lives.incarnation[who]), number)
            ),
            float,
        )
        answered = ~source.is_down(read)
        who, read, applied = who[answered], read[answered], (read + delay)[answered]
        n = lives.unit.size
        everyone = np.concatenate([np.arange(n), who])
        times = np.concatenate([self._before(lives, source), read])
        arrived = np.concatenate([np.where(lives.aged, source.start, lives.since), applied])
        order = np.argsort(everyone, kind="stable")
        everyone, times, arrived = everyone[order], times[order], arrived[order]
        inside = (read >= source.t0) & (read < source.t1)
        fetches = starts(lives, source) + np.bincount(who[inside], minlength=n)
        return from_fetches(lives, source, everyone, source.version(times), times, arrived, fetches)

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


def _part(lives: Lives, lot: slice) -> Lives:
    return Lives(
        lives.unit[lot],
        lives.slot[lot],
        lives.incarnation[lot],
        lives.since[lot],
        lives.until[lot],
        lives.aged[lot],
        lives.polls,
        lives.delays,
    )
