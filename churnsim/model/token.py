"""Tokens: when requests that require a version make a point ask the source, and when in vain."""

from __future__ import annotations

import numpy as np

from churnsim.model.copies import ragged
from churnsim.model.refresh import Floats, Indices
from churnsim.model.verdict import Head
from churnsim.trace.code import Family
from churnsim.trace.intervals import Spans
from churnsim.trace.trace import Trace


class Tokens:
    """What tokens require of the points of one policy: the version that was the newest so long ago.

    Parameters
    ----------
    trace : Trace
        The run, complete but for its traffic.
    policy : int
        Which policy; -1 for none, and no tokens.

    Attributes
    ----------
    share : float
        Share of the requests that carry one.
    down : (m, 2) array
        When the source answers no question ``[from, to)`` [s].
    severed : Spans
        When units do not reach it, by unit.
    """

    def __init__(self, trace: Trace, policy: int) -> None:
        infos, off = trace.meta.policies, trace.unavailable(Family.SOURCE)
        self.share = infos[policy].tokens if policy >= 0 else 0.0
        self._age = infos[policy].token_age if policy >= 0 else 0.0
        mine = off.group == policy
        self.down = np.column_stack([off.start[mine], off.end[mine]])
        self.severed = trace.severed(Family.SOURCE)

    def since(self, version: Indices, head: Head) -> Floats:
        """From when on each of some versions, still in force, is older than tokens require [s]."""
        since: Floats = np.append(head.committed, np.inf)[version] + self._age
        return since

    def unanswered(self, unit: Indices, start: Floats, end: Floats) -> tuple[Indices, Floats, Floats]:
        """Parts of some stretches of units [s] in which the source is down or not reached: row, from, to."""
        row = np.repeat(np.arange(start.size), len(self.down))
        low = np.maximum(start[:, None], self.down[:, 0]).ravel()
        high = np.minimum(end[:, None], self.down[:, 1]).ravel()
        some = low < high
        row, low, high = row[some], low[some], high[some]
        if not len(self.severed):
            return row, low, high
        cuts = self.severed
        whose, cut = ragged(*(np.searchsorted(cuts.group, unit, side) for side in ("left", "right")))
        begin, until = np.maximum(start[whose], cuts.start[cut]), np.minimum(end[whose], cuts.end[cut])
        both = Spans.of(np.append(low, begin), np.append(high, until), np.append(row, whose))
        return both.group, both.start, both.end
