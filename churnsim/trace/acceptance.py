"""Acceptance: which verification point accepts which credential when, and what it holds against it otherwise.

The one place that knows. The outcomes of requests and every measure of credentials are derived from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.clock import Clocks
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
    STATUS_UNKNOWN = 5


_KEY_GUARDS = (Guard.UNKNOWN_KEY, Guard.KEY_REMOVED)


@dataclass(frozen=True, eq=False, slots=True)
class Acceptance:
    """Some credentials of one issuer against its verification points, each guard apart.

    A point accepts a credential on ``[issued, until)``, but for the `holes`; whom it has let in may stay
    longer, as `connected`.

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
        Instants [s] in true time; a thief's `issued` is when it got hold of the credential; `revoked` is inf
        for never in the record.
    elapsed, lapsed : ndarray of float, shape (c, e)
        When the clock of the point shows `expires` [s], and when it shows that plus the leeway: guard EXPIRED
        refuses from `lapsed` on.
    learned : ndarray of float, shape (c, e)
        Guard REVOKED: from here on the point refuses it as revoked [s]; inf for never in the record.
    until : ndarray of float, shape (c, e)
        ``min(lapsed, learned)`` [s]; not after `issued` where the point never accepts the credential.
    holes : mapping of Guard to Spans
        When a point refuses a credential for a while, for each guard that does so, whatever the others say;
        `group` is the place of the credential times e plus the place of the point.
    connected : Spans
        When a connection that was open as acceptance ended is open still, by pair.
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
    connected: Spans

    @property
    def pair(self) -> Indices:
        """Holder times e plus place of the point, shape (c, e): what the sets of pairs are grouped by."""
        return self.holder[:, None] * self.point.size + np.arange(self.point.size)

    def barred(self, guard: Guard, alone: bool = False) -> Spans:
        """When a guard refuses, for a while, some credential that is neither over nor revoked, by pair.

        If it is to refuse it `alone`, only while no other guard does so too: but for this one the point would
        accept it.
        """
        holes = self.holes.get(guard)
        if holes is None:
            return Spans.of([], [])
        others = [spans for other, spans in self.holes.items() if other != guard]
        if alone and others:
            holes = difference(holes, union(*others))
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

    def enforced(self) -> Spans:
        """When each point accepts a holder or has a connection of it still open, by pair."""
        return union(self.accepted(), self.connected)

    def anywhere(self) -> Spans:
        """When some point accepts a holder or has a connection of it still open, by holder."""
        if self.holes or len(self.connected):
            somewhere = self.enforced()
            return Spans.of(somewhere.start, somewhere.end, somewhere.group // self.point.size)
        return Spans.of(self.issued, self.until.max(axis=1, initial=-np.inf), self.holder)

    def refused(self, end: Floats) -> Spans:
        """When a point does not let a holder in, from the issue of its first credential on, by pair.

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
            return difference(found, self.connected) if len(self.connected) else found
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
        return difference(union(found.where(~np.isin(found.group, touched)), again), self.connected)

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


_NEVER = Spans(np.empty(0), np.empty(0), np.empty(0, np.int64))


def acceptances(
    trace: Trace,
    issuer: int,
    row: Indices,
    holder: Indices,
    connected: Spans = _NEVER,
    since: Floats | None = None,
) -> Iterator[Acceptance]:
    """Hold credentials of `issuer` against its points, block by block so that memory stays bounded.

    `churnsim.trace.holder` does so for units and for thieves.

    Parameters
    ----------
    trace : Trace
        The run: `credentials`, `points`, `learned`, `unanswered`, `keys` and `bundles`.
    issuer : int
        Whose points.
    row : ndarray of int, shape (c,)
        Rows in `credentials` of this issuer, in any order and perhaps more than once.
    holder : ndarray of int, shape (c,)
        Who presents each; those of one holder follow each other, and no block parts them.
    connected : Spans
        When connections outlive acceptance, by ``holder * e + place of the point``.
    since : ndarray of float, shape (c,)
        From when on the holder has it [s]; its issue by default.

    Yields
    ------
    Acceptance
        At least one, and at most as many as it takes to keep to half a million pairs each, holders of more
        credentials than that apart.
    """
    points = max(int(np.count_nonzero(trace["points"]["issuer"] == issuer)), 1)
    begins = np.flatnonzero(np.append(True, holder[1:] != holder[:-1])[: holder.size])
    since = trace["credentials"]["issued"][row] if since is None else since
    low = 0
    while True:
        high = row.size
        if (high - low) * points > PAIRS_MOST:
            fits = begins[np.searchsorted(begins, low + PAIRS_MOST // points, "right") - 1]
            after = begins[np.searchsorted(begins, low, "right") :]
            high = int(max(fits, after[0] if after.size else row.size))
            high = high if high > low else row.size
        whose = holder[low:high]
        here = connected.where(np.isin(connected.group // points, whose)) if len(connected) else connected
        yield _block(trace, issuer, row[low:high], whose, since[low:high], here)
        low = high
        if low >= row.size:
            return


def _block(
    trace: Trace, issuer: int, row: Indices, holder: Indices, since: Floats, connected: Spans
) -> Acceptance:
    credentials, points, info = trace["credentials"], trace["points"], trace.meta.issuers[issuer]
    mine = points["issuer"] == issuer
    point, clocks = points["point"][mine].astype(np.int64), Clocks(trace, mine)
    expires = credentials["expires"][row]
    late = clocks.reading(expires + info.leeway)
    learned = _learned(trace, row, point)
    until = np.minimum(late.settled, learned)
    issued = credentials["issued"][row]
    begins = clocks.reading(issued - info.backdate - info.leeway)
    # Looked at as long as a right clock would accept it too, for whoever asks what that would change.
    latest = np.maximum(late.settled, (expires + info.leeway)[:, None])
    unverified_at = unverified(trace, issuer, point, issued, latest)
    holes = {
        # A clock that gains may be set back to before the beginning, or to before the end.
        Guard.NOT_YET_VALID: _holes(since, (-np.inf, begins.first), (begins.back, begins.settled)),
        Guard.EXPIRED: _holes(since, (late.first, late.back)),
        Guard.STATUS_UNKNOWN: _unanswered(trace, row, point),
        **({} if unverified_at is None else dict(zip(_KEY_GUARDS, unverified_at, strict=True))),
    }
    return Acceptance(
        row=row,
        holder=holder,
        point=point,
        weight=points["weight"][mine],
        issued=since,
        expires=expires,
        revoked=np.nan_to_num(credentials["revoked"][row], nan=np.inf),
        elapsed=clocks.settled(expires),
        lapsed=late.settled,
        learned=learned,
        until=until,
        holes={guard: spans for guard, spans in holes.items() if len(spans)},
        connected=connected,
    )


def _holes(since: Floats, *stretches: tuple[Floats | float, Floats]) -> Spans:
    """Stretches of shape (c, e) as sets by flat place, none before the holder has the credential."""
    parts = [_NEVER]
    for start, end in stretches:
        low = np.broadcast_to(np.maximum(start, since[:, None]), end.shape)
        place = np.flatnonzero(low < end)
        parts.append(Spans(low.ravel()[place], end.ravel()[place], place))
    return union(*parts) if any(map(len, parts)) else _NEVER


def _learned(trace: Trace, row: Indices, point: Indices) -> Floats:
    """When each of the points learns that a credential is revoked, shape (c, e) [s]; inf for never."""
    learned = trace["learned"]
    known = np.full((row.size, point.size), np.inf)
    place, item = _rows_of(learned["credential"], row)
    known[place, _column(point, learned["point"][item])] = learned["at"][item]
    return known


def _unanswered(trace: Trace, row: Indices, point: Indices) -> Spans:
    """When each of the points has no answer about a credential and refuses it, by flat place."""
    table = trace["unanswered"]
    place, item = _rows_of(table["credential"], row)
    group = place * point.size + _column(point, table["point"][item])
    return Spans.of(table["start"][item], table["end"][item], group)


def _rows_of(credential: Indices, row: Indices) -> tuple[Indices, Indices]:
    """Place in `row`, and row of a table sorted by credential, for every row of it about one of these."""
    low, high = (np.searchsorted(credential, row, side) for side in ("left", "right"))
    place = np.repeat(np.arange(row.size), high - low)
    return place, np.arange(place.size) + (high - np.cumsum(high - low))[place]


def _column(point: Indices, number: NDArray[Any]) -> Indices:
    """Place of each point by its number."""
    order = np.argsort(point)
    return np.asarray(order[np.searchsorted(point[order], number)])


def _running_most(group: Indices, values: Floats) -> Floats:
    """Greatest value so far within each run of equal `group`, column by column, by doubling steps."""
    step = 1
    while step < group.size and np.any(group[step:] == group[:-step]):
        same = (group[step:] == group[:-step])[:, None]
        later = np.where(same, np.maximum(values[step:], values[:-step]), values[step:])
        values = np.concatenate([values[:step], later])
        step *= 2
    return values
