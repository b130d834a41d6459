"""Shipping by the clock: every holder flushes at intervals, counted from its birth.

A flush that hands over nothing new is never an event: with a constant period the flushes that fail, and the
last one of each life, follow in closed form; with a varying one all are drawn, in vectorised blocks.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from churnsim.engine import Stream
from churnsim.model.cells import Cells, closing, joined, of_flushes
from churnsim.model.copies import ragged
from churnsim.model.gap import Gap
from churnsim.model.holder import Holders
from churnsim.model.made import Content
from churnsim.model.shipping import Shipping
from churnsim.trace.intervals import Spans

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_WIDTH = 64  # flushes drawn per holder and step


class PeriodicShipping(Shipping):
    """Flush at intervals; a flush that finds the sink down keeps everything for the next one.

    Source: docs/theory.md O31.
    """

    kind: Literal["periodic"] = "periodic"
    every: Gap = Field(description="time between a holder's flushes", examples=["30s"])
    on_stop: bool = Field(True, description="whether who is told to stop flushes once more before it goes")

    def cells(
        self, holders: Holders, content: Content, down: Spans, draws: Stream, per_outcome: int
    ) -> Cells:
        lane = draws.lane(*holders.lane)
        rest = np.asarray(self.every.equilibrium(draws.uniform(lane, 0)), float)
        if self.every.is_constant:
            earlier = np.where(holders.is_older, self.every.mean - rest, 0.0)
            return self._regular(holders, holders.birth - earlier, down)
        who, at = self._flushes(holders, lane, rest)
        failed = down.contains(at)
        tried = np.full(len(holders), -np.inf)
        np.maximum.at(tried, who[failed], at[failed])
        success = np.full(len(holders), -np.inf)
        np.maximum.at(success, who[~failed], at[~failed])
        tried = np.where(tried > success, tried, np.nan)
        return of_flushes(holders, who[~failed], at[~failed], tried, self.on_stop, down)

    def _flushes(self, holders: Holders, lane: NDArray[np.uint64], rest: Floats) -> tuple[Indices, Floats]:
        """Draw every flush before the end of its holder, by holder and instant."""
        fresh = np.asarray(self.every.inverse(Stream.uniform(lane, 1)), float)
        first = holders.birth + np.where(holders.is_older, rest, fresh)
        who = np.flatnonzero(first < holders.end)
        found_who, found_at = [who], [first[who]]
        latest, number = first[who], 2
        while who.size:
            draws = Stream.uniform(lane[who][:, None], np.arange(number, number + _WIDTH)[None, :])
            times = latest[:, None] + np.cumsum(np.asarray(self.every.inverse(draws), float), axis=1)
            row, column = np.nonzero(times < holders.end[who][:, None])
            found_who.append(who[row])
            found_at.append(times[row, column])
            goes_on = times[:, -1] < holders.end[who]
            who, latest, number = who[goes_on], times[goes_on, -1], number + _WIDTH
        everyone, at = np.concatenate(found_who), np.concatenate(found_at)
        order = np.lexsort((at, everyone))
        return everyone[order], at[order]

    def _regular(self, holders: Holders, base: Floats, down: Spans) -> Cells:
        """Cells of a constant period: flush k of a holder is at its `base` [s] + k x period, k from 1 on."""
        period, end = self.every.mean, holders.end

        def flush(who: Indices, number: Floats) -> Floats:
            return base[who] + number * period

        def first_from(who: Indices, time: Floats) -> Floats:
            number = np.ceil((time - base[who]) / period)
            number += flush(who, number) < time  # what rounding may have done
            return number - (flush(who, number - 1) >= time)

        everyone = np.arange(len(holders))
        last = np.maximum(first_from(everyone, end) - 1, 0.0)
        low = np.searchsorted(down.end, holders.birth, side="right")
        who, outage = ragged(low, np.searchsorted(down.start, end, side="left"))
        failing = Spans.of(
            np.maximum(first_from(who, down.start[outage]), 1.0),
            np.minimum(first_from(who, down.end[outage]), last[who] + 1),
            who,
        )
        # Runs of flushes that succeed, between runs that fail.
        run_who = np.concatenate([everyone, failing.group])
        order = np.lexsort((np.concatenate([np.zeros(everyone.size), failing.end]), run_who))
        run_from = np.concatenate([np.zeros(everyone.size), failing.end])[order]
        run_who = run_who[order]
        to_who = np.concatenate([failing.group, everyone])
        run_to = np.concatenate([failing.start - 1, last])[
            np.lexsort((np.concatenate([failing.start - 1, last + 0.5]), to_who))
        ]
        some = run_from < run_to
        run_who, run_from, run_to = run_who[some], run_from[some], run_to[some]
        shipped, tried = closing(holders, self.on_stop, down)
        is_open = failing.end > last[failing.group]
        unfinished = np.full(len(holders), np.nan)
        unfinished[failing.group[is_open]] = flush(failing.group, failing.end - 1)[is_open]
        start_of_last = np.where(np.isnan(unfinished), last, 0.0)
        start_of_last[failing.group[is_open]] = (failing.start - 1)[is_open]
        waited = failing.where(~is_open)
        ended = Cells(
            everyone,
            self._from(holders, everyone, flush(everyone, start_of_last)),
            end,
            np.zeros(everyone.size),
            shipped,
            np.fmax(unfinished, tried),
            end,
            np.ones(everyone.size),
        )
        again = flush(waited.group, waited.start - 1), flush(waited.group, waited.end)
        return joined(
            [
                self._cells(holders, run_who, flush(run_who, run_from), flush(run_who, run_to), True),
                self._cells(holders, waited.group, *again),
                ended,
            ]
        )

    def _cells(
        self, holders: Holders, who: Indices, low: Floats, high: Floats, is_regular: bool = False
    ) -> Cells:
        period = np.full(who.size, self.every.mean if is_regular else 0.0)
        shipped = low + self.every.mean if is_regular else high
        never = np.full(who.size, np.nan)
        if not is_regular:
            low = self._from(holders, who, low)
        return Cells(who, low, high, period, shipped, never, high, np.ones(who.size))

    def _from(self, holders: Holders, who: Indices, low: Floats) -> Floats:
        """Nothing begins before its holder does."""
        return np.maximum(low, holders.birth[who])
