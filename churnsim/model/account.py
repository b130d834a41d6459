"""The account: what became of every request, integrated over the intervals of a run.

Between two changes the world is constant, so the outcomes of the requests in between follow from counts:
how many units are listed, dead, refused, stale. Each unit's own history becomes a series of changes of
what it adds to those counts; the changes of all units in order of time are summed up once, in arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

import numpy as np
from numpy.typing import NDArray

from churnsim.model.copies import ragged
from churnsim.trace.trace import Trace

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

OUTCOMES = (
    "served",
    "no_endpoint",
    "dead_endpoint",
    "credential_rejected",
    "stale_deny",
    "fail_closed",
    "denied",
    "stale_allow",
    "fail_open",
)
INTENDED = OUTCOMES[:6]

# What can be true of one unit, each a count or a weight that intervals add to.
_ALIVE, _DEAD, _REFUSED, _OVER, _UNDER, _DENYING, _ALLOWING = range(7)


@dataclass
class _Changes:
    """Changes of one quantity of one unit: who, when, which, by how much."""

    who: list[Indices]
    time: list[Floats]
    field: list[NDArray[np.int8]]
    amount: list[Floats]
    end: float

    def interval(self, who: Indices, start: Floats, end: Floats, field: int, amount: Floats | float) -> None:
        """Add `amount` to a unit's `field` from `start` to `end` [s]."""
        end = np.fmin(end, self.end)
        keep = start < end
        who, start, end = who[keep], start[keep], end[keep]
        size = np.broadcast_to(np.asarray(amount, float), keep.shape)[keep]
        for time, sign in ((start, 1.0), (end, -1.0)):
            self.who.append(who)
            self.time.append(time)
            self.field.append(np.full(who.size, field, np.int8))
            self.amount.append(sign * size)


def account(trace: Trace, workload: int, edges: Floats) -> dict[str, Floats]:
    """Return expected requests of a workload per bucket, by outcome.

    Parameters
    ----------
    trace : Trace
        The run, complete but for its traffic.
    workload : int
        Which workload.
    edges : (b + 1,) array
        Edges [s] of the buckets.

    Returns
    -------
    dict of (b,) arrays
        One array for each of `OUTCOMES`. Evaluation order: the endpoint answers, its credential is
        accepted, its policy decides.
    """
    info = trace.meta.workloads[workload]
    rate = 0.0 if isnan(info.rate) else info.rate
    units = trace.tables["units"]
    mine = np.flatnonzero(units["workload"] == workload)
    changes = _Changes([], [], [], [], float(edges[-1]))
    _endpoints(changes, trace, mine)
    if info.issuer >= 0:
        _refusals(changes, trace, mine, info.issuer)
    allowed = np.ones((1, 1), bool)
    commits = np.empty(0)
    if info.policy >= 0:
        allowed, commits = _permissions(trace, info.policy)
        _staleness(changes, trace, mine, info.policy, allowed, commits)
        _lapses(changes, trace, mine, info.policy)
    times, counts = _counts(changes, np.concatenate([edges, commits]))
    inside = (times[:-1] >= edges[0]) & (times[1:] <= edges[-1]) & (times[1:] > times[:-1])
    spans = np.diff(times)[inside]
    listed, dead, refused, working, over, under, denying, allowing = counts[:-1][inside].T
    begin = times[:-1][inside]
    share = allowed.mean(axis=1)[np.searchsorted(commits, begin, side="right")]
    nobody = listed < 0.5
    each = rate * spans / np.where(nobody, 1.0, listed)  # requests per listed endpoint
    wished, unwished = each * share, each * (1.0 - share)
    principals = allowed.shape[1]
    stale_deny, stale_allow = each * under / principals, each * over / principals
    offered = rate * spans
    results = {
        "served": wished * (working + allowing) - stale_deny,
        "no_endpoint": np.where(nobody, offered * share, 0.0),
        "dead_endpoint": wished * dead,
        "credential_rejected": wished * refused,
        "stale_deny": stale_deny,
        "fail_closed": wished * denying,
        "denied": unwished * (dead + refused + denying + working) - stale_allow,
        "stale_allow": stale_allow,
        "fail_open": unwished * allowing,
    }
    results["denied"] += np.where(nobody, offered * (1.0 - share), 0.0)
    bucket = np.searchsorted(edges, begin, side="right") - 1
    size = edges.size - 1
    # Differences of equal terms may leave a rounding below zero.
    return {
        name: np.maximum(np.bincount(bucket, weights=v, minlength=size), 0.0) for name, v in results.items()
    }


