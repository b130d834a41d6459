"""The account: what became of every request, integrated over the intervals of a run.

Between two changes the world is constant, so the outcomes of the requests in between follow from counts:
how many units are listed, dead, refused, stale. Each unit's own history becomes a series of changes of
what it adds to those counts; the changes of all units in order of time are summed up once, in arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from churnsim.model.copies import ragged
from churnsim.model.policy import permissions
from churnsim.model.traffic import Load
from churnsim.trace.holder import of_units
from churnsim.trace.schema import LapseMode
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
    "cached_deny",  # the order names the random numbers of sampled requests: append, never insert
    "cached_allow",
)
INTENDED = (*OUTCOMES[:6], "cached_deny")

# What can be true of one unit, each a count or a weight that intervals add to.
_ALIVE, _DEAD, _REFUSED, _OVER, _UNDER, _DENYING, _ALLOWING, _HELD_OVER, _HELD_UNDER = range(9)


@dataclass
class _Changes:
    """Changes of one quantity of one unit: who, when, which, by how much."""

    who: list[Indices]
    time: list[Floats]
    which: list[NDArray[np.int8]]
    amount: list[Floats]
    end: float
    times: Floats = field(default_factory=lambda: np.empty(0))

    def interval(self, who: Indices, start: Floats, end: Floats, which: int, amount: Floats | float) -> None:
        """Add `amount` to quantity `which` of a unit from `start` to `end` [s]."""
        end = np.fmin(end, self.end)
        keep = start < end
        who, start, end = who[keep], start[keep], end[keep]
        size = np.broadcast_to(np.asarray(amount, float), keep.shape)[keep]
        for time, sign in ((start, 1.0), (end, -1.0)):
            self.who.append(who)
            self.time.append(time)
            self.which.append(np.full(who.size, which, np.int8))
            self.amount.append(sign * size)


def account(trace: Trace, workload: int, edges: Floats, load: Load) -> dict[str, Floats]:
    """Return expected requests of a workload per bucket, by outcome.

    Parameters
    ----------
    trace : Trace
        The run, complete but for its traffic.
    workload : int
        Which workload.
    edges : (b + 1,) array
        Edges [s] of the buckets.
    load : Load
        What the run is offered.

    Returns
    -------
    dict of (b,) arrays
        One array for each of `OUTCOMES`. Evaluation order: the endpoint answers, its credential is
        accepted, it has lapsed, its cache holds a decision, its policy decides.
    """
    info = trace.meta.workloads[workload]
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
        _cached(changes, trace, mine, info.policy, allowed, commits)
    history = _history(changes)
    moments = np.concatenate([changes.times, edges, commits])
    order = np.argsort(moments, kind="stable")
    times = moments[order]
    inside = (times[:-1] >= edges[0]) & (times[1:] <= edges[-1]) & (times[1:] > times[:-1])
    begin = times[:-1][inside]
    bucket = np.searchsorted(edges, begin, side="right") - 1

    def count(each_unit: Floats) -> Floats:
        """Sum over units of a quantity that `each_unit` tells after every change of a unit, per span."""
        steps = np.zeros(moments.size)
        steps[: each_unit.size] = np.diff(each_unit, prepend=0.0)
        total: Floats = np.cumsum(steps[order])[:-1][inside]
        total[np.abs(total) < 1e-9] = 0.0  # what fractions of points leave over from their sums is nothing
        return total

    def requests(weight: Floats) -> Floats:
        # Differences of equal terms may leave a rounding below zero.
        return np.maximum(np.bincount(bucket, weights=weight, minlength=edges.size - 1), 0.0)

    alive, dead, refused, over, under, denying, allowing, held_over, held_under = history
    accepted = alive * (1.0 - refused)
    working = accepted * (1.0 - np.minimum(denying + allowing, 1.0))
    listed = count(alive + dead)
    nobody = listed < 0.5
    offered = load.between(begin, times[1:][inside])
    each = offered / np.where(nobody, 1.0, listed)  # requests per listed endpoint
    share = allowed.mean(axis=1)[np.searchsorted(commits, begin, side="right")]
    wished, unwished = each * share, each * (1.0 - share)
    principals = allowed.shape[1]
    lost, rejected, closed, opened = (
        count(dead),
        count(alive * refused),
        count(accepted * denying),
        count(accepted * allowing),
    )
    able = count(working)
    # What carries a token of the newest version is decided by no older one.
    trusting = each if info.policy < 0 else each * (1.0 - trace.meta.policies[info.policy].tokens)
    stale_deny, stale_allow, cached_deny, cached_allow = (
        trusting * count(working * wrong) / principals for wrong in (under, over, held_under, held_over)
    )
    return {
        "served": requests(wished * (able + opened) - stale_deny - cached_deny),
        "no_endpoint": requests(np.where(nobody, offered * share, 0.0)),
        "dead_endpoint": requests(wished * lost),
        "credential_rejected": requests(wished * rejected),
        "stale_deny": requests(stale_deny),
        "fail_closed": requests(wished * closed),
        "denied": requests(
            unwished * (lost + rejected + closed + able)
            - stale_allow
            - cached_allow
            + np.where(nobody, offered * (1.0 - share), 0.0)
        ),
        "stale_allow": requests(stale_allow),
        "fail_open": requests(unwished * opened),
        "cached_deny": requests(cached_deny),
        "cached_allow": requests(cached_allow),
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
    credentials, gone = trace.tables["credentials"], trace.tables["units"]["gone"]
    held = np.flatnonzero((credentials["bearer"] == -1) & np.isin(credentials["unit"], mine))
    for accepted in of_units(trace, issuer, held):
        end = np.where(np.isnan(gone[accepted.holder]), np.inf, gone[accepted.holder])
        refused = accepted.refused(end)
        unit, place = np.divmod(refused.group, accepted.point.size)
        changes.interval(unit, refused.start, refused.end, _REFUSED, accepted.weight[place])


def _permissions(trace: Trace, policy: int) -> tuple[NDArray[np.bool_], Floats]:
    """Who is allowed under each version, and the instants of versions 1, 2, …"""
    commits = trace.tables["commits"]
    mine = commits["policy"] == policy
    version, principal, allow = (commits[name][mine] for name in ("version", "principal", "allowed"))
    first = version == 0
    initial = allow[first][np.argsort(principal[first])]
    allowed = permissions(initial, principal[~first], allow[~first])
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
    following = np.where(last, trace.tables["units"]["gone"][unit], np.append(applied[1:], np.nan))
    following = np.where(np.isnan(following), np.inf, following)
    row, newer = ragged(version.astype(np.int64), np.searchsorted(commits, following, side="left"))
    start = np.maximum(commits[newer], applied[row])
    end = np.minimum(np.append(commits[1:], np.inf)[newer], following[row])
    # Few pairs of versions meet at all: compare each pair once.
    pair = version[row] * (commits.size + 1) + newer + 1
    pairs, which = np.unique(pair, return_inverse=True)
    old, head = allowed[pairs // (commits.size + 1)], allowed[pairs % (commits.size + 1)]
    over, under = (old & ~head).sum(axis=1), (~old & head).sum(axis=1)
    for quantity, wrong in ((_OVER, over), (_UNDER, under)):
        some = wrong[which] > 0
        changes.interval(unit[row][some], start[some], end[some], quantity, wrong[which][some].astype(float))


def _lapses(changes: _Changes, trace: Trace, mine: Indices, policy: int) -> None:
    lapses = trace.tables["lapses"]
    denying = np.isin(lapses["mode"], [mode for mode in LapseMode if mode.denies])
    for chosen, quantity in ((denying, _DENYING), (~denying, _ALLOWING)):
        rows = np.flatnonzero((lapses["policy"] == policy) & chosen & np.isin(lapses["unit"], mine))
        changes.interval(lapses["unit"][rows], lapses["start"][rows], lapses["end"][rows], quantity, 1.0)


def _cached(
    changes: _Changes, trace: Trace, mine: Indices, policy: int, allowed: NDArray[np.bool_], commits: Floats
) -> None:
    """A cached decision contradicts the version in force, so against the head just one of them is wrong."""
    cached = trace.tables["cached"]
    rows = np.flatnonzero((cached["policy"] == policy) & np.isin(cached["unit"], mine))
    unit, principal, says = (cached[name][rows] for name in ("unit", "principal", "allowed"))
    low = np.searchsorted(commits, cached["start"][rows], side="right")
    high = np.searchsorted(commits, cached["end"][rows], side="left") + 1
    row, head = ragged(low, high)
    start = np.maximum(np.append(-np.inf, commits)[head], cached["start"][rows][row])
    end = np.minimum(np.append(commits, np.inf)[head], cached["end"][rows][row])
    is_wrong = allowed[head, principal[row]] != (says[row] == 1)
    for says_so, held, stale in ((1, _HELD_OVER, _UNDER), (0, _HELD_UNDER, _OVER)):
        for wrong, quantity, amount in ((True, held, 1.0), (False, stale, -1.0)):
            some = (says[row] == says_so) & (is_wrong == wrong)
            changes.interval(unit[row][some], start[some], end[some], quantity, amount)


def _history(changes: _Changes) -> list[Floats]:
    """What is true of the unit that changes, after each change; unit by unit, each in order of time.

    Nine arrays of shape (n,): alive, dead, refused, over, under, denying, allowing, and what a cache allows
    or denies wrongly. Sorts `times` alike.
    """
    who, time = np.concatenate(changes.who), np.concatenate(changes.time)
    field, amount = np.concatenate(changes.which), np.concatenate(changes.amount)
    order = np.lexsort((time, who))
    changes.times, field, amount = time[order], field[order], amount[order]
    # Each unit's amounts add up to nothing, so one running sum over all serves every unit.
    history = [np.cumsum(np.where(field == f, amount, 0.0)) for f in range(9)]
    # Weights of points are fractions: let their sum be what it is meant to be.
    history[_REFUSED] = np.where(history[_REFUSED] < 1e-9, 0.0, np.minimum(history[_REFUSED], 1.0))
    return history


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
