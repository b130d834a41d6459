"""The sawtooth: age of a copy that is polled at a constant period, in closed form."""

from __future__ import annotations

import numpy as np

from churnsim.model.copies import seconds
from churnsim.model.refresh import Columns, Floats, Indices, Lives, Source


class Sawtooth:
    """Polls number 1, 2, … at ``anchor + number·period``, and the age ``t - read`` of the answer in force.

    Parameters
    ----------
    anchor : (n,) array
        Instant [s] of everyone's poll number 0, answered at once.
    period, delay : float
        Time between polls, and from poll to applied answer [s].
    """

    def __init__(self, anchor: Floats, period: float, delay: float) -> None:
        self.anchor = anchor
        self.period = period
        self.delay = delay

    def poll(self, who: Indices, number: Indices) -> Floats:
        """Instant [s] of a poll."""
        return self.anchor[who] + number * self.period

    def next_number(self, who: Indices, at: Floats) -> Indices:
        """Number (from 1) of the first poll at or after the instants `at` [s]."""
        number = np.maximum(np.ceil((at - self.anchor[who]) / self.period), 1.0).astype(np.int64)
        # The division may have been rounded across a whole number, either way.
        number += self.poll(who, number) < at
        number -= (number > 1) & (self.poll(who, number - 1) >= at)
        return number

    def next_poll(self, who: Indices, at: Floats) -> Floats:
        """First poll (from number 1) at or after the instants `at` [s]."""
        return self.poll(who, self.next_number(who, at))

    def account(self, lives: Lives, source: Source) -> tuple[Columns, Columns]:
        """Columns of the tables polls and lapses."""
        everyone, n = np.arange(lives.unit.size), lives.unit.size
        low = np.maximum(lives.since, source.t0)
        high = np.maximum(np.minimum(lives.until, source.t1), low)
        area = self._area(everyone, low, high)
        # Polls in the window, and refreshes (polls whose answers are applied) in the window: [first, past).
        asked, asked_past = self.next_number(everyone, low), self.next_number(everyone, high)
        fresh, fresh_past = (
            self.next_number(everyone, low - self.delay),
            self.next_number(everyone, high - self.delay),
        )
        polls = asked_past - asked + (~lives.aged & (lives.since >= source.t0) & (lives.since < source.t1))
        peaks = fresh_past - fresh
        peak_sum = peaks * (self.period + self.delay)

        # Gaps: polls number last+1 … back-1 went unanswered, so the age grew on from `last` to `back`.
        who, last, back = self._gaps(lives, source)
        since, until = self.poll(who, last), self.poll(who, back) + self.delay
        begin = np.clip(since + self.delay, low[who], high[who])
        end = np.clip(until, low[who], high[who])
        linear = ((end - since) ** 2 - (begin - since) ** 2) / 2
        area += np.bincount(who, weights=linear - self._area(who, begin, end), minlength=n)
        unasked = _overlap(last + 1, back, asked[who], asked_past[who])
        unfresh = _overlap(last + 1, back, fresh[who], fresh_past[who])
        polls = polls - np.bincount(who, weights=unasked, minlength=n).astype(np.int64)
        peaks = peaks - np.bincount(who, weights=unfresh, minlength=n).astype(np.int64)
        ended = (back >= fresh[who]) & (back < fresh_past[who])
        taller = np.where(ended, (back - last - 1) * self.period, 0.0) - unfresh * (self.period + self.delay)
        peak_sum = peak_sum + np.bincount(who, weights=taller, minlength=n)

        start = np.maximum(since + source.budget, lives.since[who])
        stop = np.minimum(until, lives.until[who])
        stale = start < stop
        return {
            "unit": lives.unit,
            "polls": polls,
            "seconds": seconds(lives, source),
            "age_integral": area,
            "peaks": peaks,
            "peak_sum": peak_sum,
        }, {
            "unit": lives.unit[who[stale]],
            "read": since[stale],
            "start": start[stale],
            "end": stop[stale],
        }

    def _gaps(self, lives: Lives, source: Source) -> tuple[Indices, Indices, Indices]:
        """Who went without an answer; number of the last answered poll and of the next answered one."""
        outages = len(source.down)
        who = np.repeat(np.arange(lives.unit.size), outages)
        outage = np.tile(source.down, (lives.unit.size, 1)).reshape(-1, 2)
        last = self.next_number(who, outage[:, 0]) - 1
        back = self.next_number(who, outage[:, 1])
        concerned = (last + 1 < back) & (outage[:, 0] < lives.until[who]) & (outage[:, 1] > lives.since[who])
        return who[concerned], last[concerned], back[concerned]

    def _area(self, who: Indices, low: Floats, high: Floats) -> Floats:
        """Integral of the age from `low` to `high` [s²] if every poll is answered."""
        return np.where(high > low, self._primitive(who, high) - self._primitive(who, low), 0.0)

    def _primitive(self, who: Indices, at: Floats) -> Floats:
        # Until the answer to poll 1 arrives the age counts from poll 0, which was answered at once.
        elapsed = at - self.anchor[who]
        beyond = elapsed - self.delay - self.period
        teeth = np.floor(beyond / self.period)
        rest = beyond - teeth * self.period
        tooth = self.period**2 / 2 + self.delay * self.period
        first = (self.period + self.delay) ** 2 / 2
        return np.where(beyond < 0, elapsed**2 / 2, first + teeth * tooth + rest**2 / 2 + self.delay * rest)


def _overlap(low: Indices, high: Indices, from_: Indices, to: Indices) -> Indices:
    """How many whole numbers lie in both ``[low, high)`` and ``[from_, to)``."""
    shared: Indices = np.maximum(np.minimum(high, to) - np.maximum(low, from_), 0)
    return shared
