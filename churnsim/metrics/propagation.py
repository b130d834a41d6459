"""Propagation: how long a commit takes to reach the live enforcement points."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np

from churnsim.metrics.measurement import Ratio
from churnsim.metrics.overlap import Floats
from churnsim.metrics.reach import Points, reaches
from churnsim.metrics.registry import measure
from churnsim.trace import Trace


@measure("propagation.p50", unit="s", better="lower")
def p50(trace: Trace) -> Ratio:
    """Mean time from a commit in the window until half of the live points apply it or a later one.

    Commits that have not come so far by t1, or meet no live point, are left out.
    """
    return _mean(trace, 0.5)


@measure("propagation.p99", unit="s", better="lower")
def p99(trace: Trace) -> Ratio:
    """Mean time from a commit in the window until 99 % of the live points apply it or a later one.

    Commits that have not come so far by t1, or meet no live point, are left out.
    """
    return _mean(trace, 0.99)


@measure("propagation.all", unit="s", better="lower")
def everywhere(trace: Trace) -> Ratio:
    """Mean time from a commit in the window until all live points apply it or a later one.

    Commits that have not come so far by t1, or meet no live point, are left out.
    """
    return _mean(trace, 1.0)


def curve(trace: Trace, policy: int, lags: Floats) -> Floats:
    """Mean share of the live points of a policy that have a commit or a later one, so long after it.

    Parameters
    ----------
    trace : Trace
        The run.
    policy : int
        Which policy.
    lags : ndarray of float, shape (n,)
        Times since the commit [s]; ascending, from 0 on.

    Returns
    -------
    ndarray of float, shape (n,)
        Over the commits in the window that can be followed so long before t1; NaN where there are none.
    """
    points = Points.of(trace, policy)
    live, total, commits = points.live, np.zeros(lags.size), 0
    for part in reaches(trace, policy, points):
        for commit, committed in enumerate(part.committed.tolist()):
            instants = committed + lags
            alive = live.at(instants)
            if instants[-1] < trace.meta.t1 and alive.all():
                total += 1.0 - part.lacking(commit, instants) / alive
                commits += 1
    return total / commits if commits else np.full(lags.size, np.nan)


_SHARES = (0.5, 0.99, 1.0)
_ROUNDING = 1e-12
_KNOWN: WeakKeyDictionary[Trace, Floats] = WeakKeyDictionary()


def _mean(trace: Trace, share: float) -> Ratio:
    known = _KNOWN.get(trace)
    if known is None:
        parts = [_times(trace, policy) for policy in range(len(trace.meta.policies))]
        known = _KNOWN[trace] = np.concatenate([np.empty((0, len(_SHARES))), *parts])
    times = known[:, _SHARES.index(share)]
    times = times[np.isfinite(times)]
    return Ratio(float(times.sum()), float(times.size))


def _times(trace: Trace, policy: int) -> Floats:
    """Time until each of `_SHARES` of the live points of `policy` have each commit in the window [s].

    Shape (commits, shares); inf where it does not get so far. The points that lack a commit are counted at
    every instant at which their number or that of the live points changes for the better: the commit itself,
    when one has it, and births, up to the first after the last of them has it.
    """
    points = Points.of(trace, policy)
    live, births = points.live, np.sort(points.ready)
    found = [np.empty((0, len(_SHARES)))]
    for part in reaches(trace, policy, points):
        number = np.full(part.times.shape, np.inf)
        finite = np.isfinite(part.times)
        number[finite] = live.at(part.times[finite])
        # Of several that have it at one instant the last tells.
        last = finite & (part.times < np.append(part.times[:, 1:], np.full((len(finite), 1), np.inf), axis=1))
        lack = part.count[:, None] - np.arange(1, finite.shape[1] + 1)
        times = np.full((part.committed.size, len(_SHARES)), np.inf)
        for commit, (committed, late) in enumerate(zip(part.committed, part.late, strict=True)):
            reached = part.times[commit, last[commit]]
            candidate = np.concatenate(([committed], _births(births, committed, reached)))
            left = np.concatenate((lack[commit, last[commit]], part.lacking(commit, candidate)))
            if late.size:
                left[: reached.size] = part.lacking(commit, reached)
            time = np.concatenate((reached, candidate))
            alive = np.concatenate((number[commit, last[commit]], live.at(candidate)))
            could = (time < trace.meta.t1) & (alive > 0)
            for place, share in enumerate(_SHARES):
                there = could & (left <= (1.0 - share) * alive * (1.0 + _ROUNDING))
                times[commit, place] = time[there].min(initial=np.inf) - committed
        found.append(times)
    return np.concatenate(found)


def _births(births: Floats, committed: float, reached: Floats) -> Floats:
    """Births after a commit, up to the first after the last point has it."""
    low, high = np.searchsorted(births, (committed, reached[-1] if reached.size else committed), "right")
    return births[low : high + 1]
