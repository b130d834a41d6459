"""Push: the source sends every new version to every enforcement point."""

from typing import Literal

import numpy as np
from pydantic import Field

from churnsim.base.distribution import Law
from churnsim.engine import Stream
from churnsim.model.copies import empty, from_fetches, ragged, starts
from churnsim.model.refresh import Copies, Lives, Refresh, Source


class PushRefresh(Refresh):
    """Each version reaches each point after a delay of its own; the newest that has arrived is in force.

    What is committed while the source is down is sent when it is back; a version's age counts from when it
    was sent. Only what a point fetches at start-up counts as a fetch. Source: docs/theory.md O18, O26.
    """

    kind: Literal["push"] = "push"
    delay: Law = Field(description="time from commit to applied, drawn per point and version")

    @property
    def memory(self) -> float:
        return self.delay.longest

    def retry(self, stream: Stream, lane: int, tries: int) -> float | None:
        return None

    def settle(self, lives: Lives, source: Source) -> Copies:
        if not lives.unit.size:
            return empty()
        sent = source.commits.copy()
        if source.down.size:
            spell = np.maximum(np.searchsorted(source.down[:, 0], sent, side="right") - 1, 0)
            sent = np.where(source.is_down(sent), source.down[spell, 1], sent)
        begin = np.where(lives.aged, source.start, lives.since)
        low = np.searchsorted(sent, begin, side="right")
        who, commit = ragged(low, np.searchsorted(sent, lives.until, side="left"))
        lanes = lives.delays.lane(lives.slot[who], lives.incarnation[who])
        delay = np.asarray(self.delay.inverse(lives.delays.uniform(lanes, commit + 1)), float)
        n = lives.unit.size
        everyone = np.concatenate([np.arange(n), who])
        # What a point starts with is the head version, as old as it is.
        head = source.version(begin)
        started = np.where(head > 0, np.append(sent, 0.0)[head - 1], begin)
        read = np.concatenate([started, sent[commit]])
        applied = np.concatenate([begin, sent[commit] + delay])
        version = np.concatenate([head, commit + 1])
        order = np.lexsort((version, everyone))
        everyone, version, read, applied = everyone[order], version[order], read[order], applied[order]
        return from_fetches(lives, source, everyone, version, read, applied, starts(lives, source))
