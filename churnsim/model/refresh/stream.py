"""Stream: versions come to every enforcement point one after the other, in the order they were sent."""

from typing import Literal

import numpy as np
from pydantic import Field

from churnsim.engine import Stream
from churnsim.model.copies import empty, from_fetches, ragged, starts
from churnsim.model.gap import Gap
from churnsim.model.refresh import Copies, Floats, Indices, Lives, Refresh, Source


class StreamRefresh(Refresh):
    """Each point has a connection on which a version is sent when the one before it has arrived.

    A queue with one server: what comes too fast waits, none is left out. What is committed while the source
    is down is sent when it is back; a version's age counts from when it could have been sent. Only what a
    point fetches at start-up counts as a fetch. Source: docs/theory.md O25.
    """

    kind: Literal["stream"] = "stream"
    service: Gap = Field(
        description="time that one version keeps the connection busy, drawn per point and version"
    )

    @property
    def memory(self) -> float:
        return 100.0 * self.service.mean

    def first_pause(self, stream: Stream, lane: int, tries: int) -> float | None:
        return None

    def settle(self, lives: Lives, source: Source) -> Copies:
        if not lives.unit.size:
            return empty()
        sent = source.sent
        begin = np.where(lives.aged, source.start, lives.since)
        low = np.searchsorted(sent, begin, side="right")
        who, commit = ragged(low, np.searchsorted(sent, lives.until, side="left"))
        lanes = lives.delays.lane(lives.slot[who], lives.incarnation[who])
        busy = np.asarray(self.service.inverse(lives.delays.uniform(lanes, commit + 1)), float)
        busy = busy * source.slowness(sent[commit])
        applied = _served(sent[commit], busy, np.searchsorted(who, np.arange(lives.unit.size + 1)))
        n = lives.unit.size
        head = source.version(begin)
        started = np.where(head > 0, np.append(sent, 0.0)[head - 1], begin)
        everyone = np.concatenate([np.arange(n), who])
        version = np.concatenate([head, commit + 1])
        read, applied = np.concatenate([started, sent[commit]]), np.concatenate([begin, applied])
        order = np.lexsort((version, everyone))
        everyone, version, read, applied = everyone[order], version[order], read[order], applied[order]
        return from_fetches(lives, source, everyone, version, read, applied, starts(lives, source))


def _served(sent: Floats, busy: Floats, bounds: Indices) -> Floats:
    """When each version has arrived [s], point by point between `bounds`.

    Lindley: once all services since some earlier one was sent are over, whichever ends last. Sums are
    rounded, so that none is let arrive before its own service is over, or before the one ahead of it.
    """
    alone = sent + busy
    arrived = np.empty(sent.size)
    for low, high in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        worked = np.cumsum(busy[low:high])
        free = sent[low:high] - (worked - busy[low:high])
        queued = np.maximum.accumulate(free) + worked
        arrived[low:high] = np.maximum.accumulate(np.maximum(queued, alone[low:high]))
    return arrived
