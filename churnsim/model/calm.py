"""Calm: renewals of holders whom an issuer answers at once, laid down in vectorised blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from churnsim.engine import Stream
from churnsim.model.ledger import Ledger
from churnsim.model.renewal import Renewal
from churnsim.model.seat import Floats, Indices

_BLOCK = 1 << 20  # renewals laid down in one vectorised step
_REPLAYED_MOST = 200  # renewals since birth that are replayed before equilibrium is taken to have come


def lay(
    rule: Renewal,
    ttl: float,
    renewals: Stream,
    ledger: Ledger,
    holders: tuple[Indices, Indices, NDArray[np.uint64]],
    serial: Indices,
    due: Floats,
    until: Floats,
) -> tuple[Indices, Floats, Floats]:
    """Enter all renewals due before `until`.

    Parameters
    ----------
    rule, ttl : Renewal, float
        When a credential falls due; time to live [s].
    renewals : Stream
        Uniform number `serial` of a lane gives the interval after that credential.
    ledger : Ledger
        Where to enter them.
    holders : tuple of (n,) arrays
        Unit, bearer and lane of each holder.
    serial : (n,) array
        Serial of each one's newest credential.
    due, until : (n,) array
        When its successor falls due, and up to when to go [s].

    Returns
    -------
    serial, issued, due : (n,) array
        Of each one's last; `issued` is minus infinity where nothing was renewed.
    """
    holder, bearer, lane = holders
    serial, due = serial.copy(), due.copy()
    issued = np.full(due.size, -np.inf)
    least = max(rule.least(ttl), 1e-9)
    rows = np.flatnonzero(due < until)
    while rows.size:
        most = int((until[rows] - due[rows]).max() / least) + 1
        width = max(1, min(most, _BLOCK // rows.size, 4096))
        index = serial[rows][:, None] + np.arange(1, width + 1)
        steps = rule.interval(ttl, renewals.uniform(lane[rows][:, None], index))
        times = np.cumsum(np.concatenate([due[rows][:, None], steps], axis=1), axis=1)
        happened = times[:, :-1] < until[rows][:, None]
        count = happened.sum(axis=1)
        who = np.repeat(rows, count)
        ledger.enter(
            holder[who], bearer[who], index[happened], times[:, :-1][happened], times[:, 1:][happened]
        )
        pick = np.arange(rows.size)
        issued[rows] = times[pick, count - 1]
        due[rows] = times[pick, count]
        serial[rows] += count
        rows = rows[due[rows] < until[rows]]
    return serial, issued, due


def stationary(rule: Renewal, ttl: float, past: Stream, slots: Indices, up: Floats) -> tuple[Any, Any]:
    """Age and interval [s] of the credential held after being up for `up` seconds.

    Replayed from birth; whoever has been up for longer than 200 mean intervals has forgotten its birth, and
    is given the age of a random instant, unless the interval never varies.
    """
    lane, uniform = past.lane(slots), past.uniform
    least, mean = rule.least(ttl), rule.mean(ttl)
    interval = np.asarray(rule.inspected(ttl, uniform(lane, 0)), float)
    age = uniform(lane, 1) * interval
    if least == mean:
        remembered = np.isfinite(up)
        age[remembered] = np.fmod(up[remembered], mean)
        return age, interval
    young = np.flatnonzero(up < _REPLAYED_MOST * mean)
    left, index = up[young], 2
    while young.size:
        gap = np.asarray(rule.interval(ttl, uniform(lane[young], index)), float)
        inside = left < gap
        age[young[inside]], interval[young[inside]] = left[inside], gap[inside]
        young, left, index = young[~inside], (left - gap)[~inside], index + 1
    return age, interval