def _endpoints(changes: _Changes, trace: Trace, mine: Indices) -> None:
    units = trace.tables["units"]
    listed, unlisted, gone = (units[name][mine] for name in ("listed", "unlisted", "gone"))
    known = np.isfinite(listed)
    who, listed, unlisted, gone = mine[known], listed[known], unlisted[known], gone[known]
    changes.interval(who, listed, np.fmin(gone, unlisted), _ALIVE, 1.0)
    changes.interval(who, np.where(np.isnan(gone), np.inf, gone), unlisted, _DEAD, 1.0)


def _refusals(changes: _Changes, trace: Trace, mine: Indices, issuer: int) -> None:
    """Where a unit holds no credential that a point accepts, the point's share of callers is refused."""
    credentials, units = trace.tables["credentials"], trace.tables["units"]
    points, learned = trace.tables["points"], trace.tables["learned"]
    leeway = trace.meta.issuers[issuer].leeway
    held = np.flatnonzero((credentials["bearer"] == -1) & np.isin(credentials["unit"], mine))
    unit, issued = credentials["unit"][held], credentials["issued"][held]
    last = np.append(unit[1:] != unit[:-1], True) if unit.size else np.empty(0, bool)
    # A unit's credentials follow each other; what follows the last is its end.
    following = np.where(last, units["gone"][unit], np.append(issued[1:], np.nan))
    following = np.where(np.isnan(following), np.inf, following)
    for point in np.flatnonzero(points["issuer"] == issuer):
        accepted = credentials["expires"][held] + leeway - points["skew"][point]
        news = (learned["issuer"] == issuer) & (learned["point"] == points["point"][point])
        if news.any():
            refused = np.full(credentials["unit"].size, np.inf)
            refused[learned["credential"][news]] = learned["at"][news]
            accepted = _running_most(unit, np.minimum(accepted, refused[held]))
        changes.interval(unit, accepted, following, _REFUSED, float(points["weight"][point]))


def _running_most(group: Indices, values: Floats) -> Floats:
    """Greatest value so far within each run of equal `group`, by doubling steps."""
    step = 1
    while step < values.size and np.any(group[step:] == group[:-step]):
        same = group[step:] == group[:-step]
        values = np.concatenate(
            [values[:step], np.where(same, np.maximum(values[step:], values[:-step]), values[step:])]
        )
        step *= 2
    return values


def _permissions(trace: Trace, policy: int) -> tuple[NDArray[np.bool_], Floats]:
    """Who is allowed under each version, and the instants of versions 1, 2, …"""
    commits = trace.tables["commits"]
    mine = commits["policy"] == policy
    version, principal, allow = (commits[name][mine] for name in ("version", "principal", "allowed"))
    first = version == 0
    allowed = np.empty((int(version.max()) + 1, int(first.sum())), bool)
    allowed[0, principal[first]] = allow[first]
    for v, who, verdict in zip(version[~first], principal[~first], allow[~first], strict=True):
        allowed[v] = allowed[v - 1]
        allowed[v, who] = verdict
    return allowed, commits["time"][mine][~first]


