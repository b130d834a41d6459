"""Query: no copy at all; every decision that is not cached is asked of the source."""

from typing import Literal

import numpy as np

from churnsim.engine import Stream
from churnsim.model.copies import empty, from_fetches, ragged, starts
from churnsim.model.refresh import Copies, Lives, Refresh, Source


class QueryRefresh(Refresh):
    """The source decides at once by its newest version; while it is down, the last one that was known does.

    Put a decision cache before it, or `when_stale` with a short budget: then a point decides by rote once
    the source has been down for so long. Decisions are not counted as fetches. Between changes the age of
    what is known is 0, in an outage it grows.
    """

    kind: Literal["query"] = "query"

    @property
    def memory(self) -> float:
        return 0.0

    def first_pause(self, stream: Stream, lane: int, tries: int) -> float | None:
        return None

    def settle(self, lives: Lives, source: Source) -> Copies:
        if not lives.unit.size:
            return empty()
        n, begin = lives.unit.size, np.where(lives.aged, source.start, lives.since)
        # Ends of outages count as news: what is known is as new as the source from then on.
        asked = np.union1d(source.sent, source.down[:, 1])
        low = np.searchsorted(asked, begin, side="right")
        who, news = ragged(low, np.searchsorted(asked, lives.until, side="left"))
        everyone = np.concatenate([np.arange(n), who])
        read = np.concatenate([begin, asked[news]])
        order = np.lexsort((read, everyone))
        everyone, read = everyone[order], read[order]
        copies = from_fetches(
            lives, source, everyone, source.version(read), read, read, starts(lives, source)
        )
        return Copies(copies.adoptions, *self._ages(lives, source))

    def _ages(self, lives: Lives, source: Source) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """Columns of polls and lapses: what is known ages from the first instant of an outage to the last."""
        n, down = lives.unit.size, source.down
        who, spell = np.repeat(np.arange(n), len(down)), np.tile(np.arange(len(down)), n)
        since, back = down[spell, 0], down[spell, 1]
        begin = np.clip(since, np.maximum(lives.since, source.t0)[who], None)
        end = np.minimum(back, np.minimum(lives.until, source.t1)[who])
        seen = begin < end
        area = np.where(seen, ((end - since) ** 2 - (begin - since) ** 2) / 2, 0.0)
        high = np.minimum(lives.until, source.t1)[who]
        ended = (since < back) & (back > lives.since[who]) & (back >= source.t0) & (back < high)
        start, stop = np.maximum(since + source.budget, lives.since[who]), np.minimum(back, lives.until[who])
        stale = start < stop
        seconds = np.maximum(np.minimum(lives.until, source.t1) - np.maximum(lives.since, source.t0), 0.0)
        return {
            "unit": lives.unit,
            "polls": starts(lives, source),
            "seconds": seconds,
            "age_integral": np.bincount(who, weights=area, minlength=n),
            "peaks": np.bincount(who[ended], minlength=n),
            "peak_sum": np.bincount(who[ended], weights=(back - since)[ended], minlength=n),
        }, {
            "unit": lives.unit[who[stale]],
            "read": since[stale],
            "start": start[stale],
            "end": stop[stale],
        }
