"""The meter: how many requests an endpoint of the list is sent from any instant on."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from churnsim.model.traffic import Load
from churnsim.trace.intervals import Steps

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_NOBODY = 0.5  # endpoints listed, below which it is none
_ROUNDING = 1e-9  # what fractions of points leave over from their sums is nothing


class Meter:
    """What one listed endpoint is sent: an equal share of the requests of each instant.

    Parameters
    ----------
    load : Load
        What the run is offered.
    edges : (b + 1,) array
        Edges [s] of the buckets in which requests are counted.
    listing : (n,) array
        Instants [s] at which endpoints are listed or unlisted.
    jumps : (n,) array
        By how many there are more, or less, from then on.
    committed : (v,) array
        Instants [s] of versions 1, 2, … of the policy; sorted.
    allowed : (v + 1,) array
        Share of principals whom each version allows, version 0 first: of the requests, those intended.
    most : float
        Requests per time [1/s] that an endpoint takes; what it is sent beyond that is left out.
    kept : Steps, optional
        Share of what an endpoint is sent that is counted; then `most` has no say.
    """

    def __init__(
        self,
        load: Load,
        edges: Floats,
        listing: Floats,
        jumps: Floats,
        committed: Floats,
        allowed: Floats,
        most: float = inf,
        kept: Steps | None = None,
    ) -> None:
        self._load = load
        self._edges = edges
        order = np.argsort(listing, kind="stable")
        changed, count = listing[order], np.append(0.0, np.cumsum(jumps[order]))
        turns = kept.times if kept is not None else load.jumps if most < inf else edges[:0]
        instants = np.unique(np.concatenate([changed, committed, edges, turns]))
        instants = instants[(instants >= edges[0]) & (instants <= edges[-1])]
        # Spans in which nobody is listed or unlisted and nothing is committed, each within one bucket.
        self._begin, self._end = instants[:-1], instants[1:]
        self._listed = count[np.searchsorted(changed, self._begin, side="right")]
        self._share = allowed[np.searchsorted(committed, self._begin, side="right")]
        self._bucket = np.searchsorted(edges, self._begin, side="right") - 1
        self._first = np.searchsorted(self._begin, edges[:-1])  # span in which each bucket begins
        self._kept = None if kept is None else kept.at(self._begin)
        if self._kept is None and most < inf:
            # Within a span, which ends where the rate jumps, the rate is taken as even.
            every = self._in_span(np.arange(self._begin.size), self._end)
            able = most * (self._end - self._begin)
            self._kept = np.divide(able, every, out=np.ones_like(every), where=every > able)
        self._each = self._in_span(np.arange(self._begin.size), self._end)
        self._sums = tuple(np.append(0.0, np.cumsum(each)) for each in (self._each, self._each * self._share))

    def unsent(self) -> tuple[Floats, Floats]:
        """Requests that found no endpoint listed, those intended and those not; shapes (b,)."""
        nobody = self._listed < _NOBODY
        lost = np.where(nobody, self._load.between(self._begin, self._end), 0.0)
        buckets = self._edges.size - 1
        wished = np.bincount(self._bucket, weights=lost * self._share, minlength=buckets)
        unwished = np.bincount(self._bucket, weights=lost * (1.0 - self._share), minlength=buckets)
        return np.asarray(wished, float), np.asarray(unwished, float)

    def at(self, time: Floats) -> Moments:
        """Look at the instants `time` [s], shape (n,)."""
        inside = np.clip(time, self._edges[0], self._edges[-1])
        span = np.minimum(np.searchsorted(self._begin, inside, side="right"), self._begin.size) - 1
        bucket = self._bucket[span]
        sent = self._in_span(span, inside)
        past = np.append(self._first, self._begin.size)[bucket + 1]
        rest = [
            sums[past] - sums[span] - sent * part
            for sums, part in zip(self._sums, (1.0, self._share[span]), strict=True)
        ]
        bounds = np.append(self._first, self._begin.size)
        whole = [np.diff(sums[bounds]) for sums in self._sums]
        return Moments(bucket, (rest[0], rest[1]), (whole[0], whole[1]))

    def _in_span(self, span: Indices, until: Floats) -> Floats:
        """Requests that one endpoint is sent from the beginning of a span until an instant in it [s]."""
        listed = self._listed[span]
        nobody = listed < _NOBODY
        offered = self._load.between(self._begin[span], until)
        sent: Floats = np.where(nobody, 0.0, offered / np.where(nobody, 1.0, listed))
        return sent if self._kept is None else sent * self._kept[span]


@dataclass(frozen=True, eq=False)
class Moments:
    """Some instants, and what an endpoint is sent from each of them on.

    Parameters
    ----------
    bucket : (n,) array
        Which bucket each lies in.
    rest : two (n,) arrays
        Requests from then to the end of that bucket: all, and those intended.
    whole : two (b,) arrays
        Requests in each bucket: all, and those intended.
    """

    bucket: Indices
    rest: tuple[Floats, Floats]
    whole: tuple[Floats, Floats]

    def requests(self, jumps: Floats) -> tuple[Floats, Floats]:
        """Requests to endpoints while something holds of them, by bucket: all, and those intended.

        Parameters
        ----------
        jumps : (n,) array
            Of how many endpoints more, or less, it holds from each instant on.
        """
        some = np.flatnonzero(jumps)
        bucket, jumps, buckets = self.bucket[some], jumps[some], self.whole[0].size
        level = np.cumsum(np.bincount(bucket, weights=jumps, minlength=buckets))
        level[np.abs(level) < _ROUNDING] = 0.0
        level = np.append(0.0, level[:-1])
        found = [
            level * whole + np.bincount(bucket, weights=jumps * rest[some], minlength=buckets)
            for rest, whole in zip(self.rest, self.whole, strict=True)
        ]
        return found[0], found[1]