def _staleness(
    changes: _Changes, trace: Trace, mine: Indices, policy: int, allowed: NDArray[np.bool_], commits: Floats
) -> None:
    """While a unit's version is behind, count whom it admits or refuses unlike the head version."""
    if not commits.size:
        return
    adoptions = trace.tables["adoptions"]
    rows = np.flatnonzero((adoptions["policy"] == policy) & np.isin(adoptions["unit"], mine))
    unit, version, applied = (adoptions[name][rows] for name in ("unit", "version", "applied"))
    last = np.append(unit[1:] != unit[:-1], True) if unit.size else np.empty(0, bool)
    following = np.where(last, np.inf, np.append(applied[1:], np.inf))
    row, newer = ragged(version.astype(np.int64), np.searchsorted(commits, following, side="left"))
    start = np.maximum(commits[newer], applied[row])
    end = np.minimum(np.append(commits[1:], np.inf)[newer], following[row])
    # Few pairs of versions meet at all: compare each pair once.
    pair = version[row] * (commits.size + 1) + newer + 1
    pairs, which = np.unique(pair, return_inverse=True)
    old, head = allowed[pairs // (commits.size + 1)], allowed[pairs % (commits.size + 1)]
    over, under = (old & ~head).sum(axis=1), (~old & head).sum(axis=1)
    for field, wrong in ((_OVER, over), (_UNDER, under)):
        some = wrong[which] > 0
        changes.interval(unit[row][some], start[some], end[some], field, wrong[which][some].astype(float))


def _lapses(changes: _Changes, trace: Trace, mine: Indices, policy: int) -> None:
    lapses = trace.tables["lapses"]
    for mode, field in ((0, _DENYING), (1, _ALLOWING)):
        rows = np.flatnonzero(
            (lapses["policy"] == policy) & (lapses["mode"] == mode) & np.isin(lapses["unit"], mine)
        )
        changes.interval(lapses["unit"][rows], lapses["start"][rows], lapses["end"][rows], field, 1.0)


def _counts(changes: _Changes, marks: Floats) -> tuple[Floats, Floats]:
    """Instants of change and, from each on, the counts: shape (n,) and (n, 8).

    Columns: listed, dead, refused, working, over, under, denying, allowing.
    """
    who, time = np.concatenate(changes.who), np.concatenate(changes.time)
    field, amount = np.concatenate(changes.field), np.concatenate(changes.amount)
    order = np.lexsort((time, who))
    time, field, amount = time[order], field[order], amount[order]
    # Each unit's amounts add up to nothing, so one running sum over all serves every unit.
    alive, dead, refused, over, under, denying, allowing = (
        np.cumsum(np.where(field == f, amount, 0.0)) for f in range(7)
    )
    refused = np.where(refused < 1e-9, 0.0, np.minimum(refused, 1.0))
    accepted = alive * (1.0 - refused)
    lapsed = np.minimum(denying + allowing, 1.0)
    working = accepted * (1.0 - lapsed)
    adds = np.column_stack(
        [
            alive + dead,
            dead,
            alive * refused,
            working,
            working * over,
            working * under,
            accepted * denying,
            accepted * allowing,
        ]
    )
    steps = np.diff(adds, axis=0, prepend=np.zeros((1, 8)))
    time = np.concatenate([time, marks])
    steps = np.concatenate([steps, np.zeros((marks.size, 8))])
    order = np.argsort(time, kind="stable")
    return time[order], np.cumsum(steps[order], axis=0)


def sampled(expected: dict[str, Floats], uniform: Floats) -> dict[str, Floats]:
    """Draw whole numbers of requests with the expected means.

    Given the run, the requests of a bucket that meet each outcome are independent Poisson counts.

    Parameters
    ----------
    expected : dict of (b,) arrays
        Means, by outcome.
    uniform : (outcomes, b) array
        One uniform per draw.
    """
    from scipy.stats import poisson

    return {
        name: np.asarray(poisson.ppf(u, mean), float)
        for (name, mean), u in zip(expected.items(), uniform, strict=True)
    }
