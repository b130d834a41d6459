"""The clocks of verification points: each is off, gains or loses, and is set right again and again."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.trace import Trace

Floats = NDArray[np.float64]


class Reading(NamedTuple):
    """When clocks show some instant or later: on ``[first, back)`` and from `settled` on; shape (c, e) [s].

    Only a clock that gains shows it twice, being set back in between; else `first` equals `back`.
    """

    first: Floats
    back: Floats
    settled: Floats


class Clocks:
    """The clocks of one issuer's points.

    A clock shows ``t + skew + drift * ((t - synced) mod sync)``.

    Parameters
    ----------
    trace : Trace
        The run; of its tables `points` is read.
    mine : ndarray of bool
        Which of its rows.
    """

    def __init__(self, trace: Trace, mine: NDArray[np.bool_]) -> None:
        points = trace["points"]
        self.skew, self.drift = points["skew"][mine], points["drift"][mine]
        self._sync, self._synced = points["sync"][mine], points["synced"][mine]

    def settled(self, instant: Floats) -> Floats:
        """Return from when on each clock shows an instant or later for good, shape (c, e) [s]."""
        if not self.drift.any():
            return np.asarray(instant[:, None] - self.skew)
        return self.reading(instant).settled

    def reading(self, instant: Floats) -> Reading:
        """Return when each clock shows an instant or later."""
        true = instant[:, None] - self.skew  # when it would, did it not drift
        if not self.drift.any():
            return Reading(true, true, true)
        drift, sync = np.where(np.isfinite(self._sync), (self.drift, self._sync), ([0.0], [1.0]))
        # The last time it is set before it would: from then on it needs (true - set) / (1 + drift), and
        # a clock that loses so much that it does not get there shows it when it is set again.
        begun = self._synced + sync * (np.ceil((true - self._synced) / sync) - 1.0)
        settled = begun + np.minimum((true - begun) / (1.0 + drift), sync)
        before = begun - sync + (true - begun + sync) / (1.0 + drift)
        ahead = before < begun
        return Reading(np.where(ahead, before, settled), np.where(ahead, begun, settled), settled)
