"""Signatures: which key signed which credential, and which points do not know it when."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from churnsim.trace.intervals import Spans, union
from churnsim.trace.trace import Trace

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


def signers(trace: Trace, issuer: int, issued: Floats) -> Indices:
    """Key that was active at each instant of issue; key 0 stands for all before the world began."""
    table = trace["keys"]
    activated = table["activated"][table["issuer"] == issuer]
    return np.maximum(np.searchsorted(activated, issued, "right") - 1, 0)


def unverified(
    trace: Trace, issuer: int, point: Indices, issued: Floats, until: Floats
) -> tuple[Spans, Spans] | None:
    """When points cannot verify credentials for want of their key; None where the issuer rotates none.

    Parameters
    ----------
    trace : Trace
        The run; of its tables `keys` and `bundles` are read.
    issuer : int
        Whose credentials.
    point : ndarray of int, shape (e,)
        Numbers of the points.
    issued : ndarray of float, shape (c,)
        When each credential was issued [s].
    until : ndarray of float, shape (c, e)
        Up to when to look [s]; from the issue on.

    Returns
    -------
    Spans, Spans
        While the point does not know the key yet, and while it knows it no longer; `group` is the place of
        the credential times e plus the place of the point.
    """
    keys = int(np.count_nonzero(trace["keys"]["issuer"] == issuer))
    if not keys:
        return None
    begins, ends = _gaps(trace, issuer, keys, point)
    key, since = signers(trace, issuer, issued), issued[:, None]
    found = []
    for begin, end in zip(begins, ends, strict=True):
        low, high = np.maximum(begin[key], since), np.minimum(end[key], until)
        missing = np.flatnonzero(low < high)
        found.append(Spans(low.ravel()[missing], high.ravel()[missing], missing))
    return found[0], union(*found[1:])


def _gaps(trace: Trace, issuer: int, keys: int, point: Indices) -> tuple[Floats, Floats]:
    """When each point does not know each key, gap by gap: begins and ends, shape (gaps, keys, e) [s].

    The first gap of every pair is the time before it knows the key, the last the time after; those that a
    pair has not are empty.
    """
    table = trace["bundles"]
    # A bundle of a key that is not there is for a law to find; it lets nobody in.
    mine = (table["issuer"] == issuer) & (table["key"] >= 0) & (table["key"] < keys)
    key, start = table["key"][mine].astype(np.int64), table["start"][mine]
    start = np.where(start <= trace.meta.start, -np.inf, start)
    end = np.nan_to_num(table["end"][mine], nan=np.inf)
    by_number = np.argsort(point)
    place = by_number[np.searchsorted(point[by_number], table["point"][mine])]
    pair = key * point.size + place
    first = np.append(True, pair[1:] != pair[:-1])[: pair.size]
    number = np.arange(pair.size) - np.maximum.accumulate(np.where(first, np.arange(pair.size), 0))
    most = int(number.max(initial=-1)) + 2
    begins, ends = (np.full((most, keys, point.size), np.inf) for _ in range(2))
    begins[0] = -np.inf
    ends[number, key, place] = start
    begins[number + 1, key, place] = end
    return begins, ends
