"""Acceptance: which verification point accepts which credential when, and what it holds against it otherwise.

The one place that knows. The outcomes of requests and every measure of credentials are derived from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.intervals import Spans, difference, union
from churnsim.trace.signature import unverified
from churnsim.trace.trace import Trace

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

PAIRS_MOST = 1 << 19  # credentials times points looked at together: 4 MB a matrix


class Guard(IntEnum):
    """What a point may hold against a credential, in the order in which it looks."""

    NOT_YET_VALID = 0
    EXPIRED = 1
    REVOKED = 2
    UNKNOWN_KEY = 3
    KEY_REMOVED = 4


_KEY_GUARDS = (Guard.UNKNOWN_KEY, Guard.KEY_REMOVED)


@dataclass(frozen=True, eq=False, slots=True)
class Acceptance:
    """Some credentials of one issuer against its verification points, each guard apart.

    A point accepts a credential on ``[issued, until)``, but for the `holes`.

    Parameters
    ----------
    row : ndarray of int, shape (c,)
        Rows in `credentials`.
    holder : ndarray of int, shape (c,)
        Who presents each, as numbered by whoever asks; the rows of a holder follow each other.
    point : ndarray of int, shape (e,)
        Numbers of the points.
    weight : ndarray of float, shape (e,)
        Share of the verifications that each point makes.
    issued, expires, revoked : ndarray of float, shape (c,)
        Instants [s] in true time; `revoked` is inf for never in the record.
    elapsed, lapsed : ndarray of float, shape (c, e)
        When the clock of the point shows `expires` [s], and when it shows that plus the leeway: guard EXPIRED
        refuses from `lapsed` on.
    learned : ndarray of float, shape (c, e)
        Guard REVOKED: from here on the point refuses it as revoked [s]; inf for never in the record.
    until : ndarray of float, shape (c, e)
        ``min(lapsed, learned)`` [s]; not after `issued` where the point never accepts the credential.
    holes : mapping of Guard to Spans
        When a point refuses a credential for a while, for each guard that may do so; `group` is the place of
        the credential times e plus the place of the point.
    """

    row: Indices
    holder: Indices
    point: Indices
    weight: Floats
    issued: Floats
    expires: Floats
    revoked: Floats
    elapsed: Floats
    lapsed: Floats
    learned: Floats
    until: Floats
    holes: Mapping[Guard, Spans]

    @property
    def pair(self) -> Indices:
        """Holder times e plus place of the point, shape (c, e): what the sets of pairs are grouped by."""
        return self.holder[:, None] * self.point.size + np.arange(self.point.size)

    def barred(self, guard: Guard) -> Spans:
        """When a guard refuses, for a while, some credential of a holder that is else accepted, by pair."""
        holes = self.holes.get(guard)
        if holes is None:
            return Spans.of([], [])
        end = np.minimum(holes.end, self.until.ravel()[holes.group])
        return Spans.of(holes.start, end, self.pair.ravel()[holes.group])

    def accepted(self, since: Floats | None = None, until: Floats | None = None) -> Spans:
        """When each point accepts some credential of a holder, by pair.

        Of each credential only ``[since, until)`` counts, arrays that broadcast to (c, e) [s].
        """
        start, end = np.broadcast_to(self.issued[:, None], self.until.shape), self.until
        start = start if since is None else np.maximum(start, since)
        end = end if until is None else np.minimum(end, until)
        return self._joined(start, end, self.pair)

    def anywhere(self) -> Spans:
        """When some point accepts some credential of a holder, by holder."""
        if self.holes:
            return self._joined(
                np.broadcast_to(self.issued[:, None], self.until.shape),
                self.until,
                np.broadcast_to(self.holder[:, None], self.until.shape),
            )
        return Spans.of(self.issued, self.until.max(axis=1, initial=-np.inf), self.holder)

    def refused(self, end: Floats) -> Spans:
        """When a point accepts no credential of a holder, from the issue of its first on, by pair.

        Parameters
        ----------
        end : ndarray of float, shape (c,)
            Until when the holder of each credential is looked at [s].
        """
        last = np.append(self.holder[1:] != self.holder[:-1], True)[: self.holder.size]
        following = np.where(last, end, np.append(self.issued[1:], np.inf)[: last.size])
        start = np.maximum(_running_most(self.holder, self.until), self.issued[:, None])
        stop = np.broadcast_to(following[:, None], start.shape)
        full = start < stop
        found = Spans.of(start[full], stop[full], self.pair[full])
        if not self.holes:
            return found
        # Where a point has second thoughts, compare sets; such pairs are few.
        hole = np.concatenate([spans.group for spans in self.holes.values()])
        touched = np.unique(self.pair.ravel()[hole])
        first = np.append(True, last[:-1])[: last.size]
        whole = Spans.of(
            np.repeat(self.issued[first], self.point.size),
            np.repeat(end[last], self.point.size),
            self.pair[first].ravel(),
        )
        whole = whole.where(np.isin(whole.group, touched))
        accepted = self.accepted()
        again = difference(whole, accepted.where(np.isin(accepted.group, touched)))
        return union(found.where(~np.isin(found.group, touched)), again)

    def _joined(self, start: Floats, end: Floats, group: Indices) -> Spans:
        """Join what is accepted of each credential, arrays of shape (c, e), to sets by `group`."""
        if not self.holes:
            return Spans.of(start.ravel(), end.ravel(), group.ravel())
        holes = union(*self.holes.values())
        hollow = np.zeros(start.size, bool)
        hollow[holes.group] = True
        start, end, group = start.ravel(), end.ravel(), group.ravel()
        cut = difference(Spans.of(start[hollow], end[hollow], np.flatnonzero(hollow)), holes)
        return Spans.of(
            np.concatenate([start[~hollow], cut.start]),
            np.concatenate([end[~hollow], cut.end]),
            np.concatenate([group[~hollow], group[cut.group]]),
        )


def acceptances(trace: Trace, issuer: int, row: Indices, holder: Indices) -> Iterator[Acceptance]:
    """Hold credentials of `issuer` against its points, block by block so that memory stays bounded.

    Parameters
    ----------
    trace : Trace
        The run; of its tables `credentials`, `points`, `learned`, `keys` and `bundles` are read.
    issuer : int
        Whose points.
    row : ndarray of int, shape (c,)
        Rows in `credentials` of this issuer, in any order and perhaps more than once.
    holder : ndarray of int, shape (c,)
        Who presents each; those of one holder follow each other, and no block parts them.

    Yields
    ------
    Acceptance
        At least one, and at most as many as it takes to keep to half a million pairs each, holders of more
        credentials than that apart.
    """
    points = max(int(np.count_nonzero(trace["points"]["issuer"] == issuer)), 1)
    begins = np.flatnonzero(np.append(True, holder[1:] != holder[:-1])[: holder.size])
    low = 0
    while True:
        high = row.size
        if (high - low) * points > PAIRS_MOST:
            fits = begins[np.searchsorted(begins, low + PAIRS_MOST // points, "right") - 1]
            after = begins[np.searchsorted(begins, low, "right") :]
            high = int(max(fits, after[0] if after.size else row.size))
            high = high if high > low else row.size
        yield _block(trace, issuer, row[low:high], holder[low:high])
        low = high
        if low >= row.size:
            return


def _block(trace: Trace, issuer: int, row: Indices, holder: Indices) -> Acceptance:
    credentials, points = trace["credentials"], trace["points"]
    mine = points["issuer"] == issuer
    point, skew = points["point"][mine].astype(np.int64), points["skew"][mine]
    issued, expires = credentials["issued"][row], credentials["expires"][row]
    elapsed = expires[:, None] - skew
    lapsed = (expires + trace.meta.issuers[issuer].leeway)[:, None] - skew
    learned = _learned(trace, row, point)
    # Looked at as long as a right clock would accept it too, for whoever asks what that would change.
    latest = np.maximum(lapsed, (expires + trace.meta.issuers[issuer].leeway)[:, None])
    unverified_at = unverified(trace, issuer, point, issued, latest)
    holes = {} if unverified_at is None else dict(zip(_KEY_GUARDS, unverified_at, strict=True))
    return Acceptance(
        row=row,
        holder=holder,
        point=point,
        weight=points["weight"][mine],
        issued=issued,
        expires=expires,
        revoked=np.nan_to_num(credentials["revoked"][row], nan=np.inf),
        elapsed=elapsed,
        lapsed=lapsed,
        learned=learned,
        until=np.minimum(lapsed, learned),
        holes={guard: spans for guard, spans in holes.items() if len(spans)},
    )


def _learned(trace: Trace, row: Indices, point: Indices) -> Floats:
    """When each of the points learns that a credential is revoked, shape (c, e) [s]; inf for never."""
    learned = trace["learned"]
    known = np.full((row.size, point.size), np.inf)
    low, high = (np.searchsorted(learned["credential"], row, side) for side in ("left", "right"))
    place = np.repeat(np.arange(row.size), high - low)
    if place.size:
        item = np.arange(place.size) + (high - np.cumsum(high - low))[place]
        by_number = np.argsort(point)
        column = by_number[np.searchsorted(point[by_number], learned["point"][item])]
        known[place, column] = learned["at"][item]
    return known


def _running_most(group: Indices, values: Floats) -> Floats:
    """Greatest value so far within each run of equal `group`, column by column, by doubling steps."""
    step = 1
    while step < group.size and np.any(group[step:] == group[:-step]):
        same = (group[step:] == group[:-step])[:, None]
        later = np.where(same, np.maximum(values[step:], values[:-step]), values[step:])
        values = np.concatenate([values[:step], later])
        step *= 2
    return values
