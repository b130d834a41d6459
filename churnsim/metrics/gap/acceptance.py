"""Which verification point accepts which credential until when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from churnsim.metrics.overlap import Floats, Ints
from churnsim.trace import Trace


@dataclass(frozen=True, eq=False, slots=True)
class Acceptance:
    """Credentials of one issuer against its verification points.

    Parameters
    ----------
    row : ndarray of int, shape (c,)
        Rows in `credentials`.
    point : ndarray of int, shape (e,)
        Numbers of the points.
    weight, skew : ndarray of float, shape (e,)
        Weight and clock error [s] of each point.
    learned : ndarray of float, shape (c, e)
        Instant from which the point refuses the credential as revoked [s]; inf for never in the record.
    until : ndarray of float, shape (c, e)
        The point accepts the credential on ``[issued, until)``:
        ``min(expires + leeway - skew, learned)`` [s]; not after `issued` where it never accepts it.
    """

    row: Ints
    point: Ints
    weight: Floats
    skew: Floats
    learned: Floats
    until: Floats


def acceptance(trace: Trace, issuer: int, row: Ints) -> Acceptance:
    """Work out until when each point of `issuer` accepts each of its credentials in `row` (ascending)."""
    points, credentials, learned = trace["points"], trace["credentials"], trace["learned"]
    mine = points["issuer"] == issuer
    point, skew = points["point"][mine].astype(np.int64), points["skew"][mine]
    refused = np.full((row.size, point.size), np.inf)
    place = np.searchsorted(row, learned["credential"])
    known = np.flatnonzero(np.append(row, -1)[place] == learned["credential"])
    if known.size:
        by_number = np.argsort(point)
        column = by_number[np.searchsorted(point[by_number], learned["point"][known])]
        refused[place[known], column] = learned["at"][known]
    expiry = credentials["expires"][row] + trace.meta.issuers[issuer].leeway
    until = np.minimum(expiry[:, None] - skew[None, :], refused)
    return Acceptance(row, point, points["weight"][mine], skew, refused, until)


def own(trace: Trace, issuer: int) -> Acceptance:
    """Work out until when each point of `issuer` accepts what units themselves hold."""
    credentials = trace["credentials"]
    mine = (credentials["issuer"] == issuer) & (credentials["bearer"] == -1)
    return acceptance(trace, issuer, np.flatnonzero(mine))
