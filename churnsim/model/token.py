"""Tokens: when requests that require a version make a point ask the source, and when in vain."""

from __future__ import annotations

import numpy as np

from churnsim.model.refresh import Floats, Indices
from churnsim.model.verdict import Head
from churnsim.trace.code import Family
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
    """

    def __init__(self, trace: Trace, policy: int) -> None:
        infos, off = trace.meta.policies, trace.unavailable(Family.SOURCE)
        self.share = infos[policy].tokens if policy >= 0 else 0.0
        self._age = infos[policy].token_age if policy >= 0 else 0.0
        mine = off.group == policy
        self.down = np.column_stack([off.start[mine], off.end[mine]])

    def since(self, version: Indices, head: Head) -> Floats:
        """From when on each of some versions, still in force, is older than tokens require [s]."""
        since: Floats = np.append(head.committed, np.inf)[version] + self._age
        return since

    def unanswered(self, start: Floats, end: Floats) -> tuple[Indices, Floats, Floats]:
        """Parts of some stretches [s] in which the source is down: row, from, to."""
        row = np.repeat(np.arange(start.size), len(self.down))
        low = np.maximum(start[:, None], self.down[:, 0]).ravel()
        high = np.minimum(end[:, None], self.down[:, 1]).ravel()
        some = low < high
        return row[some], low[some], high[some]
