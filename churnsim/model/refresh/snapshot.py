"""Snapshot: everybody decides by the same quantised snapshot of the policy, a little in the past."""

from typing import Literal

import numpy as np
from pydantic import Field

from churnsim.base.quantity import Duration, PositiveDuration
from churnsim.engine import Stream
from churnsim.model.copies import empty, from_fetches, ragged, starts
from churnsim.model.refresh import Copies, Floats, Lives, Refresh, Source


class SnapshotRefresh(Refresh):
    """Decide by the newest snapshot of a grid of instants that is old enough to be served.

    Snapshots are taken at whole multiples of `every` and served from `lag` later until the next one is; none
    is taken while the source is down. So that many requests share one, and all points change at once. Only
    what a point fetches at start-up counts as a fetch. Source: docs/theory.md O23 with R = every, d = lag.
    """

    kind: Literal["snapshot"] = "snapshot"
    every: PositiveDuration = Field(description="time between snapshots")
    lag: Duration = Field(
        "0s", validate_default=True, description="age from which a snapshot is served: replication, tolerance"
    )

    @property
    def memory(self) -> float:
        return self.every + self.lag

    def first_pause(self, stream: Stream, lane: int, tries: int) -> float | None:
        return None

    def visible(self, commits: Floats) -> Floats:
        taken: Floats = np.ceil(commits / self.every) * self.every
        return taken + self.lag

    def settle(self, lives: Lives, source: Source) -> Copies:
        if not lives.unit.size:
            return empty()
        first = np.floor((source.start - self.lag) / self.every) - 1.0
        last = np.ceil(lives.until.max(initial=source.start) / self.every)
        taken = np.arange(first, last + 1.0) * self.every
        answered = ~source.is_down(taken) | (taken <= source.start)
        taken = taken[answered]
        begin = np.where(lives.aged, source.start, lives.since)
        low = np.searchsorted(taken + self.lag, begin, side="right")
        who, number = ragged(low - 1, np.searchsorted(taken + self.lag, lives.until, side="left"))
        read = taken[number]
        applied = np.where(np.diff(who, prepend=-1) > 0, begin[who], read + self.lag)
        return from_fetches(lives, source, who, source.version(read), read, applied, starts(lives, source))
