"""An image: what a node must have before a unit can start on it."""

from __future__ import annotations

from pydantic import Field

from churnsim.base.distribution import Law
from churnsim.base.quantity import Share
from churnsim.engine import Stream
from churnsim.model.pauses import GrowingPauses

_MOST = 10_000  # attempts; with the shortest pauses and few that succeed it is there by then, or never


class Image(GrowingPauses):
    """Pulled by a node for the first unit that needs it, again after a pause if that fails, and then kept.

    Pauses grow from attempt to attempt up to a cap: the kubelet's ImagePullBackOff. Source: F181.
    """

    pull: Law = Field(description="time that an attempt to pull it takes")
    fails: Share = Field("0%", lt=1, validate_default=True, description="chance of an attempt to fail")

    def takes(self, stream: Stream, lane: int) -> float:
        """Time from the first attempt to the end of the one that succeeds [s].

        Parameters
        ----------
        stream, lane
            Where attempts draw from: index 2 k their time, 2 k + 1 whether they fail.
        """
        time = 0.0
        for attempt in range(_MOST):
            time += float(self.pull.inverse(stream.uniform(lane, 2 * attempt)))
            if stream.uniform(lane, 2 * attempt + 1) >= self.fails:
                break
            time += self.pause(attempt + 1)
        return time
